"""Refusals of coupons."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class CouponBatchNotFound(NotFound):
    message = gettext_noop("There is no coupon batch with this id.")


class CouponBatchInvalid(Invalid):
    code = "coupon_batch_invalid"
    message = gettext_noop("Stock is at least one, and the budget pays for one coupon or more.")


class CouponCodeTaken(Conflict):
    code = "coupon_code_taken"
    message = gettext_noop("A batch with this code exists.")


class CouponBatchStopped(Conflict):
    code = "coupon_batch_stopped"
    message = gettext_noop("This batch was stopped: nothing more is granted from it.")


class CouponBatchOver(Refused):
    code = "coupon_batch_over"
    message = gettext_noop("The coupons of this batch have expired.")


class CouponStockEmpty(Refused):
    code = "coupon_stock_empty"
    message = gettext_noop("The stock of this batch is used up.")


class CouponBudgetSpent(Refused):
    code = "coupon_budget_spent"
    message = gettext_noop("The budget of this batch does not pay for another coupon.")


class CouponTakenBack(Conflict):
    code = "coupon_taken_back"
    message = gettext_noop(
        "This merchant's coupon of the batch was taken back. Give one of another batch."
    )
