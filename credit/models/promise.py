"""What a late merchant says: I will pay by, this is wrong, give me more time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import DisputeReason, DisputeStatus, ExtensionStatus, PromiseStatus
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class PromiseToPay(TenantOwned, Stamped):
    """`amount_minor` by the end of `by_on`; what was paid in that window decides."""

    id = OwnIdField("ptp")
    merchant = TenantForeignKey(Merchant)
    amount_minor = MinorField()
    by_on = models.DateField()
    status = models.TextField(choices=PromiseStatus.choices, default=PromiseStatus.OPEN)
    paid_minor = MinorField(default=0)
    decided_on = models.DateField(null=True)
    note = models.TextField(default="", blank=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Promise to pay")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="open"),
                name="credit_promisetopay_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=PromiseStatus.values, amount_minor__gt=0, paid_minor__gte=0
                ),
                name="credit_promisetopay_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", decided_on__isnull=True)
                | (~models.Q(status="open") & models.Q(decided_on__isnull=False)),
                name="credit_promisetopay_decided",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "by_on"], name="credit_promisetopay_by")]


class Dispute(TenantOwned, Stamped):
    """The merchant says a drawdown is wrong. While it is open, collection and reminders rest."""

    id = OwnIdField("dsu")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    reason = models.TextField(choices=DisputeReason.choices)
    words = models.TextField()
    status = models.TextField(choices=DisputeStatus.choices, default=DisputeStatus.OPEN)
    answer_by_on = models.DateField(help_text="We answer within fifteen days.")
    answer = models.TextField(default="", blank=True)
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    resolved_by = models.TextField(default="", blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Dispute")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown"],
                condition=models.Q(status="open"),
                name="credit_dispute_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=DisputeReason.values)
                & (
                    models.Q(status="open", resolved_at__isnull=True)
                    | models.Q(status__in=["upheld", "rejected"], resolved_at__isnull=False)
                ),
                name="credit_dispute_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="open"),
                name="credit_dispute_open",
            )
        ]


class ExtensionRequest(TenantOwned, Stamped):
    """The merchant asks for `days` more for a drawdown; a person decides."""

    id = OwnIdField("exr")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    days = models.IntegerField()
    words = models.TextField()
    status = models.TextField(choices=ExtensionStatus.choices, default=ExtensionStatus.ASKED)
    answer = models.TextField(default="", blank=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Extension request")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown"],
                condition=models.Q(status="asked"),
                name="credit_extensionrequest_one_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(days__gte=1)
                & (
                    models.Q(status="asked", decided_at__isnull=True)
                    | models.Q(status__in=["approved", "declined"], decided_at__isnull=False)
                ),
                name="credit_extensionrequest_status",
            ),
        ]
