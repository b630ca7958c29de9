"""Words of call-backs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FollowUpStatus(models.TextChoices):
    BOOKED = "booked", _("Booked")
    DONE = "done", _("Spoken to")
    MISSED = "missed", _("Not reached")
    CANCELED = "canceled", _("Canceled")


class CallOutcome(models.TextChoices):
    """What came of one call."""

    REACHED = "reached", _("Reached")
    LATER = "later", _("Asked for another time")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
