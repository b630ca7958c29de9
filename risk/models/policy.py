"""A policy is data: staged first-hit tables, limit and price parameters."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import VersionStatus


class Policy(TenantOwned, Stamped):
    """One version of the policy. The body never changes once it is in force."""

    id = OwnIdField("pol")
    version = models.IntegerField()
    status = models.TextField(choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    body = models.JSONField()
    sha256 = models.TextField()
    drafted_by = models.TextField(default="", db_default="")
    drafted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Policy")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="risk_policy_version"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="champion"),
                name="risk_policy_one_champion",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VersionStatus.values), name="risk_policy_status"
            ),
        ]
