"""Sharing an amount among the parties of a joint loan, so that nobody's fen is lost or invented.

A party's part is its fraction, cut down to whole fen; what that leaves is the residual party's.
Parts of parts drift by a fen, so a change is shared as the difference of two shared balances: the
parts of any sequence of changes are then the parts of their sum, exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from credit.enums import Component
from platform_app.kernel.errors import gettext_noop

PLACES: Final = 8
_WHOLE: Final = 10**PLACES


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

    @property
    def ids(self) -> tuple[str, ...]:
        """The parties' funding sources, the lead first."""
        return tuple(party.funding_source_id for party in self.parties)


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
