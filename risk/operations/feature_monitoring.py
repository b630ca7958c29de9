"""The nightly look at what decisions are made from: how old the data are, and what is missing."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from risk.domain.feature_set import FeatureDef
from risk.domain.feature_words import PERCENTILES, SOURCES
from risk.domain.features import ANSWERED, FEATURES, NIGHT, SEEN
from risk.domain.monitors import LEAST_SNAPSHOTS, OF_FEATURES, over_state
from risk.enums import MonitorMetric, ReadingState
from risk.models import MonitorReading
from risk.operations.readings import Monitored, keep_readings
from risk.queries.alarms import monitor_rules
from risk.queries.features import data_ages, missing_counts
from risk.values import Measured

_PLACES: Final = Decimal("0.000001")
# That nobody outside was asked, or nothing seen that links a merchant, is no defect of the data.
_BY_CHANCE: Final = {ANSWERED, SEEN}


@transaction.atomic
def monitor_features(*, on: date, actor: str, at: datetime) -> Monitored:
    """Measure the sources and features as they stood at the end of `on`; open alarms.

    Days for the age of a source, a share of the night's snapshots for what is missing. The first
    run of a day stands. Nothing is measured where features were never computed.
    """
    ages = data_ages(on=on)
    looked_at = MonitorReading.objects.filter(on=on, metric__in=OF_FEATURES)
    if not ages or looked_at.exists():
        return Monitored(readings_count=0, opened_count=0)
    rules = monitor_rules()
    limit = rules[MonitorMetric.DATA_AGE].limit
    measured = [_age(source, days, limit) for source, days in ages.items()]
    total, missing = missing_counts(on=on)
    limit = rules[MonitorMetric.MISSING_SHARE].limit
    measured += [
        _missing(one, missing.get(one.key, 0), total, limit, is_told=_is_told(one, ages))
        for one in FEATURES
        if one.may_be_missing and one.first_known not in _BY_CHANCE
    ]
    return keep_readings(measured, rules, on=on, actor=actor, at=at)


def _age(source: str, days: int | None, limit: Decimal) -> Measured:
    return Measured(
        metric=MonitorMetric.DATA_AGE,
        subject=source,
        value=None if days is None else Decimal(days),
        low=None,
        high=None,
        n=0 if days is None else days,
        limit=limit,
        state=ReadingState.UNKNOWN if days is None else over_state(Decimal(days), limit),
        details={"label": SOURCES[source]},
    )


def _is_told(feature: FeatureDef, ages: Mapping[str, int | None]) -> bool:
    """Where there was never a table, that is no defect of the data: there are too few merchants."""
    return feature.first_known != NIGHT or ages[PERCENTILES] is not None


def _missing(
    feature: FeatureDef, count: int, total: int, limit: Decimal, *, is_told: bool
) -> Measured:
    share = (Decimal(count) / total).quantize(_PLACES) if total else None
    is_judged = is_told and share is not None and total >= LEAST_SNAPSHOTS
    return Measured(
        metric=MonitorMetric.MISSING_SHARE,
        subject=feature.key,
        value=share,
        low=None,
        high=None,
        n=total,
        limit=limit,
        state=over_state(share or Decimal(0), limit) if is_judged else ReadingState.UNKNOWN,
        details={"label": feature.label, "missing": count},
    )
