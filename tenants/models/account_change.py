"""Another settlement account, asked for on an open line."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import AccountChangeStatus, AccountKind
from tenants.models.merchant import Merchant


class AccountChange(TenantOwned, Stamped):
    """Entered, confirmed by a code, then waiting: until it is in force the account stays as it is.

    `told_at` says when the firm's phone was told of it; whoever did not ask for it can still stop
    it.
    """

    id = OwnIdField("ach")
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=AccountKind.choices)
    bank_name = models.TextField()
    holder_masked = models.TextField()
    holder_sealed = models.BinaryField()
    number_masked = models.TextField()
    number_sealed = models.BinaryField()
    number_index = models.TextField()
    status = models.TextField(choices=AccountChangeStatus.choices)
    entered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Change of the settlement account")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=AccountKind.values, status__in=AccountChangeStatus.values
                ),
                name="tenants_accountchange_words",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, effective_at__isnull=True)
                & ~models.Q(status__in=["waiting", "in_force"])
                | models.Q(confirmed_at__isnull=False, effective_at__gte=models.F("confirmed_at")),
                name="tenants_accountchange_confirmed",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status__in=["entered", "waiting"]),
                name="tenants_accountchange_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                condition=models.Q(status="waiting"),
                name="tenants_accountchange_due",
            )
        ]
