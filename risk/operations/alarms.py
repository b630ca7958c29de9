"""What people do with alarms: take one on, close it with a reason, set what a metric is held to."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import audit, clock, events, ids
from platform_app.kernel.errors import Invalid
from risk.domain.monitors import MONITORS
from risk.enums import AlarmStatus, MonitorMetric
from risk.errors import AlarmIsClosed, AlarmNotFound, InvalidMonitorRule, WhyNeeded
from risk.models import MonitorRule, RiskAlarm
from risk.queries.alarms import Rule, monitor_rules

LONGEST_QUIET: Final = 90


@transaction.atomic
def acknowledge_alarm(*, alarm_id: str, actor: str, at: datetime) -> RiskAlarm:
    """Say that somebody is on it; what it stops stays stopped.

    One that was acknowledged stays with whoever was first. Raises AlarmNotFound, AlarmIsClosed.
    """
    alarm = _locked(alarm_id)
    if alarm.status == AlarmStatus.ACKNOWLEDGED:
        return alarm
    if alarm.status == AlarmStatus.CLOSED:
        raise AlarmIsClosed
    alarm.status, alarm.acknowledged_by, alarm.acknowledged_at = (
        AlarmStatus.ACKNOWLEDGED, actor, at,
    )  # fmt: skip
    alarm.save(update_fields=["status", "acknowledged_by", "acknowledged_at"])
    _tell("acknowledged", alarm, actor=actor, at=at)
    return alarm


@transaction.atomic
def close_alarm(
    *, alarm_id: str, reason: str, quiet_days: int, actor: str, at: datetime
) -> RiskAlarm:
    """End an alarm and what it stopped; the same is quiet until `quiet_days` from today.

    Raises AlarmNotFound, AlarmIsClosed, WhyNeeded, Invalid for days outside 0 to 90.
    """
    alarm = _locked(alarm_id)
    if alarm.status == AlarmStatus.CLOSED:
        raise AlarmIsClosed
    if not 0 <= quiet_days <= LONGEST_QUIET:
        raise Invalid(field="quiet_days")
    alarm.status, alarm.closed_by, alarm.closed_at = AlarmStatus.CLOSED, actor, at
    alarm.reason = _why(reason)
    if quiet_days:
        alarm.quiet_until_on = clock.day_of(at) + timedelta(days=quiet_days)
    alarm.save(update_fields=["status", "closed_by", "closed_at", "reason", "quiet_until_on"])
    _tell("closed", alarm, actor=actor, at=at)
    return alarm


@transaction.atomic
def set_monitor_rule(
    *,
    metric: MonitorMetric,
    limit: Decimal,
    stops_auto_approval: bool,
    reason: str,
    actor: str,
    at: datetime,
) -> Rule:
    """Hold a metric to another limit from the next night on; whether it stops approvals, at once.

    As it is, nothing happens. Audited with the reason. Raises InvalidMonitorRule, WhyNeeded.
    """
    monitor, before = MONITORS[metric], monitor_rules()[metric]
    if not monitor.low <= limit <= monitor.high:
        raise InvalidMonitorRule(field="limit", low=str(monitor.low), high=str(monitor.high))
    if (before.limit, before.stops_auto_approval) == (limit, stops_auto_approval):
        return before
    why = _why(reason)
    MonitorRule.objects.update_or_create(
        metric=metric, defaults={"limit": limit, "stops_auto_approval": stops_auto_approval}
    )
    standing = RiskAlarm.objects.filter(metric=metric).exclude(status=AlarmStatus.CLOSED)
    standing.update(stops_auto_approval=stops_auto_approval)
    audit.record(
        actor=actor, action="risk.monitor.set", subject=str(metric), at=at, reason=why,
        before=_said(before.limit, stops=before.stops_auto_approval),
        after=_said(limit, stops=stops_auto_approval),
    )  # fmt: skip
    return monitor_rules()[metric]


def _said(limit: Decimal, *, stops: bool) -> dict[str, Any]:
    return {"limit": f"{limit.normalize():f}", "stops_auto_approval": stops}


def _locked(alarm_id: str) -> RiskAlarm:
    try:
        ids.to_uuid("ral", alarm_id)
    except ValueError:
        raise AlarmNotFound from None
    alarm = RiskAlarm.objects.select_for_update().filter(pk=alarm_id).first()
    if alarm is None:
        raise AlarmNotFound
    return alarm


def _why(text: str) -> str:
    why = " ".join(text.split())
    if not why:
        raise WhyNeeded(field="reason")
    return why


def _tell(verb: str, alarm: RiskAlarm, *, actor: str, at: datetime) -> None:
    """To the audit chain, and to whoever waits for the event."""
    facts = {"metric": alarm.metric, "subject": alarm.subject, "status": str(alarm.status)}
    audit.record(
        actor=actor, action=f"risk.alarm.{verb}", subject=alarm.id, at=at, reason=alarm.reason,
        after=facts,
    )  # fmt: skip
    events.record(f"risk.alarm.{verb}", subject=alarm.id, actor=actor, at=at, props=facts)
