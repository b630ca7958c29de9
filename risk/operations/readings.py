"""Keeping the readings of a night, and opening an alarm for each that needs a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from platform_app.kernel import audit, events
from risk.domain.monitors import MONITORS
from risk.enums import AlarmStatus, MonitorMetric, ReadingState
from risk.models import MonitorReading, RiskAlarm
from risk.queries.alarms import Rule
from risk.values import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored:
    """How many readings a night left, and how many alarms it opened."""

    readings_count: int
    opened_count: int


def keep_readings(
    measured: Sequence[Measured],
    rules: dict[MonitorMetric, Rule],
    *,
    on: date,
    actor: str,
    at: datetime,
) -> Monitored:
    """Keep what was measured of `on`, each figure once, and open alarms.

    In the caller's transaction. An alarm that is open is not opened again, nor one that was closed
    to be quiet for some days.
    """
    rows = _kept([_reading(one, on, at) for one in measured])
    opened = _alarms(rows, rules, on, actor=actor, at=at)
    return Monitored(readings_count=len(rows), opened_count=opened)


def _reading(one: Measured, on: date, at: datetime) -> MonitorReading:
    return MonitorReading(
        on=on,
        metric=one.metric,
        subject=one.subject,
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
        limit=one.limit,
        state=one.state,
        details=one.details,
        at=at,
    )


def _kept(rows: Sequence[MonitorReading]) -> list[MonitorReading]:
    """Those that were kept: none, when another run of the day was first."""
    MonitorReading.objects.bulk_create(rows, ignore_conflicts=True)
    mine = MonitorReading.objects.filter(pk__in=[row.id for row in rows])
    kept = set(mine.values_list("id", flat=True))
    return [row for row in rows if row.id in kept]


def _alarms(
    rows: Sequence[MonitorReading],
    rules: dict[MonitorMetric, Rule],
    on: date,
    *,
    actor: str,
    at: datetime,
) -> int:
    wrong = [row for row in rows if row.state == ReadingState.ALARM]
    if not wrong:
        return 0
    silent = set(
        RiskAlarm.objects.exclude(status=AlarmStatus.CLOSED).values_list("metric", "subject")
    ) | set(RiskAlarm.objects.filter(quiet_until_on__gte=on).values_list("metric", "subject"))
    opened = [row for row in wrong if (row.metric, row.subject) not in silent]
    for row in opened:
        _open_alarm(row, rules[MonitorMetric(row.metric)], actor=actor, at=at)
    return len(opened)


def _open_alarm(row: MonitorReading, rule: Rule, *, actor: str, at: datetime) -> None:
    monitor = MONITORS[MonitorMetric(row.metric)]
    alarm = RiskAlarm.objects.create(
        metric=row.metric,
        subject=row.subject,
        reading=row,
        owner=monitor.owner,
        runbook=monitor.runbook,
        stops_auto_approval=rule.stops_auto_approval,
        opened_at=at,
    )
    facts = {
        "metric": str(row.metric),
        "subject": row.subject,
        "stops_auto_approval": alarm.stops_auto_approval,
    }
    after = facts | {"value": str(row.value), "limit": str(row.limit), "n": row.n}
    audit.record(actor=actor, action="risk.alarm.opened", subject=alarm.id, at=at, after=after)
    events.record("risk.alarm.opened", subject=alarm.id, actor=actor, at=at, props=facts)
