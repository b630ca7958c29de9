"""What a reviewer asks the merchant for before deciding."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import AskKind, AskStatus
from credit.models.application import Application
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import AttachmentKind
from tenants.models import Attachment


class ApplicationAsk(TenantOwned, Stamped):
    """One document or one answer, wanted by the end of `due_on`."""

    id = OwnIdField("ask")
    application = TenantForeignKey(Application, related_name="asks")
    kind = models.TextField(choices=AskKind.choices)
    document_kind = models.TextField(choices=AttachmentKind.choices, default="", blank=True)
    message = models.TextField(help_text="In the reviewer's words, shown to the merchant.")
    due_on = models.DateField()
    status = models.TextField(choices=AskStatus.choices, default=AskStatus.OPEN)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(default="", blank=True)
    attachment = TenantForeignKey(Attachment, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Request to the merchant")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="document", document_kind__in=AttachmentKind.values)
                | models.Q(kind="answer", document_kind=""),
                name="credit_applicationask_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(status="answered", answered_at__isnull=False)
                & (models.Q(attachment__isnull=False) | ~models.Q(answer=""))
                | models.Q(
                    status__in=["open", "dropped", "expired"],
                    attachment__isnull=True,
                    answer="",
                    answered_at__isnull=True,
                ),
                name="credit_applicationask_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "due_on"],
                condition=models.Q(status="open"),
                name="credit_applicationask_due",
            ),
            models.Index(fields=["tenant_id", "application"], name="credit_applicationask_of"),
        ]
