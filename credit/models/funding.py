"""Who funds what: what each source has out, and why it was chosen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ProductKind, RouteOutcome
from credit.models.drawdown import Drawdown
from credit.models.line import CreditLine
from credit.models.partnership import Partnership
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from tenants.models import Merchant


class FundingCapSlice(TenantOwned):
    """One of sixteen parts of what may be out with a source; a cap of none is no bound.

    Room moves between slices when one runs short, so that the sum is what counts.
    """

    id = OwnIdField("fcs")
    funding_source = TenantForeignKey(FundingSource)
    slice_no = models.IntegerField()
    cap_minor = models.BigIntegerField(null=True)
    used_minor = MinorField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Funding cap slice")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "slice_no"],
                name="credit_fundingcapslice_no",
            ),
            models.CheckConstraint(
                condition=models.Q(used_minor__gte=0), name="credit_fundingcapslice_used"
            ),
        ]


class FundingDecision(TenantOwned, AppendOnly):
    """Who funds a drawdown, and for every other partnership why not; or that nobody may."""

    id = OwnIdField("fdc")
    line = TenantForeignKey(CreditLine)
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown, null=True)
    outcome = models.TextField(choices=RouteOutcome.choices)
    partnership = TenantForeignKey(Partnership, null=True)
    product_kind = models.TextField(choices=ProductKind.choices)
    amount_minor = MinorField()
    refusals = models.JSONField(default=list)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Funding decision")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown"], name="credit_fundingdecision_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    outcome="routed", drawdown__isnull=False, partnership__isnull=False
                )
                | models.Q(outcome="refused", drawdown__isnull=True, partnership__isnull=True),
                name="credit_fundingdecision_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="credit_fundingdecision_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant"],
                condition=models.Q(outcome="routed"),
                name="credit_fundingdecision_routed",
            ),
            models.Index(fields=["tenant_id", "partnership"], name="credit_fundingdecision_whose"),
        ]
