"""What a merchant hands in before it applies: account, files, codes, and half-typed pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import AccountKind, AttachmentKind, PhoneCodeStatus
from tenants.models.merchant import Merchant, MerchantPerson

MOST_TRIES = 5


class SettlementAccount(TenantOwned, Stamped):
    """Where a merchant's money goes to and is debited from. Sealed; only the last four show."""

    id = OwnIdField("mac")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=AccountKind.choices)
    bank_name = models.TextField()
    holder_masked = models.TextField()
    holder_sealed = models.BinaryField()
    number_masked = models.TextField()
    number_sealed = models.BinaryField()
    number_index = models.TextField(db_index=True)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Settlement account")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"], name="tenants_settlementaccount_one"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values),
                name="tenants_settlementaccount_kind",
            ),
        ]


class Attachment(TenantOwned, Stamped):
    """A photo or PDF a merchant sent, sealed in the row; `sha256` and size are of the clear bytes.

    The same `upload_key` again is the same file: an upload cut short may be repeated.
    """

    id = OwnIdField("att")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=AttachmentKind.choices)
    upload_key = models.TextField()
    file_name = models.TextField()
    content_type = models.TextField()
    byte_count = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    uploaded_by = models.TextField()
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Attachment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "upload_key"], name="tenants_attachment_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=AttachmentKind.values,
                    byte_count__gt=0,
                    content_type__in=["image/jpeg", "image/png", "image/webp", "application/pdf"],
                ),
                name="tenants_attachment_content",
            ),
        ]


class PhoneCode(TenantOwned, Stamped):
    """Six digits sent to a person's mobile number; only their keyed hash is kept."""

    id = OwnIdField("phc")
    merchant = TenantForeignKey(Merchant)
    person = TenantForeignKey(MerchantPerson)
    phone_index = models.TextField(db_index=True)
    code_hash = models.TextField()
    status = models.TextField(choices=PhoneCodeStatus.choices, default=PhoneCodeStatus.SENT)
    tries_count = models.IntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Phone code")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=PhoneCodeStatus.values,
                    tries_count__gte=0,
                    tries_count__lte=MOST_TRIES,
                    expires_at__gt=models.F("sent_at"),
                ),
                name="tenants_phonecode_legal",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="sent"),
                name="tenants_phonecode_one_open",
            ),
        ]


class MerchantDraft(TenantOwned, Stamped):
    """A page half filled in, kept on every step away from a field; gone once the page is done."""

    id = OwnIdField("mdr")
    merchant = TenantForeignKey(Merchant)
    step = models.TextField()
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Draft")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "step"], name="tenants_merchantdraft_one"
            )
        ]
