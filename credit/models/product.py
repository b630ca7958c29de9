"""What may be drawn, on which terms. A published version never changes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import (
    FundingChannel,
    FundingRole,
    FundingStatus,
    LicenceType,
    ProductKind,
    ProductStatus,
)
from platform_app.kernel.fields import OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class FundingSource(TenantOwned, Stamped):
    """The licensed lender whose money is drawn and whose books the ledger mirrors.

    `cap_minor` bounds what may be out with it in total, held orders included; none is no bound of
    its own. `product_kinds` narrows what its licence permits; empty narrows nothing.
    """

    id = OwnIdField("fnd")
    name = models.TextField()
    licence_type = models.TextField(choices=LicenceType.choices)
    licence_no = models.TextField(default="", blank=True)
    regulator = models.TextField(default="", blank=True)
    complaint_phone = models.TextField(default="", blank=True)
    role = models.TextField(choices=FundingRole.choices, default=FundingRole.LENDER)
    status = models.TextField(choices=FundingStatus.choices, default=FundingStatus.DRAFT)
    status_reason = models.TextField(default="", blank=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    cap_minor = models.BigIntegerField(null=True)
    per_merchant_cap_minor = models.BigIntegerField(null=True)
    tier_one_minor = models.BigIntegerField(
        null=True, help_text="Tier-1 capital as the lender reports it."
    )
    product_kinds = ArrayField(models.TextField(), default=list, blank=True)
    channel = models.TextField(choices=FundingChannel.choices, default=FundingChannel.NONE)
    channel_url = models.TextField(default="", blank=True)
    channel_key_id = models.TextField(default="", blank=True)
    channel_secret_sealed = models.BinaryField(null=True)
    drafted_by = models.TextField(default="")
    activated_by = models.TextField(default="", blank=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Funding source")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "name"], name="credit_fundingsource_name"),
            models.CheckConstraint(
                condition=models.Q(
                    licence_type__in=LicenceType.values,
                    role__in=FundingRole.values,
                    status__in=FundingStatus.values,
                    channel__in=FundingChannel.values,
                    product_kinds__contained_by=ProductKind.values,
                ),
                name="credit_fundingsource_words",
            ),
            models.CheckConstraint(
                condition=(models.Q(cap_minor__isnull=True) | models.Q(cap_minor__gte=0))
                & (
                    models.Q(per_merchant_cap_minor__isnull=True)
                    | models.Q(per_merchant_cap_minor__gte=0)
                )
                & (models.Q(tier_one_minor__isnull=True) | models.Q(tier_one_minor__gt=0)),
                name="credit_fundingsource_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True)
                | models.Q(from_on__isnull=True)
                | models.Q(to_on__gte=models.F("from_on")),
                name="credit_fundingsource_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "ended"])
                | (~models.Q(activated_by="") & ~models.Q(activated_by=models.F("drafted_by"))),
                name="credit_fundingsource_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Product(TenantOwned, Stamped):
    """A line of credit the tenant offers, e.g. order credit 采购白条."""

    id = OwnIdField("prd")
    code = models.TextField()
    name = models.TextField()
    kind = models.TextField(choices=ProductKind.choices, default=ProductKind.LOAN)

    class Meta:
        verbose_name = verbose_name_plural = _("Product")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="credit_product_code"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ProductKind.values), name="credit_product_kind"
            ),
        ]


class ProductVersion(TenantOwned, Stamped):
    """The terms of a product from one moment on; `terms` is `credit.domain.terms.ProductTerms`.

    Drafted and submitted by one person, approved by another. Changed only while it is a draft.
    Annual rates from `lowest_rate` to `highest_rate` may be sold; the caps were judged over them.
    """

    id = OwnIdField("prv")
    product = TenantForeignKey(Product)
    number = models.IntegerField()
    status = models.TextField(choices=ProductStatus.choices, default=ProductStatus.DRAFT)
    terms = models.JSONField()
    sha256 = models.TextField()
    funding_source = TenantForeignKey(FundingSource)
    lowest_rate = RateField(null=True)
    highest_rate = RateField(null=True)
    drafted_by = models.TextField(default="")
    drafted_at = models.DateTimeField(null=True)
    submitted_by = models.TextField(default="")
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.TextField(default="")
    rejected_by = models.TextField(default="")
    rejected_at = models.DateTimeField(null=True)
    rejected_reason = models.TextField(default="")
    is_bootstrap = models.BooleanField(
        default=False, help_text="Published when the platform was taken on, by nobody's approval."
    )
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

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
            models.UniqueConstraint(
                fields=["tenant_id", "product"],
                condition=models.Q(status__in=["draft", "submitted"]),
                name="credit_productversion_one_in_work",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ProductStatus.values),
                name="credit_productversion_status",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by="")
                | ~models.Q(approved_by=models.F("submitted_by")),
                name="credit_productversion_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(is_bootstrap=True)
                | models.Q(status="draft", approved_by="")
                | (models.Q(status="submitted", approved_by="") & ~models.Q(submitted_by=""))
                | (
                    models.Q(status__in=["published", "retired"])
                    & ~models.Q(approved_by="")
                    & ~models.Q(submitted_by="")
                ),
                name="credit_productversion_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(lowest_rate__isnull=True, highest_rate__isnull=True)
                | models.Q(lowest_rate__gte=0, highest_rate__gte=models.F("lowest_rate")),
                name="credit_productversion_rates",
            ),
        ]
