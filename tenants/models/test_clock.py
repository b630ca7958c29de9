"""The clock of a sandbox: where it stands, and where it is going."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import ClockStatus


class TestClock(TenantOwned, Stamped):
    """One per sandbox: a business day belongs to the tenant, and so does what moves it.

    What it shows is kept on the tenant's row, which every door reads anyway.
    """

    __test__ = False  # a business word, not a class of tests

    id = OwnIdField("clk")
    name = models.TextField()
    status = models.TextField(choices=ClockStatus.choices, default=ClockStatus.READY)
    started_at = models.DateTimeField(help_text="What it showed first.")
    advance_to = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text="When a worker last moved it.")
    error = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Test clock")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], name="tenants_testclock_one"),
            models.CheckConstraint(
                condition=models.Q(status=ClockStatus.READY, advance_to__isnull=True)
                | models.Q(
                    status__in=[ClockStatus.ADVANCING, ClockStatus.FAILED],
                    advance_to__isnull=False,
                ),
                name="tenants_testclock_status",
            ),
        ]
