"""Refusals of discounts. A merchant and a partner know one as a coupon."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class DiscountNotFound(NotFound):
    message = gettext_noop("There is no coupon with this id.")


class DiscountNotUsable(Refused):
    """`reason_code` is a word of `DiscountReason`, `reason` says it."""

    code = "coupon_not_usable"
    members = ("reason_code",)
    message = gettext_noop("This coupon cannot be used for this order: {reason}")


class DiscountNotGranted(Conflict):
    code = "coupon_not_granted"
    message = gettext_noop("Only a coupon that no order holds can be canceled.")


class DiscountInvalid(Invalid):
    code = "coupon_invalid"
    message = gettext_noop("Please check the coupon: {problem}")
