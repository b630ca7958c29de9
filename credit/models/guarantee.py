"""What a guarantor paid for a merchant, and what it may claim back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ClaimStatus
from credit.models.drawdown import Drawdown
from credit.models.repayment import Repayment
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class GuarantorClaim(TenantOwned, Stamped):
    """What a guarantor paid for a merchant, and how much of it the merchant has given back."""

    id = OwnIdField("gcl")
    merchant = TenantForeignKey(Merchant)
    drawdown = TenantForeignKey(Drawdown)
    repayment = TenantForeignKey(Repayment)
    guarantor = models.TextField()
    amount_minor = MinorField()
    recovered_minor = MinorField(default=0)
    status = models.TextField(choices=ClaimStatus.choices, default=ClaimStatus.OPEN)
    paid_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("Guarantor claim")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "repayment"], name="credit_guarantorclaim_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    recovered_minor__gte=0,
                    recovered_minor__lte=models.F("amount_minor"),
                ),
                name="credit_guarantorclaim_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="open", recovered_minor__lt=models.F("amount_minor")
                )
                | models.Q(status="recovered", recovered_minor=models.F("amount_minor")),
                name="credit_guarantorclaim_status",
            ),
        ]  # fmt: skip


class GuarantorRecovery(TenantOwned, AppendOnly):
    """One payment of the merchant to its guarantor, as the guarantor reports it."""

    id = OwnIdField("grv")
    claim = TenantForeignKey(GuarantorClaim)
    external_id = models.TextField()
    amount_minor = MinorField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Guarantor recovery")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_guarantorrecovery_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="credit_guarantorrecovery_amount"
            ),
        ]
