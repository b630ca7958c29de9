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


class Outcome(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REFER = "refer", _("Manual review")
    DECLINE = "decline", _("Declined")


class Purpose(models.TextChoices):
    PRESCREEN = "prescreen", _("Pre-screen")
    APPLICATION = "application", _("Application")


class MonitorMetric(models.TextChoices):
    """What is watched night by night."""

    SCORE_PSI = "score_psi", _("Score shift (PSI)")
    FEATURE_CSI = "feature_csi", _("Feature shift (CSI)")
    GINI = "gini", _("Gini")
    KS = "ks", _("KS")
    PD_ACTUAL = "pd_actual", _("PD against actual")


class ReadingState(models.TextChoices):
    OK = "ok", _("In order")
    WATCH = "watch", _("Watch")
    ALARM = "alarm", _("Alarm")
    UNKNOWN = "unknown", _("Too few to say")


class AlarmStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")
