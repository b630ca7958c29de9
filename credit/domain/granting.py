"""How a discount takes part in a life: of every stretch of interest that is frozen, its part."""

from datetime import date

from credit.domain.derived import FOREVER, Granted, Row, Segment
from credit.domain.discounts import DiscountTerms


def grant(
    discount: DiscountTerms, granted: list[Granted], row: Row, segment: Segment, *, first_on: date
) -> None:
    """Add what the discount bears of `segment`; interest of the drawdown begins on `first_on`."""
    before = sum(one.interest_minor for one in granted)
    one = Granted(discount, segment, before, discount.ends_on(first_on))
    granted.append(one)
    row.waived_interest_minor += one.earned_minor(FOREVER)
    row.discount_minor += one.earned_minor(FOREVER)
