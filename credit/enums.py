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


class SuspensionReason(models.TextChoices):
    """Why nothing can be drawn; partners read it as `status_reason`."""

    REQUESTED = "requested", _("The merchant asked for it")
    RISK = "risk", _("Risk review")
    ARREARS = "arrears", _("In arrears")
    WRITTEN_OFF = "written_off", _("A loan was written off")


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
    SUSPENSE = "suspense", _("Unmatched money")


class DayStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


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


class SettlementStatus(models.TextChoices):
    LOCKED = "locked", _("Locked")
    PAID = "paid", _("Paid")
