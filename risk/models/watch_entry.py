"""Merchants on a list: blocked or watched, with a reason, until a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import WatchKind, WatchReason, WatchStatus
from tenants.models import Merchant


class WatchEntry(TenantOwned, Stamped):
    """One merchant on one list until `expires_on`, exclusive, or until somebody takes it off."""

    id = OwnIdField("wle")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=WatchKind.choices)
    reason_code = models.TextField(choices=WatchReason.choices)
    comment = models.TextField()
    status = models.TextField(choices=WatchStatus.choices, default=WatchStatus.ACTIVE)
    from_on = models.DateField()
    expires_on = models.DateField(help_text="The first day on which it no longer counts.")
    added_by = models.TextField()
    added_at = models.DateTimeField()
    appeal = models.TextField(default="", blank=True)
    appealed_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Watch list entry")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "kind", "reason_code"],
                condition=~models.Q(status="ended"),
                name="risk_watchentry_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=WatchKind.values,
                    reason_code__in=WatchReason.values,
                    status__in=WatchStatus.values,
                    from_on__lt=models.F("expires_on"),
                ),
                name="risk_watchentry_words",
            ),
            models.CheckConstraint(
                condition=models.Q(status="ended", ended_at__isnull=False)
                & ~models.Q(end_reason="")
                | ~models.Q(status="ended") & models.Q(ended_at__isnull=True, ended_by=""),
                name="risk_watchentry_ended",
            ),
        ]
