"""Matured outcomes as figures of one night: ranking, and PD against what happened by grade."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from risk.domain import monitors
from risk.domain.odds import GRADES
from risk.enums import MonitorMetric, ReadingState
from risk.scoring.drift import rounded
from risk.scoring.performance import Estimated, discrimination, jeffreys
from risk.values import CreditOutcome, Measured


def ranking(
    outcomes: Sequence[CreditOutcome], limits: dict[MonitorMetric, Decimal]
) -> list[Measured]:
    """Gini and KS of the PD over rows that are good or bad; indeterminate ones are left out."""
    rows = [one for one in outcomes if not monitors.is_indeterminate(one.worst_dpd_days)]
    y = np.array([monitors.is_bad(one.worst_dpd_days) for one in rows], np.int64)
    told: dict[str, Any] = {
        "bad": int(y.sum()), "good": int(len(y) - y.sum()),
        "indeterminate": len(outcomes) - len(rows), **_cohorts(outcomes),
    }  # fmt: skip
    metrics = (MonitorMetric.GINI, MonitorMetric.KS)
    if min(told["bad"], told["good"]) < monitors.LEAST_OF_A_KIND:
        return [_unknown(metric, "", len(rows), limits[metric], told) for metric in metrics]
    pd = np.array([float(one.pd) for one in rows])
    owners = np.array([one.merchant_id for one in rows])
    pairs = zip(metrics, discrimination(y, pd, owners), strict=True)
    return [_ranked(metric, found, len(rows), limits[metric], told) for metric, found in pairs]


def by_grade(outcomes: Sequence[CreditOutcome], factor: Decimal) -> list[Measured]:
    """Each grade with rows: the share that went bad against its mean PD times `factor`."""
    found = []
    for grade in GRADES:
        rows = [one for one in outcomes if one.grade == grade]
        if not rows:
            continue
        bad = sum(monitors.is_bad(one.worst_dpd_days) for one in rows)
        pd = sum((one.pd for one in rows), Decimal(0)) / len(rows)
        told = {"bad": bad, "pd": str(rounded(float(pd))), **_cohorts(rows)}
        found.append(_held(grade, bad, len(rows), pd * factor, told))
    return found


def _held(grade: str, bad: int, n: int, limit: Decimal, told: dict[str, Any]) -> Measured:
    value, held = rounded(bad / n), rounded(float(limit))
    low, high = (rounded(side) for side in jeffreys(bad, n))
    is_enough = n >= monitors.LEAST_IN_GRADE
    return Measured(
        metric=MonitorMetric.PD_ACTUAL,
        subject=grade,
        value=value,
        low=low,
        high=high,
        n=n,
        limit=held,
        state=monitors.ceiling_state(value, low, held) if is_enough else ReadingState.UNKNOWN,
        details=told,
    )


def _ranked(
    metric: MonitorMetric, found: Estimated, n: int, limit: Decimal, told: dict[str, Any]
) -> Measured:
    value, low, high = (rounded(one) for one in (found.value, found.low, found.high))
    return Measured(
        metric=metric,
        subject="",
        value=value,
        low=low,
        high=high,
        n=n,
        limit=limit,
        state=monitors.floor_state(value, high, limit),
        details=told,
    )


def _unknown(
    metric: MonitorMetric, subject: str, n: int, limit: Decimal, told: dict[str, Any]
) -> Measured:
    return Measured(
        metric=metric,
        subject=subject,
        value=None,
        low=None,
        high=None,
        n=n,
        limit=limit,
        state=ReadingState.UNKNOWN,
        details=told,
    )


def _cohorts(rows: Sequence[CreditOutcome]) -> dict[str, str | None]:
    """The months the rows come from."""
    months = sorted({one.cohort_on for one in rows})
    return {
        "cohorts_from": months[0].isoformat() if months else None,
        "cohorts_to": months[-1].isoformat() if months else None,
    }
