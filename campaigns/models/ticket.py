"""What merchants ask, and the conversation about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import TicketKind, TicketSide, TicketStatus
from credit.models import Application, Drawdown
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Attachment, Merchant


class Ticket(TenantOwned, Stamped):
    """One question of a merchant. While it is open we owe an answer by `due_at`."""

    id = OwnIdField("tkt")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=TicketKind.choices)
    subject = models.TextField(help_text="The beginning of the question.")
    drawdown = TenantForeignKey(Drawdown, null=True)
    application = TenantForeignKey(Application, null=True)
    key = models.TextField(help_text="One form, one ticket.")
    status = models.TextField(choices=TicketStatus.choices, default=TicketStatus.OPEN)
    assignee = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late_answer_count = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="", blank=True)
    score = models.SmallIntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Ticket")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "key"], name="campaigns_ticket_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TicketKind.values), name="campaigns_ticket_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", due_at__isnull=False, closed_at__isnull=True)
                | models.Q(status="answered", due_at__isnull=True, closed_at__isnull=True)
                | models.Q(status="closed", due_at__isnull=True, closed_at__isnull=False),
                name="campaigns_ticket_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True)
                | models.Q(status="closed", score__gte=1, score__lte=5),
                name="campaigns_ticket_score",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "due_at"],
                condition=models.Q(status="open"),
                name="campaigns_ticket_waiting",
            )
        ]


class TicketMessage(TenantOwned, AppendOnly):
    """What one side wrote. `promised_at` is by when the desk's answer had been promised."""

    id = OwnIdField("tkm")
    ticket = TenantForeignKey(Ticket)
    side = models.TextField(choices=TicketSide.choices)
    words = models.TextField()
    attachment = TenantForeignKey(Attachment, null=True)
    key = models.TextField()
    promised_at = models.DateTimeField(null=True)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Ticket message")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "ticket", "key"], name="campaigns_ticketmessage_once"
            ),
            models.CheckConstraint(
                condition=models.Q(side="desk")
                | models.Q(side="merchant", promised_at__isnull=True),
                name="campaigns_ticketmessage_side",
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Whether the answer came after the moment that had been promised."""
        return self.promised_at is not None and self.at > self.promised_at
