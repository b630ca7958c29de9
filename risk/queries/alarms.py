"""The alarms of a tenant, the rules they come from, and what stops auto-approval now."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from platform_app.kernel import ids
from risk.domain.monitors import MONITORS, Monitor
from risk.enums import AlarmStatus, MonitorMetric
from risk.models import MonitorRule, RiskAlarm
from tenants.models import Member

CLOSED_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a metric is held to: the tenant's own figures, or the standard ones."""

    monitor: Monitor
    limit: Decimal
    stops_auto_approval: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """An alarm with the people's names in it."""

    alarm: RiskAlarm
    acknowledged_by: str
    closed_by: str


def open_stops() -> list[str]:
    """What stops auto-approval: `metric` or `metric:subject` of each such alarm, in order."""
    found = RiskAlarm.objects.filter(stops_auto_approval=True).exclude(status=AlarmStatus.CLOSED)
    return sorted(
        f"{metric}:{subject}" if subject else metric
        for metric, subject in found.values_list("metric", "subject")
    )


def monitor_rules() -> dict[MonitorMetric, Rule]:
    """A rule for every metric, in their order: one statement."""
    own = {row.metric: row for row in MonitorRule.objects.all()}
    return {
        metric: Rule(
            monitor=monitor,
            limit=own[metric].limit if metric in own else monitor.limit,
            stops_auto_approval=(
                own[metric].stops_auto_approval if metric in own else monitor.stops_auto_approval
            ),
        )
        for metric, monitor in MONITORS.items()
    }


def list_alarms() -> list[AlarmRow]:
    """Those that are not closed, the newest first, then the last that were."""
    rows = RiskAlarm.objects.select_related("reading").order_by("-opened_at", "metric", "subject")
    standing = list(rows.exclude(status=AlarmStatus.CLOSED))
    closed = list(rows.filter(status=AlarmStatus.CLOSED).order_by("-closed_at")[:CLOSED_SHOWN])
    names = _names(
        {one for row in standing + closed for one in (row.acknowledged_by, row.closed_by)}
    )
    return [
        AlarmRow(
            alarm=row,
            acknowledged_by=names.get(row.acknowledged_by, row.acknowledged_by),
            closed_by=names.get(row.closed_by, row.closed_by),
        )
        for row in standing + closed
    ]


def _names(actors: set[str]) -> dict[str, str]:
    members = []
    for actor in actors:
        try:
            ids.to_uuid("usr", actor)
        except ValueError:
            continue
        members.append(actor)
    return dict(Member.objects.filter(pk__in=members).values_list("id", "name"))
