"""A score is data: bins and points in one canonical JSON with its hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import VersionStatus


class Scorecard(TenantOwned, Stamped):
    """One version of the card. The body never changes once it is in force."""

    id = OwnIdField("crd")
    version = models.IntegerField()
    status = models.TextField(choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    body = models.JSONField()
    sha256 = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Scorecard")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="risk_scorecard_version"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="champion"),
                name="risk_scorecard_one_champion",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VersionStatus.values), name="risk_scorecard_status"
            ),
        ]
