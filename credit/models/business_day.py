"""The tenant's calendar of books: which day is open, what its close found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import DayStatus
from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned


class BusinessDay(TenantOwned, Stamped):
    """Exactly one day is open. Closing stores counts, totals and a hash anyone can recompute."""

    id = OwnIdField("bsd")
    on = models.DateField()
    status = models.TextField(choices=DayStatus.choices, default=DayStatus.OPEN)
    closed_at = models.DateTimeField(null=True)
    event_count = models.IntegerField(default=0)
    accrued_interest_minor = models.BigIntegerField(default=0)
    accrued_penalty_minor = models.BigIntegerField(default=0)
    checks = models.JSONField(default=dict)
    sha256 = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Business day")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "on"], name="credit_businessday_on"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="open"),
                name="credit_businessday_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=DayStatus.values), name="credit_businessday_status"
            ),
        ]
