"""What happened to a discount, one row each, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import DiscountMoveKind
from credit.models.discount import Discount
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned


class DiscountMove(TenantOwned, AppendOnly):
    """`amount_minor` is what the discount came to bear more, or less, by an event of its drawdown.

    `drawdown` is null where none is concerned.
    """

    id = OwnIdField("dsm")
    discount = TenantForeignKey(Discount)
    kind = models.TextField(choices=DiscountMoveKind.choices)
    drawdown = TenantForeignKey(Drawdown, null=True)
    amount_minor = MinorField(default=0)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Discount move")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "discount", "kind"],
                condition=models.Q(kind__in=["granted", "used", "expired", "canceled"]),
                name="credit_discountmove_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "kind"],
                condition=models.Q(kind__in=["reserved", "released", "used"]),
                name="credit_discountmove_one_of_a_drawdown",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="borne", drawdown__isnull=False) & ~models.Q(amount_minor=0)
                | models.Q(
                    kind__in=["reserved", "released", "used"],
                    drawdown__isnull=False,
                    amount_minor=0,
                )
                | models.Q(
                    kind__in=["granted", "expired", "canceled"],
                    drawdown__isnull=True,
                    amount_minor=0,
                ),
                name="credit_discountmove_kind",
            ),
        ]
