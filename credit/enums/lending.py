"""Words from application to the last installment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    ACTIVATED = "activated", _("Activated")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    ACTION_REQUIRED = "action_required", _("Something is asked for")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AskKind(models.TextChoices):
    DOCUMENT = "document", _("A document")
    ANSWER = "answer", _("An answer")


class AskStatus(models.TextChoices):
    OPEN = "open", _("Waiting for the merchant")
    ANSWERED = "answered", _("Answered")
    DROPPED = "dropped", _("No longer asked for")
    EXPIRED = "expired", _("Not answered in time")


class LimitCause(models.TextChoices):
    NIGHTLY = "nightly", _("Nightly look")
    ASKED = "asked", _("The merchant asked")


class ReviewKind(models.TextChoices):
    REFERRED = "referred", _("Passed on by the policy")
    REQUESTED = "requested", _("Asked for by the merchant")
    LIMIT = "limit", _("A higher limit, asked for by the merchant")


class ReviewStatus(models.TextChoices):
    OPEN = "open", _("Waiting for a reviewer")
    PROPOSED = "proposed", _("Waiting for a second reviewer")
    CLOSED = "closed", _("Decided")
    DROPPED = "dropped", _("Ended without a decision")


class OfferStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class LineStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class SuspensionReason(models.TextChoices):
    """Why nothing can be drawn; partners read it as `status_reason`."""

    REQUESTED = "requested", _("The merchant asked for it")
    RISK = "risk", _("Risk review")
    ARREARS = "arrears", _("In arrears")
    WRITTEN_OFF = "written_off", _("A loan was written off")
    CONSENT = "consent", _("A consent was withdrawn")


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


class RepaymentStatus(models.TextChoices):
    SUCCEEDED = "succeeded", _("Succeeded")
    REVERSED = "reversed", _("Reversed")


class TemporaryLimitStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class RepaymentChannel(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    PARTNER = "partner", _("Through the partner")
    DEDUCTION = "deduction", _("Deduction from sale proceeds")
    GUARANTOR = "guarantor", _("Guarantor payout")


class Scenario(models.TextChoices):
    """What a sandbox can have happen to a merchant."""

    SHIP = "ship", _("The order is shipped: captured")
    REFUND = "refund", _("Goods come back: refunded")
    REPAY = "repay", _("The merchant repays by transfer")
    BANK_FLOW = "bank_flow", _("Money arrives on the merchant's account number")
    OVERDUE = "overdue", _("Time passes until an installment is overdue")
    REVIEW_ANSWER = "review_answer", _("A reviewer answers")


class SigningChannel(models.TextChoices):
    """Who makes a platform's signatures."""

    TEST = "test", _("Test certificates of ours")
    BUREAU = "bureau", _("An e-sign bureau")


class SignatureStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    REQUESTED = "requested", _("Asked for")
    UNKNOWN = "unknown", _("Outcome unknown")
    SIGNED = "signed", _("Signed")
    FAILED = "failed", _("Failed")


class SigningOutcome(models.TextChoices):
    SIGNED = "signed", _("Signed")
    FAILED = "failed", _("Failed")
    PENDING = "pending", _("Pending")
    UNKNOWN = "unknown", _("Unknown")
    NOT_FOUND = "not_found", _("Not found")
