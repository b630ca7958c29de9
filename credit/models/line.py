"""The credit line: one row per merchant and product, locked by everything that uses it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import LineStatus
from credit.models.application import CostSheet, Offer
from credit.models.product import Product, ProductVersion
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class CreditLine(TenantOwned, Stamped):
    """limit, used (captured principal outstanding) and held (authorized, not captured), in fen."""

    id = OwnIdField("lin")
    merchant = TenantForeignKey(Merchant)
    product = TenantForeignKey(Product)
    product_version = TenantForeignKey(ProductVersion)
    offer = TenantForeignKey(Offer)
    status = models.TextField(choices=LineStatus.choices, default=LineStatus.ACTIVE)
    status_reason = models.TextField(default="", blank=True)
    limit_minor = MinorField()
    used_minor = MinorField(default=0)
    held_minor = MinorField(default=0)
    annual_rate = RateField()
    activated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Credit line")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "product"],
                condition=~models.Q(status="closed"),
                name="credit_creditline_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(used_minor__gte=0, held_minor__gte=0, limit_minor__gte=0),
                name="credit_creditline_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=LineStatus.values), name="credit_creditline_status"
            ),
        ]

    @property
    def available_minor(self) -> int:
        """What can still be drawn; a limit lowered below use leaves zero, never less."""
        return max(0, self.limit_minor - self.used_minor - self.held_minor)


class Contract(TenantOwned, AppendOnly):
    """What was signed: the text's hash, the cost sheet's hash, the evidence."""

    id = OwnIdField("ctr")
    merchant = TenantForeignKey(Merchant)
    line = TenantForeignKey(CreditLine)
    cost_sheet = TenantForeignKey(CostSheet)
    cost_sheet_sha256 = models.TextField()
    text = models.TextField()
    text_sha256 = models.TextField()
    evidence = models.JSONField(default=dict)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Contract")
