"""Refusals of the credit app. Codes are public and never renamed."""

from platform_app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, gettext_noop


class ProductUnavailable(Refused):
    code = "product_unavailable"
    message = gettext_noop("This product is not offered at the moment.")


class BadProductTerms(Invalid):
    code = "product_terms_invalid"
    message = gettext_noop("The product terms contradict themselves: {reason}")


class CapExceeded(Refused):
    code = "cap_exceeded"
    message = gettext_noop(
        "The all-in annual rate could reach {rate}%, above the cap of {cap}% ({basis})."
    )


class CapUnknown(Refused):
    code = "cap_unknown"
    message = gettext_noop("The cap cannot be computed: no LPR is on record for {on} ({basis}).")


class PriceOutOfRange(Refused):
    code = "price_out_of_range"
    message = gettext_noop(
        "{rate}% a year lies outside what this product may be sold at: {lowest}% to {highest}%."
    )


class ProductNotFound(NotFound):
    message = gettext_noop("There is no product with this id.")


class ProductVersionNotFound(NotFound):
    message = gettext_noop("There is no product version with this id.")


class ProductVersionNotDraft(Conflict):
    code = "product_version_not_draft"
    message = gettext_noop("Only a draft can be edited and submitted.")


class ProductVersionNotSubmitted(Conflict):
    code = "product_version_not_submitted"
    message = gettext_noop("Only a version that waits for approval can be approved or rejected.")


class ProductVersionInWork(Conflict):
    code = "product_version_in_work"
    message = gettext_noop(
        "Another version of this product is being drafted or waits for approval."
    )


class ProductUnchanged(Conflict):
    code = "product_unchanged"
    message = gettext_noop("These are the terms that are published already.")


class SecondPersonNeeded(Forbidden):
    code = "second_person_needed"
    message = gettext_noop("Whoever submitted this cannot approve it. Another person has to.")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = gettext_noop("Please say why, in a few words.")


class ReferenceChangeNotFound(NotFound):
    message = gettext_noop("There is no proposed change with this id.")


class ReferenceChangeDecided(Conflict):
    code = "reference_change_decided"
    message = gettext_noop("This change was already approved or rejected.")


class BadReferenceData(Invalid):
    code = "reference_data_invalid"
    message = gettext_noop("This cannot stand in the table: {problem}")


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


class ExceptionsOpen(Conflict):
    code = "close_exceptions_open"
    message = gettext_noop("{on} cannot close: {count} drawdowns were left behind. Sign them off.")


class DrawdownLags(Conflict):
    code = "drawdown_lags"
    message = gettext_noop(
        "The books of this drawdown are being repaired; they stand at {since}. Try again later."
    )


class CloseExceptionNotFound(NotFound):
    message = gettext_noop("There is no open close exception with this id.")


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


class NoBusinessDay(Conflict):
    code = "no_business_day"
    message = gettext_noop("The books of this tenant have not been opened.")


class DayNotOver(Refused):
    code = "day_not_over"
    message = gettext_noop("{on} is not over yet and cannot be closed.")


class BooksDoNotBalance(Conflict):
    code = "books_do_not_balance"
    message = gettext_noop("The close of {on} found failed checks: {failed}")


class AccountNotFound(NotFound):
    message = gettext_noop("There is no account with this id.")


class EntryNotFound(NotFound):
    message = gettext_noop("There is no journal entry with this id.")


class CalendarFileInvalid(Invalid):
    code = "calendar_file_invalid"
    message = gettext_noop("Line {line}: {problem}.")


class CalendarDayPast(Refused):
    code = "calendar_day_past"
    message = gettext_noop("{on} is past and may not change.")


class CalendarDayGazetted(Refused):
    code = "calendar_day_gazetted"
    message = gettext_noop("{on} is gazetted and may not be overwritten by a projection.")


class CalendarImportNotFound(NotFound):
    message = gettext_noop("There is no calendar import with this id.")


class CalendarImportClosed(Conflict):
    code = "calendar_import_closed"
    message = gettext_noop("This calendar import was applied or rejected before.")


class DocumentNotFound(NotFound):
    message = gettext_noop("There is no document with this id.")


class PeriodNotClosed(Refused):
    code = "period_not_closed"
    message = gettext_noop("{to} is not closed yet. The open business day is {open_on}.")


