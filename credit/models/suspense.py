"""Money that arrived and belongs to nobody yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import SuspenseStatus
from credit.models.product import FundingSource
from credit.models.reconciliation import BankFlow
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class SuspenseItem(TenantOwned, Stamped):
    """One receipt in suspense: `open_minor` is what has neither been matched nor returned.

    Returning it takes two people: whoever asks is not whoever approves.
    """

    id = OwnIdField("ssp")
    funding_source = TenantForeignKey(FundingSource)
    flow = TenantForeignKey(BankFlow, null=True)
    external_id = models.TextField(help_text="The bank's reference, or ours of a debit.")
    payer = models.TextField(default="")
    memo = models.TextField(default="")
    amount_minor = MinorField()
    open_minor = MinorField()
    received_on = models.DateField()
    status = models.TextField(choices=SuspenseStatus.choices, default=SuspenseStatus.OPEN)
    match_count = models.IntegerField(default=0)
    return_reason = models.TextField(default="")
    return_asked_by = models.TextField(default="")
    return_approved_by = models.TextField(default="")
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Suspense item")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "external_id"],
                name="credit_suspenseitem_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    open_minor__gte=0,
                    open_minor__lte=models.F("amount_minor"),
                    status__in=SuspenseStatus.values,
                ),
                name="credit_suspenseitem_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "returning"], open_minor__gt=0)
                | models.Q(status__in=["matched", "returned"], open_minor=0),
                name="credit_suspenseitem_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="returned")
                | ~models.Q(return_approved_by="")
                & ~models.Q(return_asked_by="")
                & ~models.Q(return_approved_by=models.F("return_asked_by")),
                name="credit_suspenseitem_two_people",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "received_on"],
                condition=models.Q(status__in=["open", "returning"]),
                name="credit_suspenseitem_age",
            )
        ]
