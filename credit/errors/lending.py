"""Refusals from application to capture."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


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


class CaptureTooLarge(Refused):
    code = "capture_too_large"
    message = gettext_noop("¥{remaining} is still held for this drawdown; ¥{needed} was asked.")


class CaptureTooLate(Refused):
    code = "capture_too_late"
    message = gettext_noop("A further capture must come before the first due date.")


class ReviewNotFound(NotFound):
    message = gettext_noop("There is no review with this id.")


class ReviewClosed(Conflict):
    code = "review_closed"
    message = gettext_noop("This review has been decided already.")


class ReviewTaken(Conflict):
    code = "review_taken"
    message = gettext_noop("Somebody else is working on this review. Take it over first.")


class ReviewNotWaiting(Conflict):
    code = "review_not_waiting"
    message = gettext_noop("No second reviewer is waited for.")


class ReviewNotPossible(Refused):
    code = "review_not_possible"
    message = gettext_noop("A review can be asked for once, within {days} days after a refusal.")


class LimitReviewNotFound(NotFound):
    code = "limit_review_not_found"
    message = gettext_noop("There is no look at a limit with this id.")


class LimitAskedLately(Refused):
    code = "limit_asked_lately"
    message = gettext_noop("A higher limit can be asked for again from {again_on}.")


class LimitNotHigher(Invalid):
    code = "limit_not_higher"
    message = gettext_noop("Ask for more than the limit of ¥{limit} you have.")


class ApplicationIncomplete(Refused):
    code = "application_incomplete"
    message = gettext_noop(
        "The platform asks for more before an application; the merchant pages collect it: {needs}"
    )


class NotReviewed(Conflict):
    code = "not_reviewed"
    message = gettext_noop("Only an application that a reviewer is looking at can be asked about.")


class DueDayInvalid(Invalid):
    code = "due_day_invalid"
    message = gettext_noop("Choose a day from tomorrow on, at most {days} days ahead.")


class AskNotFound(NotFound):
    message = gettext_noop("There is no such request to the merchant.")


class AskClosed(Conflict):
    code = "ask_closed"
    message = gettext_noop("This is no longer asked for.")


class AnswerMissing(Invalid):
    code = "answer_missing"
    message = gettext_noop("What was asked for is still missing: {what}")


class AsksUnanswered(Refused):
    code = "asks_unanswered"
    message = gettext_noop("Some of what was asked for is still missing.")


class NotWaitingForMerchant(Conflict):
    code = "not_waiting_for_merchant"
    message = gettext_noop("Nothing is asked of the merchant for this application.")


class MerchantAsked(Conflict):
    code = "merchant_asked"
    message = gettext_noop(
        "The merchant was asked for something. Wait for it, or take the request back first."
    )


class WithdrawalTooLate(Conflict):
    code = "withdrawal_too_late"
    message = gettext_noop("The application has ended, so it cannot be withdrawn.")
