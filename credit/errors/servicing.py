"""Refusals while a drawdown lives."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class DrawdownNotRepaying(Conflict):
    code = "drawdown_not_repaying"
    message = gettext_noop("This drawdown has nothing to repay.")


class DrawdownPaidOff(Conflict):
    code = "drawdown_paid_off"
    message = gettext_noop("This drawdown is paid off already.")


class RefundTooLarge(Refused):
    code = "refund_too_large"
    message = gettext_noop("¥{remaining} of this drawdown can still be refunded.")


class NothingOwed(Conflict):
    code = "nothing_owed"
    message = gettext_noop("Only ¥{owed} of this is owed.")


class OverpaymentTooSmall(Refused):
    code = "overpayment_too_small"
    message = gettext_noop("Only ¥{waiting} is waiting as overpayment.")


class EventNotFound(NotFound):
    message = gettext_noop("There is no event with this id.")


class EventNotReversible(Conflict):
    code = "event_not_reversible"
    message = gettext_noop("This event cannot be reversed: {reason}")


class FeeNotOnCostSheet(Refused):
    code = "fee_not_on_cost_sheet"
    message = gettext_noop("The cost sheet does not list this fee, so it cannot be charged.")


class RateNotAllowed(Invalid):
    code = "rate_not_allowed"
    message = gettext_noop("The new rate must lie between zero and the rate signed, {signed}.")


class BadPlan(Invalid):
    code = "plan_invalid"
    message = gettext_noop("This plan is not possible: {reason}")


class BadPeriod(Invalid):
    code = "period_invalid"
    message = gettext_noop("Choose between {least} and {most} days.")


class DrawdownNotServiceable(Conflict):
    code = "drawdown_not_serviceable"
    message = gettext_noop("In its present state this drawdown cannot be changed in this way.")


class LineClosed(Conflict):
    code = "line_closed"
    message = gettext_noop("The credit line is closed; it cannot be changed any more.")


class LineInUse(Refused):
    code = "line_in_use"
    message = gettext_noop("¥{used} is used and ¥{held} is held. A line closes when both are zero.")


class TemporaryLimitNotFound(NotFound):
    message = gettext_noop("There is no temporary limit with this id.")


class MerchantCapReached(Refused):
    code = "merchant_cap_reached"
    message = gettext_noop(
        "Across all its lines this merchant can draw ¥{available} more; ¥{needed} is needed."
    )


class AmountNotLower(Refused):
    code = "amount_not_lower"
    message = gettext_noop("The amount can only go down; it is ¥{amount} now.")


class AmountBelowCaptured(Refused):
    code = "amount_below_captured"
    message = gettext_noop("¥{captured} was shipped already; the amount cannot go below that.")


class ApprovalNotFound(NotFound):
    message = gettext_noop("There is no request for approval with this id.")


class ApprovalWaiting(Conflict):
    code = "approval_waiting"
    message = gettext_noop("The same act on this drawdown already waits for a second person.")


class ApprovalDecided(Conflict):
    code = "approval_decided"
    message = gettext_noop("This request has been decided already.")
