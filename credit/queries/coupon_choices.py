"""Which coupon to use for an order: each priced by the engine that will book it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from credit.domain.cost_sheet import plan_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.enums import DiscountReason
from credit.models import CreditLine, Discount
from credit.queries.calendar import workday_test
from credit.queries.discounts import usable_discounts, why_not_for

MOST: Final = 20
LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponChoice:
    """A coupon with what it takes off an order, in fen by option; `reason` where of none."""

    discount: Discount
    saved_minor: dict[str, int]
    reason: DiscountReason | None

    @property
    def most_minor(self) -> int:
        return max(self.saved_minor.values(), default=0)


def coupon_choices(line: CreditLine, *, amount_minor: int, on: date) -> list[CouponChoice]:
    """The coupons that stand open, the best first; among equals the one that ends first.

    Twenty are priced: those that fit the order before those that do not.
    """
    found = list(usable_discounts(line.merchant_id, on)[:LOOKED_AT])
    found.sort(key=lambda one: not _fits(line, one, amount_minor=amount_minor, on=on))
    found = found[:MOST]
    choices = [_choice(line, one, amount_minor=amount_minor, on=on) for one in found]
    return sorted(choices, key=lambda one: (-one.most_minor, one.discount.last_on, one.discount.id))


def _fits(line: CreditLine, discount: Discount, *, amount_minor: int, on: date) -> bool:
    return any(
        why_not_for(
            discount, product_code=line.product.code, option_code=code, amount_minor=amount_minor,
            on=on,
        ) is None
        for code in line.offer.option_codes
    )  # fmt: skip


def _choice(line: CreditLine, discount: Discount, *, amount_minor: int, on: date) -> CouponChoice:
    product = ProductTerms.from_json(line.product_version.terms)
    saved, reason = {}, None
    for code in line.offer.option_codes:
        why = why_not_for(
            discount, product_code=line.product.code, option_code=code, amount_minor=amount_minor,
            on=on,
        )  # fmt: skip
        if why is not None:
            reason = reason or why
            continue
        plain = DrawdownTerms.of(product, code, line.rate_of(code))
        plan = plan_of(
            replace(plain, discount=discount.terms), amount_minor=amount_minor, value_on=on,
            is_workday=workday_test(),
        )  # fmt: skip
        if plan.discount_minor:
            saved[code] = plan.discount_minor
    unused = None if saved else reason or DiscountReason.NO_INTEREST
    return CouponChoice(discount=discount, saved_minor=saved, reason=unused)
