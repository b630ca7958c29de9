"""Contracts with lenders: alone or together, with what share of each component."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import Component, FundingStatus, ListingStatus
from credit.models.product import FundingSource, ProductVersion
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class Partnership(TenantOwned, Stamped):
    """A contract with a lender, alone or with co-lenders. Terms never change: a new one is drafted.

    `service_fee_share` of the interest collected is what the lenders owe us; `holdback_share` of a
    capture is withheld from the platform; up to `first_loss_share` of what was drawn, losses are
    the platform's. Fen that cannot be shared out go to `residual_source`.
    """

    id = OwnIdField("ptn")
    name = models.TextField()
    funding_source = TenantForeignKey(FundingSource)
    residual_source = TenantForeignKey(FundingSource)
    status = models.TextField(choices=FundingStatus.choices, default=FundingStatus.DRAFT)
    status_reason = models.TextField(default="", blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    listing_status = models.TextField(choices=ListingStatus.choices, default=ListingStatus.UNLISTED)
    listed_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    listing_evidence = models.TextField(default="", blank=True)
    least_share_minor = MinorField(default=0)
    service_fee_share = RateField(default=0)
    holdback_share = RateField(default=0)
    first_loss_share = RateField(default=0)
    settlement_days = models.IntegerField(default=1)
    drafted_by = models.TextField()
    activated_by = models.TextField(default="", blank=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Funding partnership")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "name"], name="credit_partnership_name"),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=FundingStatus.values, listing_status__in=ListingStatus.values
                ),
                name="credit_partnership_words",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="credit_partnership_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    service_fee_share__range=(0, 1),
                    holdback_share__range=(0, 1),
                    first_loss_share__range=(0, 1),
                    least_share_minor__gte=0,
                    settlement_days__range=(0, 30),
                ),
                name="credit_partnership_amounts",
            ),
            models.CheckConstraint(
                condition=~models.Q(listing_status="listed")
                | (models.Q(listed_on__isnull=False) & ~models.Q(listing_evidence="")),
                name="credit_partnership_listing",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "ended"])
                | (~models.Q(activated_by="") & ~models.Q(activated_by=models.F("drafted_by"))),
                name="credit_partnership_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnershipShare(TenantOwned, AppendOnly):
    """What part of one component is one party's. Per component the parts make one whole.

    A deferred trigger refuses a partnership whose parts do not (see the migration).
    """

    id = OwnIdField("pns")
    partnership = TenantForeignKey(Partnership)
    funding_source = TenantForeignKey(FundingSource)
    component = models.TextField(choices=Component.choices)
    fraction = RateField()

    class Meta:
        verbose_name = verbose_name_plural = _("Partnership share")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "partnership", "funding_source", "component"],
                name="credit_partnershipshare_once",
            ),
            models.CheckConstraint(
                condition=models.Q(fraction__range=(0, 1), component__in=Component.values),
                name="credit_partnershipshare_range",
            ),
        ]


class NamedLender(TenantOwned, AppendOnly):
    """A further lender that merchants who sign this version are told of; lower ranks go first.

    The version's own funding source is named anyway and goes before all of them.
    """

    id = OwnIdField("nle")
    product_version = TenantForeignKey(ProductVersion)
    funding_source = TenantForeignKey(FundingSource)
    rank = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("Named lender")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "product_version", "funding_source"],
                name="credit_namedlender_once",
            ),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="credit_namedlender_rank"),
        ]
