"""The words risk uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CHAMPION = "champion", _("In force")
    RETIRED = "retired", _("Retired")


class Outcome(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REFER = "refer", _("Manual review")
    DECLINE = "decline", _("Declined")


class Purpose(models.TextChoices):
    PRESCREEN = "prescreen", _("Pre-screen")
    APPLICATION = "application", _("Application")
