"""Money that goes on to the partner: terms, batches, their lines, what is held back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import SettlementLineKind, SettlementStatus
from credit.models.drawdown import Drawdown
from credit.models.ledger import JournalEntry
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class SettlementTerms(TenantOwned, AppendOnly):
    """How a funding source settles with the partner from a day on; a change is another row.

    Fractions are of one batch: the fee and the holdback of its captures, the share of the interest
    collected on its day.
    """

    id = OwnIdField("stt")
    funding_source = TenantForeignKey(FundingSource)
    from_on = models.DateField()
    payout_days = models.IntegerField(help_text="Days from the batch's day to the payout: T+n.")
    pays_on_workdays_only = models.BooleanField()
    fee_fraction = RateField()
    holdback_fraction = RateField()
    holdback_days = models.IntegerField()
    revenue_share_fraction = RateField()
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement terms")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "from_on"],
                name="credit_settlementterms_from",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    payout_days__gte=1,
                    payout_days__lte=90,
                    holdback_days__gte=0,
                    holdback_days__lte=730,
                    fee_fraction__gte=0,
                    fee_fraction__lt=1,
                    holdback_fraction__gte=0,
                    holdback_fraction__lt=1,
                    revenue_share_fraction__gte=0,
                    revenue_share_fraction__lt=1,
                ),
                name="credit_settlementterms_range",
            ),
        ]


class SettlementBatch(TenantOwned, Stamped):
    """What one funding source owes the partner for one business day: net = Σ lines, never below 0.

    `payout_reference` is what the bank shows; `totals` are count and fen per kind of line as they
    were when the batch was locked.
    """

    id = OwnIdField("stl")
    funding_source = TenantForeignKey(FundingSource)
    captured_on = models.DateField()
    status = models.TextField(choices=SettlementStatus.choices, default=SettlementStatus.BUILDING)
    line_count = models.IntegerField(default=0)
    net_minor = MinorField(default=0)
    totals = models.JSONField(default=list)
    due_on = models.DateField()
    payout_reference = models.TextField(default="")
    paid_on = models.DateField(null=True)
    reconciled_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement batch")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "captured_on"],
                name="credit_settlementbatch_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=SettlementStatus.values, net_minor__gte=0, line_count__gte=0
                ),
                name="credit_settlementbatch_status",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["building", "locked"], paid_on__isnull=True)
                | models.Q(status__in=["paid", "reconciled"], paid_on__isnull=False),
                name="credit_settlementbatch_paid_on",
            ),
        ]


class SettlementLine(TenantOwned, AppendOnly):
    """One entry in one batch, or a net carried between two.

    An entry is settled at most once by each lender: one of a joint loan by every one of them.
    """

    id = OwnIdField("sll")
    batch = TenantForeignKey(SettlementBatch)
    funding_source = TenantForeignKey(FundingSource, db_index=False, help_text="The batch's.")
    kind = models.TextField(choices=SettlementLineKind.choices, default=SettlementLineKind.CAPTURE)
    entry = TenantForeignKey(JournalEntry, null=True)
    drawdown = TenantForeignKey(Drawdown, null=True)
    carried_from = TenantForeignKey(SettlementBatch, null=True)
    amount_minor = MinorField(help_text="Positive: to the partner.")

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement line")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "entry", "funding_source"], name="credit_settlementline_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "carried_from"], name="credit_settlementline_carried_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind="carried_in", entry__isnull=True, carried_from__isnull=False,
                    amount_minor__lt=0,
                )
                | models.Q(
                    kind="carried_out", entry__isnull=True, carried_from__isnull=True,
                    amount_minor__gt=0,
                )
                | models.Q(entry__isnull=False, carried_from__isnull=True)
                & models.Q(kind__in=SettlementLineKind.values)
                & ~models.Q(kind__in=["carried_in", "carried_out"]),
                name="credit_settlementline_kind",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant_id", "batch"], name="credit_settlementline_batch")]


class Holdback(TenantOwned, Stamped):
    """Part of a batch that waits until its release day; released whole, into a later batch."""

    id = OwnIdField("hbk")
    batch = TenantForeignKey(SettlementBatch)
    funding_source = TenantForeignKey(FundingSource)
    amount_minor = MinorField()
    release_on = models.DateField()
    released_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Holdback")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "batch"], name="credit_holdback_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="credit_holdback_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "release_on"],
                condition=models.Q(released_on__isnull=True),
                name="credit_holdback_waiting",
            )
        ]
