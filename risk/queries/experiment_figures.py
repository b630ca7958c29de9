"""What became of the companies in each arm of an experiment."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain import monitors
from risk.domain.experiment import WHOLE, arm_from
from risk.models import Decision, Experiment
from risk.values import CreditOutcome

_FIGURES: Final = """
WITH mine AS (
    SELECT id, merchant_id, arm, purpose, outcome, limit_minor, pd, binding_bound
    FROM risk_decision WHERE tenant_id = %(tenant)s AND experiment_id = %(experiment)s
), latest AS (
    SELECT DISTINCT ON (merchant_id) * FROM mine WHERE purpose = 'application'
    ORDER BY merchant_id, id DESC
), seen AS (
    SELECT arm, count(DISTINCT merchant_id) AS companies FROM mine GROUP BY arm
), asked AS (
    SELECT arm, count(*) AS applied,
           count(*) FILTER (WHERE outcome = 'approve') AS approved,
           count(*) FILTER (WHERE outcome = 'refer') AS referred,
           count(*) FILTER (WHERE binding_bound = 'exploration') AS explored,
           sum(limit_minor) AS limits,
           avg(pd) FILTER (WHERE outcome = 'approve') AS pd
    FROM latest GROUP BY arm
)
SELECT s.arm, s.companies, coalesce(a.applied, 0), coalesce(a.approved, 0),
       coalesce(a.referred, 0), coalesce(a.explored, 0), coalesce(a.limits, 0), a.pd
FROM seen s LEFT JOIN asked a ON a.arm = s.arm
"""
_PLACES: Final = Decimal("0.0001")
_LEAST: Final = 100  # companies, below which shares say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFigures:
    """One arm: companies that were decided, the latest answer to those that applied.

    `limits_minor` is what was approved in fen, `pd` the mean of those approved, None without any.
    """

    arm: str
    share: int
    companies_count: int = 0
    applied_count: int = 0
    approved_count: int = 0
    referred_count: int = 0
    explored_count: int = 0
    limits_minor: int = 0
    pd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matured:
    """Months of drawing whose outcome is known: good and bad ones, and the bad among them."""

    count: int
    bad_count: int


def arm_figures(experiment: Experiment) -> list[ArmFigures]:
    """The arms in their order: one statement."""
    params = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "experiment": str(ids.to_uuid("exp", experiment.id)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, params)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    figures = []
    for arm in (arm_from(one) for one in experiment.arms):
        row = found.get(arm.name, (0, 0, 0, 0, 0, 0, None))
        figures.append(
            ArmFigures(
                arm=arm.name, share=arm.share, companies_count=row[0], applied_count=row[1],
                approved_count=row[2], referred_count=row[3], explored_count=row[4],
                limits_minor=int(row[5]), pd=None if row[6] is None else row[6].quantize(_PLACES),
            )
        )  # fmt: skip
    return figures


def matured_by_arm(experiment: Experiment, outcomes: Sequence[CreditOutcome]) -> dict[str, Matured]:
    """Of these outcomes, those of companies that applied in the experiment, by arm.

    Indeterminate ones are neither good nor bad. One statement.
    """
    rows = Decision.objects.filter(experiment=experiment, purpose="application")
    arms = dict(rows.order_by("id").values_list("merchant_id", "arm"))
    start = clock.day_of(experiment.started_at or experiment.proposed_at).replace(day=1)
    counts: dict[str, list[bool]] = {one["name"]: [] for one in experiment.arms}
    for one in outcomes:
        is_unsure = monitors.is_indeterminate(one.worst_dpd_days)
        if one.merchant_id in arms and one.cohort_on >= start and not is_unsure:
            counts[arms[one.merchant_id]].append(monitors.is_bad(one.worst_dpd_days))
    return {arm: Matured(count=len(bad), bad_count=sum(bad)) for arm, bad in counts.items()}


def mismatch(figures: Sequence[ArmFigures]) -> float | None:
    """How likely these counts of companies are if the shares hold; None while there are too few.

    Below 0.001 something other than the hash chose, and nothing can be compared.
    """
    from scipy.stats import chisquare  # noqa: PLC0415 -- slow import

    total = sum(one.companies_count for one in figures)
    if total < _LEAST:
        return None
    wanted = [total * one.share / WHOLE for one in figures]
    return float(chisquare([one.companies_count for one in figures], wanted).pvalue)
