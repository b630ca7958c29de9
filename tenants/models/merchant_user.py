"""The people of a firm who may use its line, each with a role and caps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import MerchantUserRole, MerchantUserStatus
from tenants.models.merchant import Merchant


class MerchantUser(TenantOwned, Stamped):
    """Invited by name and phone, bound by a code to the id the platform knows the person by.

    A firm without any works as one person. Of an owner who invited in a visit only the platform's
    id is known. Rows stay when people go: whoever was removed does not become the owner by it.
    """

    id = OwnIdField("mus")
    merchant = TenantForeignKey(Merchant)
    role = models.TextField(choices=MerchantUserRole.choices)
    status = models.TextField(choices=MerchantUserStatus.choices)
    external_id = models.TextField(
        default="", blank=True, help_text="What the platform calls the person; from joining on."
    )
    name_masked = models.TextField(default="", blank=True)
    name_sealed = models.BinaryField(null=True)
    phone_masked = models.TextField(default="", blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.TextField(default="", blank=True, db_index=True)
    drawdown_cap_minor = models.BigIntegerField(
        null=True, help_text="At most in one drawdown; none if null."
    )
    month_cap_minor = models.BigIntegerField(null=True, help_text="At most in a calendar month.")
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant user")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    role__in=MerchantUserRole.values, status__in=MerchantUserStatus.values
                ),
                name="tenants_merchantuser_words",
            ),
            models.CheckConstraint(
                condition=models.Q(drawdown_cap_minor__isnull=True, month_cap_minor__isnull=True)
                | models.Q(role="buyer"),
                name="tenants_merchantuser_caps_of_buyers",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(drawdown_cap_minor__isnull=True) | models.Q(drawdown_cap_minor__gt=0)
                )
                & (models.Q(month_cap_minor__isnull=True) | models.Q(month_cap_minor__gt=0)),
                name="tenants_merchantuser_caps",
            ),
            models.CheckConstraint(
                condition=models.Q(status="invited", joined_at__isnull=True, external_id="")
                | models.Q(status="active", joined_at__isnull=False, removed_at__isnull=True)
                & ~models.Q(external_id="")
                | models.Q(status="removed", removed_at__isnull=False),
                name="tenants_merchantuser_states",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "external_id"],
                condition=models.Q(status="active"),
                name="tenants_merchantuser_known_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "phone_index"],
                condition=~models.Q(status="removed") & ~models.Q(phone_index=""),
                name="tenants_merchantuser_phone_once",
            ),
        ]
