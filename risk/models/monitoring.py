"""What is watched: the readings of each night, the rules they are held to, and the alarms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import AlarmStatus, MonitorMetric, ReadingState


class MonitorReading(TenantOwned, AppendOnly):
    """One figure of one night, with what it was held against. The first run of a day stands."""

    id = OwnIdField("mrd")
    on = models.DateField()
    metric = models.TextField(choices=MonitorMetric.choices)
    subject = models.TextField(default="", blank=True, help_text="A feature, a grade, or nothing.")
    value = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    low = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    n = models.IntegerField()
    limit = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    state = models.TextField(choices=ReadingState.choices)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Monitor reading")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "on", "metric", "subject"], name="risk_monitorreading_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    metric__in=MonitorMetric.values, state__in=ReadingState.values, n__gte=0
                ),
                name="risk_monitorreading_words",
            ),
            models.CheckConstraint(
                condition=models.Q(state="unknown")
                | models.Q(value__isnull=False, limit__isnull=False),
                name="risk_monitorreading_judged",
            ),
        ]


class MonitorRule(TenantOwned, Stamped):
    """What a tenant holds a metric to; a metric without a row has the standard rule."""

    id = OwnIdField("mrl")
    metric = models.TextField(choices=MonitorMetric.choices)
    limit = models.DecimalField(max_digits=14, decimal_places=6)
    stops_auto_approval = models.BooleanField()

    class Meta:
        verbose_name = verbose_name_plural = _("Monitor rule")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "metric"], name="risk_monitorrule_one"),
            models.CheckConstraint(
                condition=models.Q(metric__in=MonitorMetric.values, limit__gt=0),
                name="risk_monitorrule_shape",
            ),
        ]


class RiskAlarm(TenantOwned, Stamped):
    """A reading that needs a person, open until somebody closes it with a reason.

    While one that stops auto-approval is not closed, what would be approved is referred.
    """

    id = OwnIdField("ral")
    metric = models.TextField(choices=MonitorMetric.choices)
    subject = models.TextField(default="", blank=True)
    reading = TenantForeignKey(MonitorReading)
    owner = models.TextField()
    runbook = models.TextField()
    stops_auto_approval = models.BooleanField()
    status = models.TextField(choices=AlarmStatus.choices, default=AlarmStatus.OPEN)
    opened_at = models.DateTimeField()
    acknowledged_by = models.TextField(default="", blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)
    quiet_until_on = models.DateField(
        null=True, help_text="The last day on which the same does not raise another alarm."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("Risk alarm")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "metric", "subject"],
                condition=~models.Q(status="closed"),
                name="risk_riskalarm_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(metric__in=MonitorMetric.values, status__in=AlarmStatus.values),
                name="risk_riskalarm_words",
            ),
            models.CheckConstraint(
                condition=models.Q(status="closed", closed_at__isnull=False)
                & ~models.Q(closed_by="")
                & ~models.Q(reason="")
                | ~models.Q(status="closed") & models.Q(closed_at__isnull=True, closed_by=""),
                name="risk_riskalarm_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="acknowledged")
                | models.Q(acknowledged_at__isnull=False) & ~models.Q(acknowledged_by=""),
                name="risk_riskalarm_acknowledged_by_somebody",
            ),
        ]
