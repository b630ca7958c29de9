"""The readings of monitoring: the last night's, and how a figure went."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Subquery

from risk.models import MonitorReading

SERIES_DAYS: Final = 60


def latest_readings() -> list[MonitorReading]:
    """All readings of the last night that left any, by metric and subject: one statement."""
    last = MonitorReading.objects.order_by("-on").values("on")[:1]
    return list(MonitorReading.objects.filter(on=Subquery(last)).order_by("metric", "subject"))


def figure_series(*, on: date) -> dict[str, tuple[Decimal | None, ...]]:
    """How each figure without a subject went in the nights up to `on`, oldest first."""
    rows = MonitorReading.objects.filter(
        subject="", on__gt=on - timedelta(days=SERIES_DAYS), on__lte=on
    )
    found: dict[str, list[Decimal | None]] = {}
    for metric, value in rows.order_by("on").values_list("metric", "value"):
        found.setdefault(metric, []).append(value)
    return {metric: tuple(values) for metric, values in found.items()}
