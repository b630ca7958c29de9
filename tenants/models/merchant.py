"""The buyer on the partner's platform, as a firm, and the people behind it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import EntryHidden, KybStatus, MerchantKind, PersonRelation


class Merchant(TenantOwned, Stamped):
    """A firm on one platform. The same firm on two platforms is two merchants."""

    id = OwnIdField("mch")
    external_id = models.TextField(help_text="The partner's own, immutable number.")
    name = models.TextField()
    kind = models.TextField(choices=MerchantKind.choices, default=MerchantKind.COMPANY)
    registration_no = models.TextField(default="", blank=True, help_text="USCC, 18 characters.")
    category = models.TextField(default="", blank=True)
    region = models.TextField(default="", blank=True)
    kyb_status = models.TextField(choices=KybStatus.choices, default=KybStatus.POOLED)
    joined_on = models.DateField(null=True, help_text="First day on the partner's platform.")
    verified_at = models.DateTimeField(null=True)
    entry_hidden_reason = models.TextField(
        choices=EntryHidden.choices, default="", db_default="", blank=True,
        help_text="Told by the pool; empty: the entry is not hidden by it.",
    )  # fmt: skip
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="tenants_merchant_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=MerchantKind.values), name="tenants_merchant_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kyb_status__in=KybStatus.values),
                name="tenants_merchant_kyb_status",
            ),
            models.CheckConstraint(
                condition=models.Q(entry_hidden_reason__in=["", *EntryHidden.values]),
                name="tenants_merchant_entry_hidden",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "registration_no"],
                condition=~models.Q(registration_no=""),
                name="tenants_merchant_registration",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MerchantPerson(TenantOwned, Stamped):
    """A legal representative, applicant or contact. Sealed at rest; only masks are shown."""

    id = OwnIdField("mpr")
    merchant = TenantForeignKey(Merchant)
    role = models.TextField()
    name_masked = models.TextField()
    name_sealed = models.BinaryField()
    phone_masked = models.TextField()
    phone_sealed = models.BinaryField()
    phone_index = models.TextField(db_index=True)
    phone_verified_at = models.DateTimeField(null=True, help_text="When a code confirmed it.")
    identity_confirmed_at = models.DateTimeField(
        null=True, help_text="When a face check, or a person, confirmed this name and number."
    )
    identity_masked = models.TextField(default="", blank=True)
    identity_sealed = models.BinaryField(null=True)
    identity_index = models.TextField(default="", blank=True, db_index=True)
    relation = models.TextField(
        choices=PersonRelation.choices, default="", blank=True,
        help_text="Of whoever applies; empty for the others.",
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant person")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "role"], name="tenants_merchantperson_role"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=~models.Q(relation=""),
                name="tenants_merchantperson_one_applies",
            ),
            models.CheckConstraint(
                condition=models.Q(relation__in=["", *PersonRelation.values]),
                name="tenants_merchantperson_relation",
            ),
            models.CheckConstraint(
                condition=models.Q(identity_sealed__isnull=True, identity_index="")
                | models.Q(identity_sealed__isnull=False) & ~models.Q(identity_index=""),
                name="tenants_merchantperson_identity",
            ),
        ]
