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


class DrawdownNotRepaying(Conflict):
    code = "drawdown_not_repaying"
    message = gettext_noop("This drawdown has nothing to repay.")


class DrawdownPaidOff(Conflict):
    code = "drawdown_paid_off"
    message = gettext_noop("This drawdown is paid off already.")


class DayClosed(Conflict):
    code = "day_closed"
    message = gettext_noop("{on} is closed. The open business day is {open_on}.")


class NoBusinessDay(Conflict):
    code = "no_business_day"
    message = gettext_noop("The books of this tenant have not been opened.")


class DayNotOver(Refused):
    code = "day_not_over"
    message = gettext_noop("{on} is not over yet and cannot be closed.")


class BooksDoNotBalance(Conflict):
    code = "books_do_not_balance"
    message = gettext_noop("The close of {on} found failed checks: {failed}")


class LadderInvalid(Invalid):
    code = "ladder_invalid"
    message = gettext_noop("These steps cannot be used: {reason}")


class CollectionRulesInvalid(Invalid):
    code = "collection_rules_invalid"
    message = gettext_noop("These collection rules are not allowed: {reason}")


class CaseNotFound(NotFound):
    message = gettext_noop("There is no collection case with this id.")


class CaseClosed(Conflict):
    code = "case_closed"
    message = gettext_noop("This collection case is closed: nothing is overdue any more.")


class CollectorNotAllowed(Refused):
    code = "collector_not_allowed"
    message = gettext_noop("This role may not collect overdue debts. Ask an operator to do it.")


class ContactQuietHours(Refused):
    code = "contact_quiet_hours"
    message = gettext_noop("Nobody is contacted at this hour. Possible again from {next_at}.")


class ContactCapReached(Refused):
    code = "contact_cap_reached"
    message = gettext_noop(
        "Today's number of contacts for this case is used up. Possible again from {next_at}."
    )


class ContactBlocked(Refused):
    code = "contact_blocked"
    message = gettext_noop(
        "The merchant asked not to be contacted this way. Choose another person or channel."
    )


class ContactPaused(Refused):
    code = "contact_paused"
    message = gettext_noop("A dispute is open, so collection rests. Resolve the dispute first.")


class NothingToCollect(Refused):
    code = "nothing_to_collect"
    message = gettext_noop("Nothing is past due, so there is nothing to collect.")


class ContactNotFound(NotFound):
    message = gettext_noop("There is no contact with this id.")


class ContactFinished(Conflict):
    code = "contact_finished"
    message = gettext_noop("The result of this contact is already written down.")


class BlockExists(Conflict):
    code = "block_exists"
    message = gettext_noop("This way of contact is blocked already.")


class PromiseOpen(Conflict):
    code = "promise_open"
    message = gettext_noop("There is already an open promise. Withdraw it first.")


class PromiseDateInvalid(Invalid):
    code = "promise_date_invalid"
    message = gettext_noop("The day must lie between {first} and {last}.")


class PromiseAmountInvalid(Invalid):
    code = "promise_amount_invalid"
    message = gettext_noop("The amount must be more than zero and at most ¥{owed}.")


class PromiseNotFound(NotFound):
    message = gettext_noop("There is no promise with this id.")


class PromiseNotOpen(Conflict):
    code = "promise_not_open"
    message = gettext_noop("This promise is not open any more.")


class DisputeOpen(Conflict):
    code = "dispute_open"
    message = gettext_noop("There is already an open dispute about this order.")


class DisputeNotFound(NotFound):
    message = gettext_noop("There is no dispute with this id.")


class DisputeResolved(Conflict):
    code = "dispute_resolved"
    message = gettext_noop("This dispute is resolved already.")


class ExtensionOpen(Conflict):
    code = "extension_open"
    message = gettext_noop("An extension was already asked for this order; we will answer it.")


class ExtensionDaysInvalid(Invalid):
    code = "extension_days_invalid"
    message = gettext_noop("An extension takes between 1 and {longest} days.")


class ExtensionNotFound(NotFound):
    message = gettext_noop("There is no extension request with this id.")


class ExtensionDecided(Conflict):
    code = "extension_decided"
    message = gettext_noop("This extension request is decided already.")


class ExtensionUnavailable(Refused):
    code = "extension_unavailable"
    message = gettext_noop("Extensions cannot be granted at the moment.")


class NoteNeeded(Invalid):
    code = "note_needed"
    message = gettext_noop("Please say why, in at least {shortest} characters.")
