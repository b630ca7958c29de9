"""Words of accounts, entries, days and papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountCode(models.TextChoices):
    """The chart of accounts of one tenant and funding source."""

    FUNDING_BANK = "1001", _("Funding source bank account")
    LOANS = "1101", _("Loans: principal")
    INTEREST_RECEIVABLE = "1102", _("Interest receivable")
    PENALTY_RECEIVABLE = "1103", _("Penalty interest receivable")
    FEE_RECEIVABLE = "1104", _("Fees receivable")
    JOINT_CLEARING = "1201", _("Between the lenders of a joint loan")
    PARTNER_DISCOUNTS = "1301", _("Discounts the partner platform bears")
    OPERATOR_DISCOUNTS = "1302", _("Discounts Baitiao bears")
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
    DISCOUNTS = "5104", _("Discounts the lender bears")


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
