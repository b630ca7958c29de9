"""What may be drawn, on which terms. A published version never changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ProductStatus
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class FundingSource(TenantOwned, Stamped):
    """The licensed lender whose money is drawn and whose books the ledger mirrors."""

    id = OwnIdField("fnd")
    name = models.TextField()
    licence_type = models.TextField()
    complaint_phone = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Funding source")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "name"], name="credit_fundingsource_name")
        ]


class Product(TenantOwned, Stamped):
    """A line of credit the tenant offers, e.g. order credit 采购白条."""

    id = OwnIdField("prd")
    code = models.TextField()
    name = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Product")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="credit_product_code")
        ]


class ProductVersion(TenantOwned, Stamped):
    """The terms of a product from one moment on; `terms` is `credit.domain.terms.ProductTerms`."""

    id = OwnIdField("prv")
    product = TenantForeignKey(Product)
    number = models.IntegerField()
    status = models.TextField(choices=ProductStatus.choices, default=ProductStatus.DRAFT)
    terms = models.JSONField()
    sha256 = models.TextField()
    funding_source = TenantForeignKey(FundingSource)
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Product version")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "product", "number"], name="credit_productversion_number"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "product"],
                condition=models.Q(status="published"),
                name="credit_productversion_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ProductStatus.values),
                name="credit_productversion_status",
            ),
        ]
