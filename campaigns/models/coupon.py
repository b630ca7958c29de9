"""Coupons: a batch with its stock and budget, and one row for each that was given to a merchant."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import BatchStatus
from credit.enums import DiscountKind
from credit.models import Discount
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class CouponBatch(TenantOwned, Stamped):
    """So many coupons of one kind. `committed_minor` is what those granted may still come to.

    Each commits its cap when it is granted; one that expired or was canceled gives its back. It
    never passes the budget.
    """

    id = OwnIdField("cbt")
    code = models.TextField()
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
    stock_count = models.IntegerField()
    budget_minor = MinorField()
    granted_count = models.IntegerField(default=0)
    committed_minor = MinorField(default=0)
    status = models.TextField(choices=BatchStatus.choices, default=BatchStatus.OPEN)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Coupon batch")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "code"], name="campaigns_couponbatch_code"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    stock_count__gte=1,
                    granted_count__gte=0,
                    granted_count__lte=models.F("stock_count"),
                ),
                name="campaigns_couponbatch_stock",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    cap_minor__gt=0,
                    committed_minor__gte=0,
                    committed_minor__lte=models.F("budget_minor"),
                ),
                name="campaigns_couponbatch_budget",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", stopped_at__isnull=True)
                | models.Q(status="stopped", stopped_at__isnull=False),
                name="campaigns_couponbatch_status",
            ),
        ]


class Coupon(TenantOwned, AppendOnly):
    """One coupon of a batch, given to a merchant once; what becomes of it is the discount's.

    A batch that rewards gives one for each `occasion`, such as a referral.
    """

    id = OwnIdField("cpn")
    batch = TenantForeignKey(CouponBatch, db_index=False)
    merchant = TenantForeignKey(Merchant)
    discount = TenantForeignKey(Discount, db_index=False)
    occasion = models.TextField(default="", blank=True, db_default="")
    granted_by = models.TextField()
    granted_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Coupon")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "batch", "merchant", "occasion"],
                name="campaigns_coupon_one_an_occasion",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "discount"], name="campaigns_coupon_discount"
            ),
        ]
