"""The nightly look at the card in force: readings, and an alarm for each that needs a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction

from platform_app.kernel import audit, clock, events
from risk.domain import scorecard_body, scorecard_first
from risk.domain.monitors import MONITORS, WINDOW_DAYS
from risk.enums import AlarmStatus, MonitorMetric, ReadingState, VersionStatus
from risk.models import MonitorReading, RiskAlarm, Scorecard
from risk.queries.alarms import Rule, monitor_rules
from risk.queries.drift import SCORE, bin_counts, reference_months
from risk.scoring.drift import feature_shifts, score_shift
from risk.scoring.outcomes import by_grade, ranking
from risk.scoring.stability import LEAST_ROWS
from risk.values import CreditOutcome, Measured

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored:
    """How many readings a night left, and how many alarms it opened."""

    readings_count: int
    opened_count: int


@transaction.atomic
def monitor_risk(
    *, on: date, outcomes: Sequence[CreditOutcome], actor: str, at: datetime
) -> Monitored:
    """Measure what stood at the end of `on`, keep the readings, open alarms.

    `outcomes` are the matured ones, handed in by credit. The first run of a day stands: another
    one changes nothing. Without a card in force there is nothing to look at. An alarm that is open
    is not opened again, nor one that was closed to be quiet for some days.
    """
    card = Scorecard.objects.filter(status=VersionStatus.CHAMPION).first()
    if card is None or MonitorReading.objects.filter(on=on).exists():
        return Monitored(readings_count=0, opened_count=0)
    rules = monitor_rules()
    measured = _shifts(card, rules, on) + ranking(
        outcomes, {metric: rule.limit for metric, rule in rules.items()}
    )
    measured += by_grade(outcomes, rules[MonitorMetric.PD_ACTUAL].limit)
    rows = _stored([_reading(one, on, at) for one in measured])
    opened = _open_alarms(rows, rules, on, actor=actor, at=at)
    logger.info("risk.monitored", on=str(on), readings=len(rows), opened=opened)
    return Monitored(readings_count=len(rows), opened_count=opened)


def _shifts(card: Scorecard, rules: dict[MonitorMetric, Rule], on: date) -> list[Measured]:
    body = card.body if "format" in card.body else scorecard_first.lifted(card.body)
    parsed = scorecard_body.parse_for_facts(body)
    since = on - timedelta(days=WINDOW_DAYS - 1)
    in_force_on = None if card.in_force_at is None else clock.day_of(card.in_force_at)
    reference = reference_months(card.id, in_force_on=in_force_on, on=on, least=LEAST_ROWS)
    counts = bin_counts(parsed, card.id, reference, since=since, on=on)
    window = (since, on)
    return [
        score_shift(counts[SCORE], reference, rules[MonitorMetric.SCORE_PSI].limit, window),
        *feature_shifts(
            parsed, body, counts, reference, rules[MonitorMetric.FEATURE_CSI].limit, window
        ),
    ]


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


def _stored(rows: Sequence[MonitorReading]) -> list[MonitorReading]:
    """Those that were kept: none, when another run of the day was first."""
    MonitorReading.objects.bulk_create(rows, ignore_conflicts=True)
    mine = MonitorReading.objects.filter(pk__in=[row.id for row in rows])
    kept = set(mine.values_list("id", flat=True))
    return [row for row in rows if row.id in kept]


def _open_alarms(
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
