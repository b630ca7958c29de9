"""A discount on the interest of one drawdown: how much of it somebody else bears, and who.

Free days, a part of the interest and a fixed amount are one formula: `share_rate` of the contract
interest that the first `days` days have earned, at most `cap_minor`. It grows with the interest and
never beyond it, so principal is never touched, and a drawdown paid early uses less of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from credit.domain.options import BadTerms
from platform_app.kernel.errors import gettext_noop

FOREVER = date(9999, 12, 31)


class Payer(StrEnum):
    """Who bears a discount: the partner platform, us, or the lender (what the others leave)."""

    PARTNER = "partner"
    OPERATOR = "operator"
    LENDER = "lender"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountTerms:
    """What a drawdown keeps of its discount. Amounts in fen; days None means the whole life.

    The partner and the operator bear their fraction of it, the lender the rest.
    Raises BadTerms for a share of nothing, a cap or days below one, or more than the whole borne.
    """

    share_rate: Decimal
    cap_minor: int
    days: int | None = None
    partner_share_rate: Decimal = Decimal(0)
    operator_share_rate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not 0 < self.share_rate <= 1:
            raise BadTerms(gettext_noop("a discount takes off a part of the interest, or all"))
        if self.cap_minor < 1 or (self.days is not None and self.days < 1):
            raise BadTerms(gettext_noop("a discount needs a cap, and days are at least one"))
        parts = (self.partner_share_rate, self.operator_share_rate)
        if min(parts) < 0 or sum(parts) > 1:
            raise BadTerms(gettext_noop("a discount is borne once, by parts of a whole"))

    def of(self, interest_minor: int) -> int:
        """What it takes off this much interest, in fen, rounded down."""
        return min(self.cap_minor, _part(self.share_rate, interest_minor))

    def ends_on(self, first_on: date) -> date:
        """The first day it no longer counts, when interest begins on `first_on`."""
        return FOREVER if self.days is None else first_on + timedelta(days=self.days)

    def borne(self, discount_minor: int) -> dict[Payer, int]:
        """Who bears how much of a discount; the lender has what rounding leaves."""
        partner = _part(self.partner_share_rate, discount_minor)
        operator = _part(self.operator_share_rate, discount_minor)
        if self.partner_share_rate + self.operator_share_rate == 1:
            operator = discount_minor - partner
        return {
            Payer.PARTNER: partner,
            Payer.OPERATOR: operator,
            Payer.LENDER: discount_minor - partner - operator,
        }


def _part(rate: Decimal, minor: int) -> int:
    top, bottom = rate.as_integer_ratio()
    return minor * top // bottom
