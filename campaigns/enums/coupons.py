"""Words of coupons."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    OPEN = "open", _("Open")
    STOPPED = "stopped", _("Stopped")
