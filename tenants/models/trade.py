"""What merchants bought on the platform: facts with two clocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.enums import ImportStatus, OrderStatus
from tenants.models.merchant import Merchant


class TradeOrder(TenantOwned, AppendOnly):
    """One revision of one order. `event_at` is when it happened, `known_at` when we learned it.

    A correction is a new revision; what was known at a moment can always be asked again.
    """

    id = OwnIdField("ord")
    merchant = TenantForeignKey(Merchant)
    order_no = models.TextField()
    revision = models.IntegerField(default=1)
    ordered_on = models.DateField()
    event_at = models.DateTimeField()
    known_at = models.DateTimeField()
    quantity = models.IntegerField()
    amount_minor = MinorField()
    status = models.TextField(choices=OrderStatus.choices, default=OrderStatus.PLACED)
    category = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Trade order")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "order_no", "revision"], name="tenants_tradeorder_revision"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0, quantity__gte=0),
                name="tenants_tradeorder_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=OrderStatus.values),
                name="tenants_tradeorder_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant", "ordered_on"], name="tenants_tradeorder_merchant"
            ),
            models.Index(fields=["tenant_id", "ordered_on"], name="tenants_tradeorder_day"),
        ]


class TradeImport(TenantOwned, Stamped):
    """One file of orders on its way in, with its progress."""

    id = OwnIdField("imp")
    file_name = models.TextField()
    file_path = models.TextField(default="")
    status = models.TextField(choices=ImportStatus.choices, default=ImportStatus.WAITING)
    actor = models.TextField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    byte_count = models.BigIntegerField(default=0)
    byte_done = models.BigIntegerField(default=0)
    row_count = models.IntegerField(default=0)
    created_count = models.IntegerField(default=0)
    revised_count = models.IntegerField(default=0)
    repeated_count = models.IntegerField(default=0)
    error_count = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Order import")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ImportStatus.values),
                name="tenants_tradeimport_status",
            )
        ]


class TradeImportError(TenantOwned, AppendOnly):
    """A row that did not go in: its line in the file, the reason, the row as it stood."""

    id = OwnIdField("ime")
    trade_import = TenantForeignKey(TradeImport)
    line_no = models.IntegerField()
    code = models.TextField()
    reason = models.TextField()
    raw = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Refused order row")
