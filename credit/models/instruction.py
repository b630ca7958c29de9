"""Telling a funding source to pay for a capture, and everything that was heard back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import AttemptKind, FundingOutcome, InstructionStatus
from credit.models.drawdown import Drawdown
from credit.models.plan import LoanEvent
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class FundingInstruction(TenantOwned, Stamped):
    """One party's part of one capture. `key` is what the source pays once, however often asked.

    `next_look_at` is when somebody looks at it again: to send it, or to ask what became of it.
    """

    id = OwnIdField("fin")
    drawdown = TenantForeignKey(Drawdown)
    loan_event = TenantForeignKey(LoanEvent)
    funding_source = TenantForeignKey(FundingSource)
    round_no = models.IntegerField(default=1)
    key = models.TextField()
    amount_minor = MinorField()
    status = models.TextField(choices=InstructionStatus.choices, default=InstructionStatus.NONE)
    reference = models.TextField(default="", blank=True)
    failure_code = models.TextField(default="", blank=True)
    attempt_count = models.IntegerField(default=0)
    instructed_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Funding instruction")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "key"], name="credit_fundinginstruction_key"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "loan_event", "funding_source"],
                condition=~models.Q(status="failed"),
                name="credit_fundinginstruction_one_alive",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, round_no__gte=1),
                name="credit_fundinginstruction_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(status="none", ended_at__isnull=True)
                | models.Q(
                    status__in=["requested", "unknown"],
                    requested_at__isnull=False,
                    ended_at__isnull=True,
                    next_look_at__isnull=False,
                )
                | models.Q(
                    status__in=["funded", "failed"],
                    requested_at__isnull=False,
                    ended_at__isnull=False,
                    next_look_at__isnull=True,
                ),
                name="credit_fundinginstruction_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                condition=models.Q(status__in=["none", "requested", "unknown"]),
                name="credit_fundinginstruction_due",
            ),
            models.Index(fields=["tenant_id", "drawdown"], name="credit_fundinginstruction_of"),
        ]


class FundingAttempt(TenantOwned, AppendOnly):
    """One line of the conversation with a source: what was sent or asked, what came back."""

    id = OwnIdField("fat")
    instruction = TenantForeignKey(FundingInstruction)
    attempt_no = models.IntegerField()
    kind = models.TextField(choices=AttemptKind.choices)
    outcome = models.TextField(choices=FundingOutcome.choices)
    reference = models.TextField(default="", blank=True)
    detail = models.TextField(default="", blank=True)
    duration_ms = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Funding attempt")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AttemptKind.values, outcome__in=FundingOutcome.values),
                name="credit_fundingattempt_words",
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "instruction"], name="credit_fundingattempt_of")
        ]
