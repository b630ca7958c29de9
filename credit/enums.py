"""The words credit uses for states, kinds and components."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


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


class LoanEventKind(models.TextChoices):
    CAPTURE = "capture", _("Capture")
    REPAYMENT = "repayment", _("Repayment")


class Component(models.TextChoices):
    PENALTY = "penalty", _("Penalty interest")
    FEE = "fee", _("Fee")
    INTEREST = "interest", _("Interest")
    PRINCIPAL = "principal", _("Principal")


class SegmentKind(models.TextChoices):
    INTEREST = "interest", _("Interest")
    PENALTY = "penalty", _("Penalty interest")


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
    CAPTURE = "capture", _("Capture")
    REPAYMENT = "repayment", _("Repayment")
    ACCRUAL = "accrual", _("Daily accrual")
    ADJUSTMENT = "adjustment", _("Adjustment")
    SETTLEMENT = "settlement", _("Settlement paid")


class DayStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class RepaymentStatus(models.TextChoices):
    SUCCEEDED = "succeeded", _("Succeeded")


class RepaymentChannel(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    PARTNER = "partner", _("Through the partner")


class SettlementStatus(models.TextChoices):
    LOCKED = "locked", _("Locked")
    PAID = "paid", _("Paid")


class ProductKind(models.TextChoices):
    """What the product is in law: it decides which caps hold."""

    LOAN = "loan", _("Loan")
    TRADE_CREDIT = "trade_credit", _("Trade credit")
    FACTORING = "factoring", _("Factoring")


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
