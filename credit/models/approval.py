"""An act that one person asked for and another decides on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ApprovalStatus, LoanEventKind
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class Approval(TenantOwned, Stamped):
    """A servicing act waiting for a second person; `payload` is the act, `Asked` in plain values.

    `amount_minor` is what is at stake: the amount of the act, or what a write-off takes off.
    """

    id = OwnIdField("apv")
    drawdown = TenantForeignKey(Drawdown)
    kind = models.TextField(choices=LoanEventKind.choices)
    amount_minor = MinorField()
    payload = models.JSONField()
    key = models.TextField(help_text="Business key: of the request, and of the act when approved.")
    reason = models.TextField()
    status = models.TextField(choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Approval")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="credit_approval_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "kind"],
                condition=models.Q(status="pending"),
                name="credit_approval_one_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=ApprovalStatus.values,
                    kind__in=LoanEventKind.values,
                    amount_minor__gte=0,
                ),
                name="credit_approval_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(status="pending", decided_by="", decided_at__isnull=True)
                | (
                    ~models.Q(status="pending")
                    & models.Q(decided_at__isnull=False)
                    & ~models.Q(decided_by="")
                ),
                name="credit_approval_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("requested_by")),
                name="credit_approval_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "id"],
                condition=models.Q(status="pending"),
                name="credit_approval_waiting",
            )
        ]
