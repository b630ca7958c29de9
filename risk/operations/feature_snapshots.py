"""Snapshots of features at the end of a day: taken, hashed, and let go after some weeks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import sha256
from risk.domain.facts import Fact, flat, snapshot
from risk.domain.feature_set import NIGHTLY, FeatureSet, of_parts
from risk.domain.features import DECISION_SET, FEATURES, NIGHTLY_SET
from risk.models import FeatureMark, FeatureSetVersion, FeatureSnapshot, PercentileTable
from risk.queries.facts import trade_facts
from risk.queries.more_facts import more_facts
from risk.queries.percentiles import percentiles_of
from risk.values import RepaymentFacts

KEPT_DAYS: Final = 35
_NIGHTLY: Final = tuple(one.key for one in of_parts(FEATURES, NIGHTLY).features)
_MAY_BE_MISSING: Final = tuple(one.key for one in FEATURES if one.may_be_missing)
_SHA256: Final = NIGHTLY_SET.sha256()
_FORGET: Final = """
DELETE FROM {table} WHERE tenant_id = %(tenant)s AND {day} < %(before)s
  AND extract(day FROM {day} + 1) <> 1
"""


@transaction.atomic
def take_snapshots(*, on: date, repayments: Mapping[str, RepaymentFacts], at: datetime) -> int:
    """Keep what is known of these merchants at the end of `on`; returns how many were new.

    `repayments` names the merchants, handed in by credit. One query for each source, one insert.
    The first snapshot of a merchant and a day stands. Raises InvalidFacts for a value that is none.
    """
    wanted, as_of = list(repayments), clock.end_of(on)
    register_feature_sets(at=at)
    trades = trade_facts(merchant_ids=wanted, as_of=as_of)
    more = more_facts(wanted, as_of=as_of)
    nightly = percentiles_of(wanted, as_of, features=_NIGHTLY)
    marks = _watermarks(on, as_of)
    rows = []
    for one in wanted:
        facts = (trades[one], repayments[one], more[one])
        values = snapshot(*facts) | {"feature_set": _SHA256, NIGHTLY: _text(nightly.get(one, {}))}
        known = flat(*facts) | nightly.get(one, {})
        rows.append(
            FeatureSnapshot(
                merchant_id=one,
                on=on,
                as_of=as_of,
                feature_set=_SHA256,
                values=values,
                missing=[key for key in _MAY_BE_MISSING if known.get(key) is None],
                watermarks=marks,
                sha256=sha256(values),
            )
        )
    present = FeatureSnapshot.objects.filter(on=on, merchant_id__in=wanted)
    before = present.count()
    FeatureSnapshot.objects.bulk_create(rows, ignore_conflicts=True)
    return present.count() - before


def register_feature_sets(*, at: datetime) -> None:
    """Keep the definitions behind the hashes that decisions and snapshots name, once each."""
    sets: Sequence[FeatureSet] = (DECISION_SET, NIGHTLY_SET)
    FeatureSetVersion.objects.bulk_create(
        [FeatureSetVersion(sha256=one.sha256(), body=one.body(), at=at) for one in sets],
        ignore_conflicts=True,
    )


def is_intact(row: FeatureSnapshot) -> bool:
    """Whether the values are those that were hashed."""
    return bool(sha256(row.values) == row.sha256)


@transaction.atomic
def forget_old_nights(*, on: date) -> int:
    """Let go of snapshots and tables of nights more than 35 days before `on`, month ends apart.

    Returns how many rows went; a second run finds none.
    """
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "before": on - timedelta(days=KEPT_DAYS),
    }
    night = "((known_until AT TIME ZONE 'Asia/Shanghai')::date - 1)"
    gone = 0
    with connection.cursor() as cursor:
        for table, day in (("risk_featuresnapshot", '"on"'), ("risk_percentiletable", night)):
            cursor.execute(_FORGET.format(table=table, day=day), params)
            gone += int(cursor.rowcount)
    return gone


def _text(facts: Mapping[str, Fact]) -> dict[str, str]:
    return {key: f"{value:f}" for key, value in facts.items() if value is not None}


def _watermarks(on: date, as_of: datetime) -> dict[str, Any]:
    """How far each source had come."""
    mark = FeatureMark.objects.values_list("known_until", flat=True).first()
    table = (
        PercentileTable.objects.filter(known_until__lte=as_of)
        .order_by("-known_until").values_list("known_until", flat=True).first()
    )  # fmt: skip
    return {
        "orders": None if mark is None else mark.isoformat(),
        "percentiles": None if table is None else table.isoformat(),
        "repayments": on.isoformat(),
    }