class PeriodInvalid(Invalid):
    code = "period_invalid"
    message = gettext_noop("The period must end on or after its first day, within 366 days.")


class DrawdownNotCaptured(Conflict):
    code = "drawdown_not_captured"
    message = gettext_noop("Nothing was captured for this drawdown yet.")


class DrawdownNotPaidOff(Conflict):
    code = "drawdown_not_paid_off"
    message = gettext_noop("This drawdown is not paid off yet.")


class DrawdownNotOverdue(Conflict):
    code = "drawdown_not_overdue"
    message = gettext_noop("No installment of this drawdown is overdue.")


class BadSettlementTerms(Invalid):
    code = "settlement_terms_invalid"
    message = gettext_noop("These settlement terms cannot be: {reason}")


class SamePerson(Refused):
    code = "second_person_needed"
    message = gettext_noop("Somebody else has to approve what you have asked for.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = gettext_noop("Please say why.")


class SuspenseItemNotOpen(Conflict):
    code = "suspense_item_not_open"
    message = gettext_noop("This money is not waiting in suspense any more.")


class ReturnNotAsked(Conflict):
    code = "return_not_asked"
    message = gettext_noop("Nobody has asked to return this money.")


class NothingToRepay(Refused):
    code = "nothing_to_repay"
    message = gettext_noop("This merchant owes nothing to this funding source.")


class BreakNotOpen(Conflict):
    code = "break_not_open"
    message = gettext_noop("This break is closed already.")


class WriteOffNotAsked(Conflict):
    code = "write_off_not_asked"
    message = gettext_noop("Nobody has asked to write this break off.")


class BadBankFile(Invalid):
    code = "bank_file_invalid"
    message = gettext_noop("The bank file cannot be read: {reason}")


class MandateMissing(Refused):
    code = "mandate_missing"
    message = gettext_noop("The merchant has no direct debit mandate.")


class MandateExists(Conflict):
    code = "mandate_exists"
    message = gettext_noop("The merchant has a direct debit mandate already.")


class NoDeductionAgreed(Refused):
    code = "deduction_not_agreed"
    message = gettext_noop("The merchant has not agreed to deductions from its sales.")


class BadFraction(Invalid):
    code = "fraction_invalid"
    message = gettext_noop("The share must be above 0 and at most 100 %.")


class ClaimTooSmall(Refused):
    code = "claim_too_small"
    message = gettext_noop("¥{open} of the guarantor's claim is open; ¥{needed} was reported.")


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


class NoteNeeded(Invalid):
    code = "note_needed"
    message = gettext_noop("Please say why, in at least {shortest} characters.")


class FundingSourceNotFound(NotFound):
    message = gettext_noop("There is no funding source with this id.")


class PartnershipNotFound(NotFound):
    message = gettext_noop("There is no partnership with this id.")


class FundingNameTaken(Conflict):
    code = "funding_name_taken"
    message = gettext_noop("This name is in use already.")


class FundingTermsInvalid(Invalid):
    code = "funding_terms_invalid"
    message = gettext_noop("The terms of the funding contradict themselves: {reason}")


class FundingStateConflict(Conflict):
    code = "funding_state_conflict"
    message = gettext_noop("This cannot be done in the state “{status}”.")


class ApproverIsDrafter(Refused):
    code = "approver_is_drafter"
    message = gettext_noop("Whoever drafted this cannot approve it: it takes two people.")


class LendersFixed(Conflict):
    code = "lenders_fixed"
    message = gettext_noop("Merchants have signed with the lenders of this version already.")


class NoFundingSource(Refused):
    code = "no_funding_source"
    message = gettext_noop("No lender can take this order at the moment.")


class FundingUseMismatch(Conflict):
    code = "funding_use_mismatch"
    message = gettext_noop("There is less in use with the lender than was to be given back.")


class InstructionNotFound(NotFound):
    message = gettext_noop("There is no funding instruction with this id.")


class InstructionEnded(Conflict):
    code = "instruction_ended"
    message = gettext_noop("The outcome of this instruction is known already.")


class InstructionNotFailed(Conflict):
    code = "instruction_not_failed"
    message = gettext_noop("Only a failed instruction can be sent anew.")
