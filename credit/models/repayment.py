"""Money that came back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import RepaymentChannel, RepaymentStatus
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class Repayment(TenantOwned, Stamped):
    """One payment for one drawdown: `amount = allocated + unspent`."""

    id = OwnIdField("rpy")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    external_id = models.TextField()
    channel = models.TextField(choices=RepaymentChannel.choices)
    status = models.TextField(choices=RepaymentStatus.choices, default=RepaymentStatus.SUCCEEDED)
    amount_minor = MinorField()
    allocated_minor = MinorField()
    unspent_minor = MinorField(default=0)
    value_on = models.DateField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Repayment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_repayment_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    allocated_minor__gte=0,
                    unspent_minor__gte=0,
                    amount_minor=models.F("allocated_minor") + models.F("unspent_minor"),
                ),
                name="credit_repayment_amounts",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "drawdown"], name="credit_repayment_drawdown")]
