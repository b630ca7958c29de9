"""The words of salespeople and of who brought which merchant."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SalespersonStatus(models.TextChoices):
    ACTIVE = "active", _("At work")
    LEFT = "left", _("Left")


class AttributionHow(models.TextChoices):
    """How we learned who brought a merchant."""

    QR = "qr", _("Their QR code")
    PARTNER = "partner", _("Told by the platform")
    SESSION = "session", _("Named when a visit was opened")


class ClaimStatus(models.TextChoices):
    """What became of a claim on a merchant that somebody else had brought."""

    OPEN = "open", _("Unsettled")
    KEPT = "kept", _("Stays as it was")
    MOVED = "moved", _("Moved")
    SUPERSEDED = "superseded", _("Superseded")
