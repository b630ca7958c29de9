"""The partner's people in the field, and the QR code each of them shows."""

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from campaigns.enums import SalespersonStatus
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class Salesperson(TenantOwned, Stamped):
    """One of the platform's salespeople, by its own code. Sealed at rest, masked on pages."""

    id = OwnIdField("sls")
    code = models.TextField(help_text="The partner's own code.")
    name_masked = models.TextField()
    name_sealed = models.BinaryField()
    phone_masked = models.TextField()
    phone_sealed = models.BinaryField()
    region = models.TextField(default="", blank=True)
    branch = models.TextField(default="", blank=True)
    status = models.TextField(choices=SalespersonStatus.choices, default=SalespersonStatus.ACTIVE)
    since_on = models.DateField()
    until_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Salesperson")
        constraints = [
            models.UniqueConstraint(
                "tenant_id", Upper("code"), name="campaigns_salesperson_code_any_case"
            ),
            models.CheckConstraint(
                condition=models.Q(status="active", until_on__isnull=True)
                | models.Q(status="left", until_on__isnull=False),
                name="campaigns_salesperson_status",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SalespersonQr(TenantOwned, Stamped):
    """One issue of a salesperson's QR code. What it says can be made again from this row alone."""

    id = OwnIdField("sqr")
    salesperson = TenantForeignKey(Salesperson)
    number = models.IntegerField()
    entry_url = models.TextField(help_text="The platform's page that it opens.")
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Salesperson's QR code")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "salesperson", "number"],
                name="campaigns_salespersonqr_number",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "salesperson"],
                condition=models.Q(revoked_at__isnull=True),
                name="campaigns_salespersonqr_one_valid",
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, expires_at__gt=models.F("issued_at")),
                name="campaigns_salespersonqr_term",
            ),
        ]
