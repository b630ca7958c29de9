"""What a merchant was reminded of: once for each installment, due date and kind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ReminderKind, ReminderStatus
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class Reminder(TenantOwned, Stamped):
    """The words in both languages, as they were shown or sent.

    A merchant gets at most one text message a day: the most pressing reminder carries it, and
    `status` follows it; the others are shown on the merchant's page.
    """

    id = OwnIdField("rem")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    seq = models.IntegerField()
    kind = models.TextField(choices=ReminderKind.choices)
    due_on = models.DateField()
    on = models.DateField()
    amount_minor = MinorField()
    text_zh = models.TextField()
    text_en = models.TextField()
    status = models.TextField(choices=ReminderStatus.choices)
    person_role = models.TextField(default="", blank=True)
    withheld_code = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Reminder")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "seq", "kind", "due_on"],
                name="credit_reminder_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=ReminderKind.values,
                    status__in=ReminderStatus.values,
                    amount_minor__gt=0,
                ),
                name="credit_reminder_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at__isnull=True)),
                name="credit_reminder_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "on"],
                condition=models.Q(status="waiting"),
                name="credit_reminder_waiting",
            ),
            models.Index(fields=["tenant_id", "merchant", "on"], name="credit_reminder_merchant"),
        ]
