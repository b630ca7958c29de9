"""Coupons of a merchant: which can be used for an order, and why others cannot."""

from datetime import date

from django.db.models import QuerySet

from credit.enums import DiscountReason, DiscountStatus
from credit.errors import DiscountNotFound, DiscountNotUsable
from credit.models import CreditLine, Discount
from credit.queries.drawdowns import is_overdue

_STATES = {
    DiscountStatus.RESERVED: DiscountReason.RESERVED,
    DiscountStatus.USED: DiscountReason.USED,
    DiscountStatus.EXPIRED: DiscountReason.EXPIRED,
    DiscountStatus.CANCELED: DiscountReason.CANCELED,
}


def list_discounts(merchant_id: str) -> QuerySet[Discount]:
    """Every coupon of one merchant, the newest first."""
    return Discount.objects.filter(merchant_id=merchant_id).order_by("-id")


def discount_of(discount_id: str, merchant_id: str) -> Discount:
    """One coupon of this merchant. Raises DiscountNotFound for anybody else's."""
    try:
        found = list_discounts(merchant_id).filter(pk=discount_id).first()
    except ValueError:
        found = None
    if found is None:
        raise DiscountNotFound(field="coupon")
    return found


def usable_discounts(merchant_id: str, on: date) -> list[Discount]:
    """Those that stand open on this day, the next to end first; conditions of an order aside."""
    found = list_discounts(merchant_id).filter(
        status=DiscountStatus.GRANTED, from_on__lte=on, last_on__gte=on
    )
    return list(found.order_by("last_on", "id"))


def why_not(discount: Discount, *, on: date) -> DiscountReason | None:
    """Why a coupon cannot be used on this day whatever is ordered; None when it can."""
    if discount.status != DiscountStatus.GRANTED:
        return _STATES[DiscountStatus(discount.status)]
    if discount.last_on < on:
        return DiscountReason.EXPIRED
    return DiscountReason.NOT_BEGUN if discount.from_on > on else None


def why_not_for(
    discount: Discount, *, product_code: str, option_code: str, amount_minor: int, on: date
) -> DiscountReason | None:
    """Why a coupon cannot be used for this order in this term; None when it can."""
    if (closed := why_not(discount, on=on)) is not None:
        return closed
    if amount_minor < discount.minimum_minor:
        return DiscountReason.BELOW_MINIMUM
    if discount.product_codes and product_code not in discount.product_codes:
        return DiscountReason.OTHER_PRODUCT
    if discount.option_codes and option_code not in discount.option_codes:
        return DiscountReason.OTHER_TERM
    return None


def refusal(reason: DiscountReason, field: str) -> DiscountNotUsable:
    """The refusal that says why."""
    return DiscountNotUsable(field=field, reason=reason.label, reason_code=reason.value)


def standing_reason(merchant_id: str, on: date) -> DiscountReason | None:
    """Why nothing is offered to a merchant at all: growth never reaches one who is late or stopped.

    A merchant that has no line yet may hold coupons for its first order.
    """
    if is_overdue(merchant_id, on):
        return DiscountReason.OVERDUE
    states = set(CreditLine.objects.filter(merchant_id=merchant_id).values_list("status"))
    return DiscountReason.LINE_NOT_ACTIVE if states and ("active",) not in states else None
