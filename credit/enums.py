"""The words credit uses for states, kinds and components."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ProductKind(models.TextChoices):
    """What the product is in law: it decides which caps hold."""

    LOAN = "loan", _("Loan")
    TRADE_CREDIT = "trade_credit", _("Trade credit")
    FACTORING = "factoring", _("Factoring")


class LprTerm(models.TextChoices):
    ONE_YEAR = "1Y", _("1 year")
    FIVE_YEARS = "5Y", _("5 years")


class CapKind(models.TextChoices):
    FIXED = "fixed", _("Fixed annual rate")
    LPR_MULTIPLE = "lpr_multiple", _("Multiple of the one-year LPR")


class CapSeverity(models.TextChoices):
    BLOCK = "block", _("Refuse")
    WARN = "warn", _("Warn")


class ReferenceKind(models.TextChoices):
    """Which table of reference data a change is about."""

    LPR_RATE = "lpr_rate", _("LPR")
    CAP_RULE = "cap_rule", _("Cap rule")


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved and applied")
    REJECTED = "rejected", _("Rejected")


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    ACTIVATED = "activated", _("Activated")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class OfferStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")


class LineStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class HoldStatus(models.TextChoices):
    HELD = "held", _("Held")
    CAPTURED = "captured", _("Captured")
    PART_CAPTURED = "part_captured", _("Partly captured")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")


class DrawdownStatus(models.TextChoices):
    """Overdue is not here: it is computed from dates."""

    AUTHORIZED = "authorized", _("Authorized")
    PARTIALLY_CAPTURED = "partially_captured", _("Partly captured")
    REPAYING = "repaying", _("Repaying")
    PAID_OFF = "paid_off", _("Paid off")
    CANCELED = "canceled", _("Canceled")
    EXPIRED = "expired", _("Expired")
    WRITTEN_OFF = "written_off", _("Written off")


class LoanEventKind(models.TextChoices):
    CAPTURE = "capture", _("Capture")
    REPAYMENT = "repayment", _("Repayment")
    GOODWILL = "goodwill", _("Goodwill credit")
    REFUND = "refund", _("Refund of goods")
    PAYOUT_REFUND = "payout_refund", _("Payout returned")
    GUARANTOR_PAYOUT = "guarantor_payout", _("Guarantor payout")
    FEE = "fee", _("Fee")
    PENALTY = "penalty", _("Penalty charge")
    WAIVER = "waiver", _("Waiver")
    RATE_CHANGE = "rate_change", _("Rate change")
    PAUSE = "pause", _("Interest pause")
    EXTENSION = "extension", _("Extension")
    RESTRUCTURE = "restructure", _("Restructuring")
    WRITE_OFF = "write_off", _("Write-off")
    OVERPAYMENT_REFUND = "overpayment_refund", _("Overpayment returned")
    REVERSAL = "reversal", _("Reversal")


class Component(models.TextChoices):
    PENALTY = "penalty", _("Penalty interest")
    FEE = "fee", _("Fee")
    INTEREST = "interest", _("Interest")
    PRINCIPAL = "principal", _("Principal")


class SegmentKind(models.TextChoices):
    INTEREST = "interest", _("Interest")
    PENALTY = "penalty", _("Penalty interest")
    SUBSIDY = "subsidy", _("Subsidized interest")


class AccountCode(models.TextChoices):
    """The chart of accounts of one tenant and funding source."""

    FUNDING_BANK = "1001", _("Funding source bank account")
    LOANS = "1101", _("Loans: principal")
    INTEREST_RECEIVABLE = "1102", _("Interest receivable")
    PENALTY_RECEIVABLE = "1103", _("Penalty interest receivable")
    FEE_RECEIVABLE = "1104", _("Fees receivable")
    PARTNER_PAYABLE = "2101", _("Payable to the partner platform")
    PARTNER_HOLDBACK = "2102", _("Held back from the partner platform")
    OVERPAYMENT = "2201", _("Merchant overpayments")
    SUSPENSE = "2202", _("Money not yet matched")
    DEFERRED_INCOME = "2301", _("Deferred income")
    INTEREST_INCOME = "4101", _("Interest income")
    PENALTY_INCOME = "4102", _("Penalty interest income")
    FEE_INCOME = "4103", _("Fee income")
    SUBSIDY_INCOME = "4104", _("Income from subsidized interest-free days")
    PARTNER_FEE_INCOME = "4105", _("Fees borne by the partner platform")
    RECOVERY_INCOME = "4106", _("Recoveries of written-off loans")
    WRITE_OFFS = "5101", _("Written-off loans")
    WAIVERS = "5102", _("Waivers and concessions")
    REVENUE_SHARE = "5103", _("Revenue share of the partner platform")


class EntryKind(models.TextChoices):
    """An event of a drawdown posts an entry of its own name; the rest belongs to the books."""

    CAPTURE = "capture", _("Capture")
    REPAYMENT = "repayment", _("Repayment")
    GOODWILL = "goodwill", _("Goodwill credit")
    REFUND = "refund", _("Refund of goods")
    PAYOUT_REFUND = "payout_refund", _("Payout returned")
    GUARANTOR_PAYOUT = "guarantor_payout", _("Guarantor payout")
    FEE = "fee", _("Fee")
    PENALTY = "penalty", _("Penalty charge")
    WAIVER = "waiver", _("Waiver")
    RATE_CHANGE = "rate_change", _("Rate change")
    PAUSE = "pause", _("Interest pause")
    EXTENSION = "extension", _("Extension")
    RESTRUCTURE = "restructure", _("Restructuring")
    WRITE_OFF = "write_off", _("Write-off")
    OVERPAYMENT_REFUND = "overpayment_refund", _("Overpayment returned")
    REVERSAL = "reversal", _("Reversal")
    ACCRUAL = "accrual", _("Daily accrual")
    ADJUSTMENT = "adjustment", _("Adjustment")
    SETTLEMENT = "settlement", _("Settlement paid")
    PARTNER_FEE = "partner_fee", _("Fee borne by the partner platform")
    REVENUE_SHARE = "revenue_share", _("Revenue share")
    HOLDBACK = "holdback", _("Held back")
    HOLDBACK_RELEASE = "holdback_release", _("Holdback released")
    DEDUCTION = "deduction", _("Deduction from sale proceeds")
    SUSPENSE = "suspense", _("Money into or out of suspense")


class DayStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class CloseExceptionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    SIGNED_OFF = "signed_off", _("Signed off")
    REPAIRED = "repaired", _("Repaired")


class RepaymentStatus(models.TextChoices):
    SUCCEEDED = "succeeded", _("Succeeded")
    REVERSED = "reversed", _("Reversed")


class TemporaryLimitStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class RepaymentChannel(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    PARTNER = "partner", _("Through the partner")
    DEDUCTION = "deduction", _("Deduction from sale proceeds")
    GUARANTOR = "guarantor", _("Guarantor payout")


class SettlementStatus(models.TextChoices):
    BUILDING = "building", _("Being built")
    LOCKED = "locked", _("Locked")
    PAID = "paid", _("Paid")
    RECONCILED = "reconciled", _("Seen at the bank")


class CalendarImportStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPLIED = "applied", _("In force")
    REJECTED = "rejected", _("Rejected")


class DocumentKind(models.TextChoices):
    """What is issued as PDF; the words are also the titles on the paper."""

    STATEMENT = "statement", _("Statement")
    RECEIPT = "receipt", _("Drawdown receipt")
    PAYOFF_CERTIFICATE = "payoff_certificate", _("Payoff certificate")
    OVERDUE_NOTICE = "overdue_notice", _("Overdue notice")
    CONTRACT = "contract", _("Agreement")


class SettlementLineKind(models.TextChoices):
    """Why a line is in a batch: the kind of its entry, or a net carried between batches."""

    CAPTURE = "capture", _("Capture")
    REFUND = "refund", _("Refund")
    PARTNER_FEE = "partner_fee", _("Fee borne by the partner platform")
    REVENUE_SHARE = "revenue_share", _("Revenue share")
    HOLDBACK = "holdback", _("Held back")
    HOLDBACK_RELEASE = "holdback_release", _("Holdback released")
    DEDUCTION = "deduction", _("Deduction from sale proceeds")
    OTHER = "other", _("Other")
    CARRIED_OUT = "carried_out", _("Carried to the next batch")
    CARRIED_IN = "carried_in", _("Carried from the batch before")


class FileKind(models.TextChoices):
    SETTLEMENT = "settlement", _("Settlement batch")
    DAY = "day", _("Business day")


class FlowStatus(models.TextChoices):
    NEW = "new", _("Not matched yet")
    MATCHED = "matched", _("Matched")
    SUSPENSE = "suspense", _("In suspense")


class BreakKind(models.TextChoices):
    ORDER_MISSING = "order_missing", _("Drawn, but the platform has no such order")
    ORDER_AMOUNT = "order_amount", _("More was drawn than the order is worth")
    ORDER_RETURNED = "order_returned", _("Order returned, drawdown still open")
    PAYOUT_MISSING = "payout_missing", _("Settlement paid, not seen at the bank")
    PAYOUT_AMOUNT = "payout_amount", _("Settlement and bank flow differ")
    REPAYMENT_MISSING = "repayment_missing", _("Repayment recorded, not seen at the bank")
    REPAYMENT_AMOUNT = "repayment_amount", _("Repayment and bank flow differ")
    FLOW_UNKNOWN = "flow_unknown", _("Money left the bank for no reason we know")


class BreakStatus(models.TextChoices):
    OPEN = "open", _("Open")
    EXPLAINED = "explained", _("Explained")
    WRITTEN_OFF = "written_off", _("Written off")
    RESOLVED = "resolved", _("Resolved")


class SuspenseStatus(models.TextChoices):
    OPEN = "open", _("Unclaimed")
    RETURNING = "returning", _("Return awaits approval")
    MATCHED = "matched", _("Matched")
    RETURNED = "returned", _("Sent back")


class MandateStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class DebitStatus(models.TextChoices):
    """A debit is *unknown* from the moment it leaves us until the bank has said how it ended."""

    REQUESTED = "requested", _("Requested")
    UNKNOWN = "unknown", _("Asked the bank, outcome unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class AgreementStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class ClaimStatus(models.TextChoices):
    OPEN = "open", _("Open")
    RECOVERED = "recovered", _("Recovered")


class LadderKind(models.TextChoices):
    """What days past due are sorted into; each ladder is data of the tenant."""

    BUCKET = "bucket", _("Bucket")
    STAGE = "stage", _("Collection stage")
    CLASS = "class", _("Five-category class")


class DebtClass(models.TextChoices):
    NORMAL = "normal", _("Normal")
    SPECIAL_MENTION = "special_mention", _("Special mention")
    SUBSTANDARD = "substandard", _("Substandard")
    DOUBTFUL = "doubtful", _("Doubtful")
    LOSS = "loss", _("Loss")


class CollectionStage(models.TextChoices):
    REMIND = "remind", _("Remind")
    CALL = "call", _("Call")
    NEGOTIATE = "negotiate", _("Negotiate")
    NOTICE = "notice", _("Formal notice")
    RECOVER = "recover", _("Recover")


class CaseStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ContactChannel(models.TextChoices):
    CALL = "call", _("Phone call")
    SMS = "sms", _("Text message")
    MESSENGER = "messenger", _("Messenger")
    EMAIL = "email", _("E-mail")
    VISIT = "visit", _("Visit")


class ContactResult(models.TextChoices):
    CONNECTED = "connected", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Does not want to talk")
    SENT = "sent", _("Sent")


class PromiseStatus(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DisputeReason(models.TextChoices):
    AMOUNT = "amount", _("The amount is wrong")
    ALREADY_PAID = "already_paid", _("Already paid")
    GOODS = "goods", _("Goods missing, returned or faulty")
    NOT_MINE = "not_mine", _("Not our order")
    OTHER = "other", _("Something else")


class DisputeStatus(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Rejected")


class ExtensionStatus(models.TextChoices):
    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class ReminderKind(models.TextChoices):
    DUE_IN_7 = "due_in_7", _("Due in 7 days")
    DUE_IN_3 = "due_in_3", _("Due in 3 days")
    DUE_IN_1 = "due_in_1", _("Due tomorrow")
    DUE_TODAY = "due_today", _("Due today")
    GRACE_FIRST = "grace_first", _("First day of grace")
    GRACE_LAST = "grace_last", _("Last day of grace")
    OVERDUE_1 = "overdue_1", _("Overdue, day 1")
    OVERDUE_3 = "overdue_3", _("Overdue, day 3")
    OVERDUE_7 = "overdue_7", _("Overdue, day 7")


class ReminderStatus(models.TextChoices):
    SHOWN = "shown", _("Shown on the merchant's page")
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    WITHHELD = "withheld", _("Not sent")


class LicenceType(models.TextChoices):
    """What a funding source is allowed to be."""

    BANK = "bank", _("Bank")
    CONSUMER_FINANCE = "consumer_finance", _("Consumer finance company")
    MICROLOAN = "microloan", _("Microloan company")
    TRUST = "trust", _("Trust company")
    FACTORING = "factoring", _("Commercial factoring company")
    NONE = "none", _("No licence")


class FundingRole(models.TextChoices):
    LENDER = "lender", _("Lender")
    CO_LENDER = "co_lender", _("Co-lender")


class FundingStatus(models.TextChoices):
    """Of a funding source and of a partnership; two people take either from draft to active."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class ListingStatus(models.TextChoices):
    """Whether the lender's head office has us on its list of partner platforms."""

    UNLISTED = "unlisted", _("Not listed")
    LISTED = "listed", _("Listed")
    REMOVED = "removed", _("Taken off the list")


class FundingChannel(models.TextChoices):
    """How a funding source is told to pay. A virtual platform's sources are simulated anyway."""

    NONE = "none", _("No channel yet")
    HTTP = "http", _("Its own interface")


class RouteOutcome(models.TextChoices):
    ROUTED = "routed", _("Funded by")
    REFUSED = "refused", _("Not funded")


class InstructionStatus(models.TextChoices):
    """What is known of the money. Unknown is a real state: it is asked about, never sent again."""

    NONE = "none", _("Not sent yet")
    REQUESTED = "requested", _("Requested")
    FUNDED = "funded", _("Funded")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


class AttemptKind(models.TextChoices):
    REQUEST = "request", _("Request")
    ASK = "ask", _("Question")


class FundingOutcome(models.TextChoices):
    """What one attempt came to. `sent` is written before, the others after."""

    SENT = "sent", _("Sent")
    FUNDED = "funded", _("Funded")
    FAILED = "failed", _("Failed")
    PENDING = "pending", _("Not yet paid")
    UNKNOWN = "unknown", _("No answer")
    NOT_FOUND = "not_found", _("Never received")
