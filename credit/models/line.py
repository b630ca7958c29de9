"""The credit line: one row per merchant and product, locked by everything that uses it."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import LineStatus, TemporaryLimitStatus
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
    temporary_minor = MinorField(default=0, help_text="Σ of the temporary limits of today.")
    limit_changes_on = models.DateField(
        null=True, help_text="The next day on which a temporary limit starts or ends."
    )
    annual_rate = RateField(help_text="With rates by option, the highest of them.")
    option_rates = models.JSONField(
        default=dict, help_text="Annual rate by option, where the policy prices by term."
    )
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
                condition=models.Q(
                    used_minor__gte=0,
                    held_minor__gte=0,
                    limit_minor__gte=0,
                    temporary_minor__gte=0,
                ),
                name="credit_creditline_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=LineStatus.values), name="credit_creditline_status"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "limit_changes_on"],
                condition=models.Q(limit_changes_on__isnull=False),
                name="credit_creditline_limit_change",
            )
        ]

    def rate_of(self, option_code: str) -> Decimal:
        """The annual rate of an option."""
        return Decimal(self.option_rates.get(option_code, self.annual_rate))

    @property
    def total_minor(self) -> int:
        """The limit with the temporary limits of today."""
        return self.limit_minor + self.temporary_minor

    @property
    def available_minor(self) -> int:
        """What can still be drawn; a limit lowered below use leaves zero, never less."""
        return max(0, self.total_minor - self.used_minor - self.held_minor)


class TemporaryLimit(TenantOwned, Stamped):
    """An addition to a line's limit from one day until another, exclusive. Several may overlap."""

    id = OwnIdField("tml")
    line = TenantForeignKey(CreditLine)
    amount_minor = MinorField()
    from_on = models.DateField()
    until_on = models.DateField(help_text="The first day on which it no longer counts.")
    reason = models.TextField()
    key = models.TextField(help_text="Business key: the same grant is recorded once.")
    status = models.TextField(
        choices=TemporaryLimitStatus.choices, default=TemporaryLimitStatus.PLANNED
    )
    told_days = models.SmallIntegerField(
        null=True, help_text="How many days before its end its end was last told of; null: not yet."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("Temporary limit")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="credit_temporarylimit_once"),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    from_on__lt=models.F("until_on"),
                    status__in=TemporaryLimitStatus.values,
                ),
                name="credit_temporarylimit_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(told_days__isnull=True) | models.Q(told_days__in=[14, 3]),
                name="credit_temporarylimit_told",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "line"], name="credit_temporarylimit_line")]


class MerchantCap(TenantOwned, Stamped):
    """The most one merchant may use and hold across all its lines."""

    id = OwnIdField("mcp")
    merchant = TenantForeignKey(Merchant)
    cap_minor = MinorField()

    class Meta:
        verbose_name = verbose_name_plural = _("Cap across a merchant's lines")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"], name="credit_merchantcap_once"
            ),
            models.CheckConstraint(
                condition=models.Q(cap_minor__gte=0), name="credit_merchantcap_amount"
            ),
        ]


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
