"""The readings of monitoring: the last night's, and how a figure went."""

from typing import Final

from django.db.models import Subquery

from risk.enums import MonitorMetric
from risk.models import MonitorReading

SERIES: Final = 60


def latest_readings() -> list[MonitorReading]:
    """All readings of the last night that left any, by metric and subject: one statement."""
    last = MonitorReading.objects.order_by("-on").values("on")[:1]
    return list(MonitorReading.objects.filter(on=Subquery(last)).order_by("metric", "subject"))


def reading_series(metric: MonitorMetric, subject: str = "") -> list[MonitorReading]:
    """The last nights of one figure without its details, oldest first."""
    rows = MonitorReading.objects.filter(metric=metric, subject=subject).defer("details")
    return list(rows.order_by("-on")[:SERIES])[::-1]
