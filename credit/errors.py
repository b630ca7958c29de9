"""Refusals of the credit app. Codes are public and never renamed."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class ProductUnavailable(Refused):
    code = "product_unavailable"
    message = gettext_noop("This product is not offered at the moment.")


class BadProductTerms(Invalid):
    code = "product_terms_invalid"
    message = gettext_noop("The product terms contradict themselves: {reason}")


class ApplicationOpen(Conflict):
    code = "application_open"
    message = gettext_noop("There is already an open application for this product.")


class LineExists(Conflict):
    code = "line_exists"
    message = gettext_noop("The merchant already has a credit line for this product.")


class TooEarlyToReapply(Refused):
    code = "reapply_too_early"
    message = gettext_noop("A new application is possible from {reapply_on}.")


class ConsentMissing(Refused):
    code = "consent_missing"
    message = gettext_noop("These consents are still missing: {consents}")


class MerchantNotVerified(Refused):
    code = "merchant_not_verified"
    message = gettext_noop("The merchant has to be verified before this step.")


class ApplicationNotFound(NotFound):
    message = gettext_noop("There is no application with this id.")


class OfferNotFound(NotFound):
    message = gettext_noop("There is no offer with this id.")


class OfferClosed(Conflict):
    code = "offer_closed"
    message = gettext_noop("This offer was already accepted or has expired.")


class CostSheetUnread(Refused):
    code = "cost_sheet_unread"
    message = gettext_noop("Please read the cost sheet for at least {seconds} seconds first.")


class CostSheetChanged(Conflict):
    code = "cost_sheet_changed"
    message = gettext_noop("The cost sheet shown is not the one on offer. Please open it again.")


class LineNotFound(NotFound):
    message = gettext_noop("There is no credit line with this id.")


class LineNotActive(Conflict):
    code = "line_not_active"
    message = gettext_noop("The credit line is not active, so nothing can be drawn.")


class LineInsufficient(Refused):
    code = "line_insufficient"
    message = gettext_noop("¥{available} is available, ¥{needed} is needed.")


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


class MerchantOverdue(Refused):
    code = "merchant_overdue"
    message = gettext_noop("An installment is overdue. Repay it first, then draw again.")


class AmountTooSmall(Invalid):
    code = "amount_too_small"
    message = gettext_noop("The amount must be at least ¥{minimum}.")


class TermNotOffered(Invalid):
    code = "term_not_offered"
    message = gettext_noop("This term is not offered on the credit line.")


class QuoteNotFound(NotFound):
    message = gettext_noop("There is no quote with this id.")


class QuoteExpired(Refused):
    code = "quote_expired"
    message = gettext_noop("The quote has expired. Please ask for a new one.")


class QuoteOfAnotherLine(Invalid):
    code = "quote_of_another_line"
    message = gettext_noop("The quote belongs to another credit line.")


class DrawdownNotFound(NotFound):
    message = gettext_noop("There is no drawdown with this id.")


class ExternalIdConflict(Conflict):
    code = "external_id_conflict"
    message = gettext_noop("This external_id was used before with other values: {fields}")


class DrawdownNotAuthorized(Conflict):
    code = "drawdown_not_authorized"
    message = gettext_noop("Only an authorized drawdown can be captured or canceled.")


class AmountNotLower(Refused):
    code = "amount_not_lower"
    message = gettext_noop("The amount can only go down; it is ¥{amount} now.")


class AmountBelowCaptured(Refused):
    code = "amount_below_captured"
    message = gettext_noop("¥{captured} was shipped already; the amount cannot go below that.")


class CaptureTooLarge(Refused):
    code = "capture_too_large"
    message = gettext_noop("¥{remaining} is still held for this drawdown; ¥{needed} was asked.")


class CaptureTooLate(Refused):
    code = "capture_too_late"
    message = gettext_noop("A further capture must come before the first due date.")


class DrawdownNotRepaying(Conflict):
    code = "drawdown_not_repaying"
    message = gettext_noop("This drawdown has nothing to repay.")


class DrawdownPaidOff(Conflict):
    code = "drawdown_paid_off"
    message = gettext_noop("This drawdown is paid off already.")


class DayClosed(Conflict):
    code = "day_closed"
    message = gettext_noop("{on} is closed. The open business day is {open_on}.")


class DayBeingClosed(Conflict):
    code = "day_being_closed"
    message = gettext_noop("Yesterday is being closed. Try again in a minute.")


class ValueBeforeDrawdown(Invalid):
    code = "value_before_drawdown"
    message = gettext_noop("The drawdown began on {drawn_on}; nothing can count before that day.")


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


class ApprovalNotFound(NotFound):
    message = gettext_noop("There is no request for approval with this id.")


class ApprovalWaiting(Conflict):
    code = "approval_waiting"
    message = gettext_noop("The same act on this drawdown already waits for a second person.")


class ApprovalDecided(Conflict):
    code = "approval_decided"
    message = gettext_noop("This request has been decided already.")


class SecondPersonNeeded(Refused):
    code = "second_person_needed"
    message = gettext_noop("You asked for this yourself; somebody else has to decide.")


class NoBusinessDay(Conflict):
    code = "no_business_day"
    message = gettext_noop("The books of this tenant have not been opened.")


class DayNotOver(Refused):
    code = "day_not_over"
    message = gettext_noop("{on} is not over yet and cannot be closed.")


class BooksDoNotBalance(Conflict):
    code = "books_do_not_balance"
    message = gettext_noop("The close of {on} found failed checks: {failed}")
