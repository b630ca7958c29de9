"""A merchant asks for a line; the answer, the offer, the cost sheet, the signed contract."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ApplicationStatus, OfferStatus
from credit.models.product import Product, ProductVersion
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.models import Decision
from tenants.models import Merchant


class Application(TenantOwned, Stamped):
    """One request for a line. At most one is open per merchant and product."""

    id = OwnIdField("apl")
    merchant = TenantForeignKey(Merchant)
    product = TenantForeignKey(Product)
    external_id = models.TextField(null=True)
    status = models.TextField(choices=ApplicationStatus.choices)
    decision = TenantForeignKey(Decision, null=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reapply_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Application")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_application_external_id"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "product"],
                condition=models.Q(
                    status__in=["draft", "submitted", "in_review", "action_required", "approved"]
                ),
                name="credit_application_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ApplicationStatus.values),
                name="credit_application_status",
            ),
        ]


class CostSheet(TenantOwned, AppendOnly):
    """综合融资成本明示表: every cost, its basis, its payee. Hashed; nothing else is charged."""

    id = OwnIdField("csh")
    body = models.JSONField()
    sha256 = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Cost sheet")


class CostSheetItem(TenantOwned, AppendOnly):
    """One cost a sheet names. The database refuses to charge a fee that has no row here."""

    id = OwnIdField("csi")
    cost_sheet = TenantForeignKey(CostSheet)
    code = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Cost sheet item")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "cost_sheet", "code"], name="credit_costsheetitem_once"
            )
        ]


class Offer(TenantOwned, Stamped):
    """The limit and price a merchant may accept until it expires."""

    id = OwnIdField("ofr")
    application = TenantForeignKey(Application)
    merchant = TenantForeignKey(Merchant)
    product_version = TenantForeignKey(ProductVersion)
    cost_sheet = TenantForeignKey(CostSheet)
    limit_minor = MinorField()
    annual_rate = RateField()
    option_codes = ArrayField(models.TextField())
    option_rates = models.JSONField(
        default=dict, help_text="Annual rate by option, where the policy prices by term."
    )
    status = models.TextField(choices=OfferStatus.choices, default=OfferStatus.OPEN)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    read_started_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Offer")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "application"], name="credit_offer_one_per_application"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=OfferStatus.values), name="credit_offer_status"
            ),
            models.CheckConstraint(
                condition=models.Q(limit_minor__gt=0, annual_rate__gte=0),
                name="credit_offer_amounts",
            ),
        ]
