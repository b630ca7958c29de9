"""An entitlement of one merchant: somebody else bears a part of the interest of one drawdown."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.domain.discounts import DiscountTerms
from credit.enums import DiscountKind, DiscountStatus
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class Discount(TenantOwned, Stamped):
    """Valid from `from_on` to the end of `last_on`, for one drawdown of `minimum_minor` or more.

    It takes off `share_rate` of the interest of the first `days` days (without, of all), at most
    `cap_minor` fen. Empty lists allow every product, every term. `borne_minor` is what it comes to
    so far, the sum of its moves; the lender bears what the partner and we do not.
    """

    id = OwnIdField("dsc")
    merchant = TenantForeignKey(Merchant, db_index=False)
    key = models.TextField(help_text="Business key: the same entitlement is granted once.")
    name = models.TextField()
    kind = models.TextField(choices=DiscountKind.choices)
    share_rate = RateField()
    cap_minor = MinorField()
    days = models.IntegerField(null=True)
    partner_share_rate = RateField()
    operator_share_rate = RateField()
    minimum_minor = MinorField()
    product_codes = ArrayField(models.TextField(), default=list, blank=True)
    option_codes = ArrayField(models.TextField(), default=list, blank=True)
    from_on = models.DateField()
    last_on = models.DateField()
    status = models.TextField(choices=DiscountStatus.choices, default=DiscountStatus.GRANTED)
    borne_minor = MinorField(default=0)
    granted_by = models.TextField()
    granted_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Discount")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="credit_discount_key"),
            models.CheckConstraint(
                condition=models.Q(status__in=DiscountStatus.values), name="credit_discount_status"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="free_days", days__gte=1, share_rate=1)
                | models.Q(kind="part_off", days__isnull=True, share_rate__gt=0, share_rate__lte=1)
                | models.Q(kind="amount_off", days__isnull=True, share_rate=1),
                name="credit_discount_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    cap_minor__gt=0,
                    minimum_minor__gte=0,
                    borne_minor__gte=0,
                    borne_minor__lte=models.F("cap_minor"),
                )
                & (models.Q(borne_minor=0) | models.Q(status="used")),
                name="credit_discount_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    partner_share_rate__gte=0,
                    operator_share_rate__gte=0,
                    partner_share_rate__lte=1 - models.F("operator_share_rate"),
                ),
                name="credit_discount_payers",
            ),
            models.CheckConstraint(
                condition=models.Q(from_on__lte=models.F("last_on")), name="credit_discount_days"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "merchant"], name="credit_discount_merchant"),
            models.Index(
                fields=["tenant_id", "last_on"],
                condition=models.Q(status="granted"),
                name="credit_discount_last",
            ),
        ]

    @property
    def terms(self) -> DiscountTerms:
        """What a drawdown copies of it."""
        return DiscountTerms(
            share_rate=self.share_rate.normalize(),
            cap_minor=self.cap_minor,
            days=self.days,
            partner_share_rate=self.partner_share_rate.normalize(),
            operator_share_rate=self.operator_share_rate.normalize(),
        )
