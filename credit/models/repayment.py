"""Money that came back, and money that goes on to the partner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import RepaymentChannel, RepaymentStatus, SettlementStatus
from credit.models.drawdown import Drawdown
from credit.models.ledger import JournalEntry
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class Repayment(TenantOwned, Stamped):
    """One payment for one drawdown: `amount = allocated + unspent`."""

    id = OwnIdField("rpy")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    external_id = models.TextField()
    channel = models.TextField(choices=RepaymentChannel.choices)
    status = models.TextField(choices=RepaymentStatus.choices, default=RepaymentStatus.SUCCEEDED)
    amount_minor = MinorField()
    allocated_minor = MinorField()
    unspent_minor = MinorField(default=0)
    value_on = models.DateField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Repayment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_repayment_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    allocated_minor__gte=0,
                    unspent_minor__gte=0,
                    amount_minor=models.F("allocated_minor") + models.F("unspent_minor"),
                ),
                name="credit_repayment_amounts",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "drawdown"], name="credit_repayment_drawdown")]


class SettlementBatch(TenantOwned, Stamped):
    """What we owe the partner for the captures of one business day."""

    id = OwnIdField("stl")
    funding_source = TenantForeignKey(FundingSource)
    captured_on = models.DateField()
    status = models.TextField(choices=SettlementStatus.choices, default=SettlementStatus.LOCKED)
    line_count = models.IntegerField()
    net_minor = MinorField()
    paid_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement batch")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "captured_on"],
                name="credit_settlementbatch_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SettlementStatus.values, net_minor__gt=0),
                name="credit_settlementbatch_status",
            ),
        ]


class SettlementLine(TenantOwned, AppendOnly):
    """One capture in one batch; a journal entry is settled at most once."""

    id = OwnIdField("sll")
    batch = TenantForeignKey(SettlementBatch)
    entry = TenantForeignKey(JournalEntry)
    drawdown = TenantForeignKey(Drawdown)
    amount_minor = MinorField()

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement line")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "entry"], name="credit_settlementline_once"
            )
        ]
