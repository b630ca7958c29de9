"""A code by text message that confirms one act of one visit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import StepUpPurpose
from tenants.models.embed import EmbedSession
from tenants.models.merchant import Merchant, MerchantPerson

MOST_TRIES = 5


class StepUp(TenantOwned, Stamped):
    """Six digits to one phone, for one object, within one visit; used once.

    Only a keyed hash of the digits is kept. A virtual platform sends nothing: there they are also
    sealed, and its pages show them.
    """

    id = OwnIdField("stu")
    merchant = TenantForeignKey(Merchant)
    session = TenantForeignKey(EmbedSession)
    person = TenantForeignKey(MerchantPerson, null=True, help_text="None: a user who joins.")
    purpose = models.TextField(choices=StepUpPurpose.choices)
    subject = models.TextField(help_text="The object that is confirmed.")
    phone_masked = models.TextField()
    phone_index = models.TextField(default="", blank=True, db_index=True)
    code_hash = models.TextField()
    code_sealed = models.BinaryField(null=True, help_text="Of virtual platforms only.")
    try_count = models.IntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Confirmation by code")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    purpose__in=StepUpPurpose.values,
                    try_count__gte=0,
                    try_count__lte=MOST_TRIES,
                    expires_at__gt=models.F("sent_at"),
                ),
                name="tenants_stepup_words",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(passed_at__isnull=False),
                name="tenants_stepup_order",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "merchant", "-sent_at"], name="tenants_stepup_recent")
        ]
