"""The merchant's inbox: what happened to him, in his words, with the page that acts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class Message(TenantOwned, Stamped):
    """One event as one merchant reads it. The words are kept as they were said, in both languages.

    `page` is the name of the merchant page that acts, `page_of` the id it needs, if any.
    """

    id = OwnIdField("msg")
    merchant = TenantForeignKey(Merchant)
    event_id = PublicIdField("evt")
    kind = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    page = models.TextField()
    page_of = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant message")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "event_id", "merchant"], name="campaigns_message_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "merchant", "at"], name="campaigns_message_inbox"),
            models.Index(
                fields=["tenant_id", "merchant"],
                condition=models.Q(read_at__isnull=True),
                name="campaigns_message_unread",
            ),
        ]
