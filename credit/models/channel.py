"""The ways a merchant's money comes back: own account numbers, debits, shares of sales."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import AgreementStatus, DebitStatus, MandateStatus
from credit.models.drawdown import Drawdown
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class VirtualAccount(TenantOwned, AppendOnly):
    """An account number at the funding source's bank that only this merchant pays to."""

    id = OwnIdField("vac")
    merchant = TenantForeignKey(Merchant)
    funding_source = TenantForeignKey(FundingSource)
    number = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Virtual account")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "number"],
                name="credit_virtualaccount_number",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "funding_source"],
                name="credit_virtualaccount_merchant",
            ),
        ]


class DebitMandate(TenantOwned, Stamped):
    """A merchant's leave to debit its account; only the mask of the account stays with us."""

    id = OwnIdField("mnd")
    merchant = TenantForeignKey(Merchant)
    account_masked = models.TextField()
    reference = models.TextField(help_text="The bank's number of the mandate.")
    status = models.TextField(choices=MandateStatus.choices, default=MandateStatus.ACTIVE)
    signed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Debit mandate")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="active"),
                name="credit_debitmandate_one_active",
            ),
            models.CheckConstraint(
                condition=models.Q(status="active", ended_at__isnull=True)
                | models.Q(status="ended", ended_at__isnull=False),
                name="credit_debitmandate_status",
            ),
        ]


class DirectDebit(TenantOwned, Stamped):
    """One debit of a mandate for one drawdown. `external_id` is its key at the bank, for ever."""

    id = OwnIdField("ddb")
    mandate = TenantForeignKey(DebitMandate)
    drawdown = TenantForeignKey(Drawdown)
    external_id = models.TextField()
    amount_minor = MinorField()
    status = models.TextField(choices=DebitStatus.choices, default=DebitStatus.REQUESTED)
    reason = models.TextField(default="")
    attempt_count = models.IntegerField(default=0)
    requested_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Direct debit")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_directdebit_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["requested", "unknown"], ended_at__isnull=True)
                | models.Q(status__in=["succeeded", "failed"], ended_at__isnull=False),
                name="credit_directdebit_status",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="credit_directdebit_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "requested_at"],
                condition=models.Q(status__in=["requested", "unknown"]),
                name="credit_directdebit_pending",
            )
        ]


class DeductionAgreement(TenantOwned, Stamped):
    """The share of each sale that the platform keeps back for the merchant's repayments."""

    id = OwnIdField("dag")
    merchant = TenantForeignKey(Merchant)
    fraction = RateField()
    status = models.TextField(choices=AgreementStatus.choices, default=AgreementStatus.ACTIVE)
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Deduction agreement")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="active"),
                name="credit_deductionagreement_one_active",
            ),
            models.CheckConstraint(
                condition=models.Q(fraction__gt=0, fraction__lte=1),
                name="credit_deductionagreement_fraction",
            ),
            models.CheckConstraint(
                condition=models.Q(status="active", ended_at__isnull=True)
                | models.Q(status="ended", ended_at__isnull=False),
                name="credit_deductionagreement_status",
            ),
        ]


class SaleDeduction(TenantOwned, AppendOnly):
    """What was kept back of one sale; the same sale is deducted from once."""

    id = OwnIdField("sdn")
    merchant = TenantForeignKey(Merchant)
    agreement = TenantForeignKey(DeductionAgreement)
    external_id = models.TextField(help_text="The platform's number of the sale.")
    sale_minor = MinorField()
    deducted_minor = MinorField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Sale deduction")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_salededuction_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    sale_minor__gt=0,
                    deducted_minor__gte=0,
                    deducted_minor__lte=models.F("sale_minor"),
                ),
                name="credit_salededuction_amounts",
            ),
        ]
