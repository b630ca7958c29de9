"""Words of delinquency and collection."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
