"""The nightly look at the card in force: readings, and an alarm for each that needs a person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction

from platform_app.kernel import clock
from risk.domain import scorecard_body, scorecard_first
from risk.domain.monitors import OF_FEATURES, WINDOW_DAYS
from risk.enums import MonitorMetric, VersionStatus
from risk.models import MonitorReading, Scorecard
from risk.operations.readings import Monitored, keep_readings
from risk.queries.alarms import Rule, monitor_rules
from risk.queries.drift import SCORE, bin_counts, reference_months
from risk.scoring.drift import feature_shifts, score_shift
from risk.scoring.outcomes import by_grade, ranking
from risk.scoring.stability import LEAST_ROWS
from risk.values import CreditOutcome, Measured

__all__ = ["Monitored", "monitor_risk"]

logger = structlog.get_logger(__name__)


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
    looked_at = MonitorReading.objects.filter(on=on).exclude(metric__in=OF_FEATURES)
    if card is None or looked_at.exists():
        return Monitored(readings_count=0, opened_count=0)
    rules = monitor_rules()
    measured = _shifts(card, rules, on) + ranking(
        outcomes, {metric: rule.limit for metric, rule in rules.items()}
    )
    measured += by_grade(outcomes, rules[MonitorMetric.PD_ACTUAL].limit)
    kept = keep_readings(measured, rules, on=on, actor=actor, at=at)
    logger.info(
        "risk.monitored", on=str(on), readings=kept.readings_count, opened=kept.opened_count
    )
    return kept


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
