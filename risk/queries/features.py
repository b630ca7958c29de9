"""How the features stand: whose snapshots a night takes, how old the data are, what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Max

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.feature_set import FeatureDef
from risk.domain.feature_words import ORDERS, PERCENTILES
from risk.domain.features import FEATURES
from risk.enums import MonitorMetric
from risk.models import FeatureMark, FeatureSnapshot, MonitorReading, PercentileTable

CHUNK: Final = 5_000
_ACTIVE: Final = """
SELECT DISTINCT merchant_id FROM risk_monthlyagg
WHERE tenant_id = %(tenant)s AND last_on IS NOT NULL
  AND month >= date_trunc('month', %(day)s::date) - interval '12 months'
ORDER BY merchant_id
"""
_MISSING: Final = """
SELECT key, count(*) FROM risk_featuresnapshot s CROSS JOIN LATERAL unnest(s.missing) AS u(key)
WHERE s.tenant_id = %(tenant)s AND s."on" = %(on)s GROUP BY key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRow:
    """A definition with how it stood in the last night that was looked at."""

    feature: FeatureDef
    missing: MonitorReading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureState:
    """`night` is None until the first one was looked at."""

    rows: list[FeatureRow]
    ages: list[MonitorReading]
    night: date | None
    known_until: datetime | None


def active_merchants(*, known_until: datetime) -> Iterator[list[str]]:
    """Merchants with an order in the last twelve months, in id order, some thousands at a time."""
    day = clock.day_of(known_until)
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, {"tenant": _tenant(), "day": day})
        found = [ids.from_uuid("mch", row[0]) for row in cursor.fetchall()]
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def data_ages(*, on: date) -> dict[str, int | None]:
    """Days between the newest data of each source and the end of `on`; None if there never were.

    Empty while the months of this tenant were never computed: nobody has looked yet.
    """
    mark = FeatureMark.objects.first()
    if mark is None or mark.known_until is None:
        return {}
    found = PercentileTable.objects.filter(known_until__lte=clock.end_of(on))
    table = found.aggregate(last=Max("known_until"))["last"]
    newest = mark.orders_known_at
    return {
        ORDERS: None if newest is None else max(0, (on - clock.day_of(newest)).days),
        PERCENTILES: None if table is None else (clock.end_of(on) - table).days,
    }


def missing_counts(*, on: date) -> tuple[int, dict[str, int]]:
    """How many snapshots a night has, and in how many of them each feature is missing."""
    total = FeatureSnapshot.objects.filter(on=on).count()
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"tenant": _tenant(), "on": on})
        return total, dict(cursor.fetchall())


def feature_state() -> FeatureState:
    """Every definition in order, with the readings of the last night: two statements."""
    metrics = (MonitorMetric.MISSING_SHARE, MonitorMetric.DATA_AGE)
    readings = MonitorReading.objects.filter(metric__in=metrics)
    last = readings.order_by("-on").values("on")[:1]
    found = list(readings.filter(on=last).order_by("subject"))
    missing = {one.subject: one for one in found if one.metric == MonitorMetric.MISSING_SHARE}
    return FeatureState(
        rows=[FeatureRow(feature=one, missing=missing.get(one.key)) for one in FEATURES],
        ages=[one for one in found if one.metric == MonitorMetric.DATA_AGE],
        night=found[0].on if found else None,
        known_until=FeatureMark.objects.values_list("known_until", flat=True).first(),
    )


def _tenant() -> str:
    return str(ids.to_uuid("tnt", current_tenant_id()))
