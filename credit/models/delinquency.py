"""A tenant's ladders and conduct rules, and the days on which drawdowns changed bucket."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import LadderKind
from credit.models.drawdown import Drawdown
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class LadderStep(TenantOwned, Stamped):
    """One step of a tenant's own ladder; a ladder without rows is the standard one.

    A step has no end of its own, so no two can overlap and none can leave a gap.
    """

    id = OwnIdField("lad")
    ladder = models.TextField(choices=LadderKind.choices)
    from_dpd = models.IntegerField()
    code = models.TextField()
    contact_every_days = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Delinquency step")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "ladder", "from_dpd"], name="credit_ladderstep_start"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "ladder", "code"], name="credit_ladderstep_code"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ladder__in=LadderKind.values,
                    from_dpd__gte=0,
                    from_dpd__lte=9_999,
                    contact_every_days__gte=0,
                ),
                name="credit_ladderstep_shape",
            ),
        ]


class ConductRules(TenantOwned, Stamped):
    """How a tenant's collectors may behave: `credit.domain.contact_guard.CollectionRules`."""

    id = OwnIdField("cdr")
    quiet_from_hour = models.IntegerField()
    quiet_until_hour = models.IntegerField()
    calls_per_day = models.IntegerField()
    texts_per_day = models.IntegerField()
    collector_roles = ArrayField(models.TextField())
    contagion_days = models.IntegerField()
    promise_days = models.IntegerField()
    extension_days = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("Collection rules")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], name="credit_conductrules_one"),
            models.CheckConstraint(
                condition=models.Q(
                    quiet_from_hour__lte=22,
                    quiet_until_hour__gte=8,
                    quiet_from_hour__gt=models.F("quiet_until_hour"),
                ),
                name="credit_conductrules_quiet",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    calls_per_day__gte=0,
                    texts_per_day__gte=0,
                    contagion_days__gte=1,
                    promise_days__gte=1,
                    extension_days__gte=1,
                ),
                name="credit_conductrules_counts",
            ),
        ]


class BucketChange(TenantOwned, AppendOnly):
    """From `on` on the drawdown stood in bucket `to_code`; before, in `from_code`."""

    id = OwnIdField("bkt")
    drawdown = TenantForeignKey(Drawdown)
    merchant = TenantForeignKey(Merchant)
    on = models.DateField()
    dpd = models.IntegerField()
    from_code = models.TextField()
    to_code = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Bucket change")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "on"], name="credit_bucketchange_once"
            ),
            models.CheckConstraint(
                condition=models.Q(dpd__gte=0) & ~models.Q(from_code=models.F("to_code")),
                name="credit_bucketchange_moves",
            ),
        ]
