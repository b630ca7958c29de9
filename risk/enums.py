"""The words risk uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    VALIDATED = "validated", _("Validated")
    SHADOW = "shadow", _("In shadow")
    CHAMPION = "champion", _("In force")
    RETIRED = "retired", _("Retired")


class ApprovalKind(models.TextChoices):
    """What a second pair of eyes agreed to."""

    VALIDATE = "validate", _("Validated")
    CHAMPION = "champion", _("Put in force")


class PolicyApprovalKind(models.TextChoices):
    """What a person signed for a policy; a waiver says that its shadow may be shorter."""

    VALIDATE = "validate", _("Validated")
    WAIVER = "waiver", _("Shadow shortened")
    CHAMPION = "champion", _("Put in force")


class FloorLayer(models.TextChoices):
    """Whose floor it is; a funder's applies before the platform's."""

    FUNDER = "funder", _("Funder")
    PLATFORM = "platform", _("Platform")


class FloorStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    RETIRED = "retired", _("Retired")
    REJECTED = "rejected", _("Rejected")


class Outcome(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REFER = "refer", _("Manual review")
    DECLINE = "decline", _("Declined")


class Purpose(models.TextChoices):
    PRESCREEN = "prescreen", _("Pre-screen")
    APPLICATION = "application", _("Application")
