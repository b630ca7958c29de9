"""Who agreed to which text, with the evidence; withdrawing is a record of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from tenants.enums import ConsentCode
from tenants.models.merchant import Merchant


class ConsentRecord(TenantOwned, AppendOnly):
    """Given or withdrawn, of one text version; the latest record per code counts."""

    id = OwnIdField("cns")
    merchant = TenantForeignKey(Merchant)
    code = models.TextField(choices=ConsentCode.choices)
    version = models.TextField()
    text_sha256 = models.TextField()
    locale = models.TextField()
    is_given = models.BooleanField()
    evidence = models.JSONField(default=dict)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Consent record")
        indexes = [models.Index(fields=["tenant_id", "merchant"], name="tenants_consent_merchant")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__in=ConsentCode.values), name="tenants_consent_code"
            )
        ]
