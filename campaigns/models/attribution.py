"""Which salesperson brought which merchant, and who else says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import AttributionHow, ClaimStatus
from campaigns.models.salesperson import Salesperson
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class AttributionClaim(TenantOwned, Stamped):
    """What was told of a merchant that somebody else had brought; a person settles it."""

    id = OwnIdField("acl")
    merchant = TenantForeignKey(Merchant)
    salesperson = TenantForeignKey(Salesperson)
    holder = TenantForeignKey(Salesperson)
    how = models.TextField(choices=AttributionHow.choices)
    status = models.TextField(choices=ClaimStatus.choices, default=ClaimStatus.OPEN)
    claimed_at = models.DateTimeField()
    claimed_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Claim on a merchant")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "salesperson"],
                condition=models.Q(status="open"),
                name="campaigns_attributionclaim_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(how__in=AttributionHow.values)
                & ~models.Q(salesperson=models.F("holder")),
                name="campaigns_attributionclaim_words",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", settled_at__isnull=True, settled_by="", reason="")
                | models.Q(status__in=["kept", "moved", "superseded"], settled_at__isnull=False)
                & ~models.Q(settled_by=""),
                name="campaigns_attributionclaim_settled",
            ),
        ]


class Attribution(TenantOwned, AppendOnly):
    """A salesperson brought a merchant. The highest `number` of a merchant is the one that holds.

    `until_at` ends the window in which nobody else can bring it. `claim` is set where a person
    moved the merchant over.
    """

    id = OwnIdField("atb")
    merchant = TenantForeignKey(Merchant)
    number = models.IntegerField()
    salesperson = TenantForeignKey(Salesperson)
    how = models.TextField(choices=AttributionHow.choices)
    bound_at = models.DateTimeField()
    until_at = models.DateTimeField()
    bound_by = models.TextField()
    told_in = models.TextField(default="", blank=True, help_text="The visit or QR code it was in.")
    claim = TenantForeignKey(AttributionClaim, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Attribution")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "number"], name="campaigns_attribution_number"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    how__in=AttributionHow.values, number__gte=1,
                    until_at__gt=models.F("bound_at"),
                ),
                name="campaigns_attribution_words",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["tenant_id", "salesperson", "until_at"], name="campaigns_attribution_whose"
            ),
        ]
