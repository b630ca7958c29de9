"""Documents we issued, as the bytes that left the house."""

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from credit.enums import DocumentKind
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from tenants.models import Merchant

# PostgreSQL's own sha256(bytea): the hash of a row is the hash of its bytes, or there is no row.
_HASH_OF_CONTENT = models.Func(
    models.Func(models.F("content"), function="sha256"),
    models.Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


class Document(TenantOwned, AppendOnly):
    """One PDF. `facts` are the figures printed on it; the same facts give the same bytes.

    The bytes live in the row: written, fenced and backed up together with what they prove.
    """

    id = OwnIdField("doc")
    kind = models.TextField(choices=DocumentKind.choices)
    key = models.TextField(help_text="Business key: the same paper is issued once.")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown, null=True)
    number = models.TextField(help_text="Printed on the paper.")
    file_name = models.TextField()
    facts = models.JSONField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    byte_count = models.IntegerField()
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Document")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"], name="credit_document_once"
            ),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="credit_document_number"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=DocumentKind.values,
                    byte_count=Length("content"),
                    byte_count__gt=0,
                    sha256=_HASH_OF_CONTENT,
                ),
                name="credit_document_content",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["statement", "contract"], drawdown__isnull=True)
                | models.Q(
                    kind__in=["receipt", "payoff_certificate", "overdue_notice"],
                    drawdown__isnull=False,
                ),
                name="credit_document_subject",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "merchant"], name="credit_document_merchant")]
