"""Words of settlement, reconciliation and repayment channels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SettlementStatus(models.TextChoices):
    BUILDING = "building", _("Being built")
    LOCKED = "locked", _("Locked")
    PAID = "paid", _("Paid")
    RECONCILED = "reconciled", _("Seen at the bank")


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
