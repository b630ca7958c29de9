"""Comparing three sides: files for the partner, flows from the bank, and what does not agree."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import BreakKind, BreakStatus, FileKind, FlowStatus
from credit.models.drawdown import Drawdown
from credit.models.product import FundingSource
from credit.models.repayment import Repayment
from credit.models.settlement import SettlementBatch
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class ReconciliationFile(TenantOwned, Stamped, AppendOnly):
    """One revision of a file; a correction is the next revision, the ones before stay."""

    id = OwnIdField("rcf")
    kind = models.TextField(choices=FileKind.choices)
    on = models.DateField()
    batch = TenantForeignKey(SettlementBatch, null=True)
    subject = models.TextField(help_text="What it is about: the batch's id or the day.")
    revision = models.IntegerField()
    name = models.TextField()
    row_count = models.IntegerField()
    sum_minor = MinorField()
    sha256 = models.TextField()
    content = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("Reconciliation file")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "subject", "revision"],
                name="credit_reconciliationfile_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="settlement", batch__isnull=False)
                | models.Q(kind="day", batch__isnull=True),
                name="credit_reconciliationfile_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(revision__gte=1, row_count__gte=0),
                name="credit_reconciliationfile_revision",
            ),
        ]


class BankFlow(TenantOwned, Stamped):
    """One line of a bank statement: positive came in, negative went out."""

    id = OwnIdField("bkf")
    funding_source = TenantForeignKey(FundingSource)
    bank_reference = models.TextField()
    on = models.DateField()
    amount_minor = MinorField()
    counterparty = models.TextField(default="")
    account_no = models.TextField(default="", help_text="The virtual account it was paid to.")
    memo = models.TextField(default="")
    status = models.TextField(choices=FlowStatus.choices, default=FlowStatus.NEW)
    batch = TenantForeignKey(SettlementBatch, null=True)
    repayment = TenantForeignKey(Repayment, null=True)
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Bank flow")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "bank_reference"],
                name="credit_bankflow_once",
            ),
            models.UniqueConstraint(fields=["tenant_id", "batch"], name="credit_bankflow_batch"),
            models.UniqueConstraint(
                fields=["tenant_id", "repayment"], name="credit_bankflow_repayment"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=FlowStatus.values) & ~models.Q(amount_minor=0),
                name="credit_bankflow_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "memo"], name="credit_bankflow_memo"),
            models.Index(
                fields=["tenant_id", "funding_source", "on"], name="credit_bankflow_day"
            ),
        ]  # fmt: skip


class ReconciliationBreak(TenantOwned, Stamped):
    """Two sides that do not agree: found by the run, closed by the run or by people.

    Writing one off takes two people: whoever asks is not whoever approves.
    """

    id = OwnIdField("rbk")
    kind = models.TextField(choices=BreakKind.choices)
    key = models.TextField(help_text="What it is about, once per kind.")
    drawdown = TenantForeignKey(Drawdown, null=True)
    batch = TenantForeignKey(SettlementBatch, null=True)
    repayment = TenantForeignKey(Repayment, null=True)
    flow = TenantForeignKey(BankFlow, null=True)
    expected_minor = MinorField()
    found_minor = MinorField()
    status = models.TextField(choices=BreakStatus.choices, default=BreakStatus.OPEN)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    owner = models.TextField(default="")
    explanation = models.TextField(default="")
    write_off_asked_by = models.TextField(default="")
    write_off_approved_by = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Reconciliation break")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"], name="credit_reconciliationbreak_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=BreakKind.values, status__in=BreakStatus.values),
                name="credit_reconciliationbreak_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="written_off")
                | ~models.Q(write_off_approved_by="")
                & ~models.Q(write_off_asked_by="")
                & ~models.Q(write_off_approved_by=models.F("write_off_asked_by")),
                name="credit_reconciliationbreak_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "explained"], closed_on__isnull=True)
                | models.Q(status__in=["written_off", "resolved"], closed_on__isnull=False),
                name="credit_reconciliationbreak_closed_on",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "opened_on"],
                condition=models.Q(status__in=["open", "explained"]),
                name="credit_reconciliationbreak_age",
            )
        ]
