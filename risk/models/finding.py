"""What merchants have in common, and what that may mean."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import FindingKind, FindingStatus, TraitKind
from tenants.models import Merchant


class MerchantTrait(TenantOwned, AppendOnly):
    """Something seen of a merchant, as a blind index: equal marks of a kind are the same thing."""

    id = OwnIdField("mtr")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=TraitKind.choices)
    mark = models.TextField()
    masked = models.TextField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant trait")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "kind", "mark"], name="risk_merchanttrait_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TraitKind.values) & ~models.Q(mark=""),
                name="risk_merchanttrait_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "kind", "mark", "seen_at"], name="risk_merchanttrait_mark"
            ),
        ]


class FraudFinding(TenantOwned, Stamped):
    """Linked merchants that a person looks at. `key` is what was found; `merchants` their ids."""

    id = OwnIdField("ffd")
    kind = models.TextField(choices=FindingKind.choices)
    key = models.TextField()
    merchants = models.JSONField()
    evidence = models.JSONField(default=dict)
    status = models.TextField(choices=FindingStatus.choices, default=FindingStatus.OPEN)
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Fraud finding")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"],
                condition=models.Q(status="open"),
                name="risk_fraudfinding_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=FindingKind.values, status__in=FindingStatus.values,
                    found_at__lt=models.F("due_at"),
                ),
                name="risk_fraudfinding_words",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", decided_at__isnull=True, decided_by="")
                | ~models.Q(status="open") & models.Q(decided_at__isnull=False)
                & ~models.Q(decided_by="") & ~models.Q(reason=""),
                name="risk_fraudfinding_decided",
            ),
        ]  # fmt: skip
