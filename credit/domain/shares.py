"""Sharing an amount among the parties of a joint loan, so that nobody's fen is lost or invented.

A party's part is its fraction, cut down to whole fen; what that leaves is the residual party's.
Parts of parts drift by a fen, so a change is shared as the difference of two shared balances: the
parts of any sequence of changes are then the parts of their sum, exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from credit.enums import AccountCode, Component
from platform_app.kernel.errors import gettext_noop

PLACES: Final = 8
_WHOLE: Final = 10**PLACES

_COMPONENT_OF: Final[Mapping[str, Component]] = {
    AccountCode.INTEREST_RECEIVABLE: Component.INTEREST,
    AccountCode.INTEREST_INCOME: Component.INTEREST,
    AccountCode.SUBSIDY_INCOME: Component.INTEREST,
    AccountCode.DEFERRED_INCOME: Component.INTEREST,
    AccountCode.PENALTY_RECEIVABLE: Component.PENALTY,
    AccountCode.PENALTY_INCOME: Component.PENALTY,
    AccountCode.FEE_RECEIVABLE: Component.FEE,
    AccountCode.FEE_INCOME: Component.FEE,
}
# The first of these that an entry has takes up what a party's other accounts leave.
_BALANCING: Final = (
    AccountCode.FUNDING_BANK,
    AccountCode.PARTNER_PAYABLE,
    AccountCode.SUSPENSE,
    AccountCode.OVERPAYMENT,
    AccountCode.WAIVERS,
    AccountCode.WRITE_OFFS,
    AccountCode.RECOVERY_INCOME,
)


class BadShares(ValueError):
    """The shares do not make a whole; the message says how."""


@dataclass(frozen=True, slots=True)
class Party:
    """One lender and its part of each component, as fractions of at most eight decimals."""

    funding_source_id: str
    fractions: Mapping[str, Decimal]

    def units(self, component: str) -> int:
        """The fraction in hundred-millionths."""
        return int(self.fractions[component].scaleb(PLACES))


@dataclass(frozen=True, slots=True)
class Shares:
    """Whose a loan is. Raises BadShares unless every component is shared out whole."""

    parties: tuple[Party, ...]
    residual_id: str

    def __post_init__(self) -> None:
        ids = [party.funding_source_id for party in self.parties]
        if len(set(ids)) != len(ids):
            raise BadShares(gettext_noop("a party is named twice"))
        if self.residual_id not in ids:
            raise BadShares(gettext_noop("the residual party is none of the parties"))
        for component in Component.values:
            fractions = [party.fractions.get(component, Decimal(-1)) for party in self.parties]
            if min(fractions) < 0 or any(one.scaleb(PLACES) % 1 for one in fractions):
                raise BadShares(gettext_noop("a fraction is missing, negative or too fine"))
            if sum(fractions) != 1:
                raise BadShares(gettext_noop("the fractions of a component do not sum to one"))

    @classmethod
    def sole(cls, funding_source_id: str) -> Self:
        """One lender for everything."""
        fractions = dict.fromkeys(Component.values, Decimal(1))
        return cls((Party(funding_source_id, fractions),), funding_source_id)

    @property
    def is_joint(self) -> bool:
        return len(self.parties) > 1


def split(amount_minor: int, component: str, shares: Shares) -> dict[str, int]:
    """Each party's part of one component's amount in fen; the parts sum to the amount."""
    sign = -1 if amount_minor < 0 else 1
    parts = {
        party.funding_source_id: sign * (abs(amount_minor) * party.units(component) // _WHOLE)
        for party in shares.parties
        if party.funding_source_id != shares.residual_id
    }
    rest = amount_minor - sum(parts.values())
    return {
        party.funding_source_id: parts.get(party.funding_source_id, rest)
        for party in shares.parties
    }


def split_change(
    before_minor: int, change_minor: int, component: str, shares: Shares
) -> dict[str, int]:
    """Each party's part of a change to a balance that stood at `before_minor` fen."""
    then = split(before_minor, component, shares)
    now = split(before_minor + change_minor, component, shares)
    return {party: now[party] - then[party] for party in now}


def split_components(
    amounts: Mapping[Component, int], shares: Shares
) -> dict[str, dict[Component, int]]:
    """Each party's part of every component's amount in fen."""
    parts = {component: split(minor, component, shares) for component, minor in amounts.items()}
    return {
        party.funding_source_id: {
            component: parts[component][party.funding_source_id] for component in amounts
        }
        for party in shares.parties
    }


def split_amounts(
    amounts: Mapping[AccountCode, int], shares: Shares
) -> dict[str, dict[AccountCode, int]]:
    """Each party's side of one entry, for an entry that stands alone; see `split_entry`."""
    return split_entry({}, amounts, shares)


def split_entry(
    before: Mapping[AccountCode, int], amounts: Mapping[AccountCode, int], shares: Shares
) -> dict[str, dict[AccountCode, int]]:
    """Each party's side of an entry, by account; each side balances, and together they are it.

    `before` is what the same loan's earlier entries have left on these accounts (missing is 0), so
    that a party's accounts come to nothing when the loan's do. Raises ValueError for an entry that
    does not balance.
    """
    if sum(amounts.values()):
        raise ValueError("an entry that does not balance cannot be shared")
    balancing = next((code for code in _BALANCING if code in amounts), AccountCode.FUNDING_BANK)
    parts = {
        code: split_change(before.get(code, 0), minor, component_of(code), shares)
        for code, minor in amounts.items()
        if code != balancing
    }
    sides = {
        party.funding_source_id: {code: parts[code][party.funding_source_id] for code in parts}
        for party in shares.parties
    }
    for side in sides.values():
        side[balancing] = -sum(side.values())
    return sides


def component_of(code: AccountCode) -> Component:
    """By whose fractions an account is shared; money itself goes with the principal."""
    return _COMPONENT_OF.get(code, Component.PRINCIPAL)
