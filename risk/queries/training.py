"""Matured cases with the facts their decisions rested on: what models learn from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from risk.domain.experiment import BOUND, WHOLE
from risk.domain.facts import Facts, flat, restore
from risk.domain.labels import LabelDef
from risk.enums import WatchKind
from risk.models import Decision, MaturedOutcome, WatchEntry
from tenants.models import Merchant

CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matured cohort of one merchant. `entity` is its registration number, or itself.

    `facts_sha256` is the hash of the stored snapshot; `pd` is what the decision said; `weight` is
    what `weight_of` says.
    """

    decision_id: str
    scorecard_id: str
    entity: str
    cohort_on: date
    label: int
    pd: float
    facts: Facts
    facts_sha256: str
    weight: float = 1.0


def matured_cases(
    label: LabelDef, *, on: date, scorecard_id: str | None = None, since: date | None = None
) -> list[Case]:
    """Good and bad cases matured by the end of `on`, oldest first: three statements.

    Indeterminate cases and merchants blocked for one of the definition's exclusions are left out.
    """
    rows = MaturedOutcome.objects.filter(matured_on__lte=on)
    if scorecard_id is not None:
        rows = rows.filter(decision__scorecard_id=scorecard_id)
    if since is not None:
        rows = rows.filter(cohort_on__gte=since)
    excluded = set(_blocked(label))
    rows = rows.select_related("decision").order_by("cohort_on", "decision__merchant_id", "id")
    found = [
        (row, value)
        for row in rows.iterator(chunk_size=CHUNK)
        if (value := label.label_of(row.worst_dpd_days)) is not None
        and row.decision.merchant_id not in excluded
    ]
    entities = _entities({row.decision.merchant_id for row, _ in found})
    return [_case(row, value, entities) for row, value in found]


def weight_of(decision: Decision) -> float:
    """One over the chance it had of being explored, so that it stands for all near the cut.

    Everybody else would have been approved anyway and weighs one.
    """
    if decision.binding_bound == BOUND and decision.propensity:
        return WHOLE / decision.propensity
    return 1.0


def outcome_counts(label: LabelDef, *, on: date) -> tuple[int, int]:
    """Bad and good cases of the platform matured by `on`, exclusions aside: one statement."""
    rows = MaturedOutcome.objects.filter(matured_on__lte=on)
    found = rows.exclude(decision__merchant_id__in=_blocked(label)).aggregate(
        bad=Count("id", filter=Q(worst_dpd_days__gte=label.bad_from_dpd)),
        good=Count("id", filter=Q(worst_dpd_days__lt=label.indeterminate_from_dpd)),
    )
    return int(found["bad"]), int(found["good"])


def _blocked(label: LabelDef) -> Any:
    entries = WatchEntry.objects.filter(kind=WatchKind.BLOCK, reason_code__in=label.exclusions)
    return entries.values_list("merchant_id", flat=True)


def _entities(merchant_ids: set[str]) -> dict[str, str]:
    rows = Merchant.objects.filter(pk__in=merchant_ids)
    return {pk: number or pk for pk, number in rows.values_list("id", "registration_no")}


def _case(row: MaturedOutcome, label: int, entities: dict[str, str]) -> Case:
    decision: Decision = row.decision
    return Case(
        decision_id=decision.id,
        scorecard_id=decision.scorecard_id,
        entity=entities.get(decision.merchant_id, decision.merchant_id),
        cohort_on=row.cohort_on,
        label=label,
        pd=float(decision.pd),
        facts=flat(*restore(decision.facts)),
        facts_sha256=decision.facts_sha256,
        weight=weight_of(decision),
    )
