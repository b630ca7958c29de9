"""What a scorecard can be fitted on: facts as they were decided on, and how it ended.

What was explored weighs more: `risk.queries.training.weight_of`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from platform_app.kernel import clock
from risk.domain import monitors
from risk.domain.facts import FACT_TYPES, flat, restore
from risk.models import Decision
from risk.queries.training import weight_of
from risk.values import CreditOutcome

HEAD: Final = (
    "decision_id", "merchant_id", "decided_on", "cohort_on", *FACT_TYPES, "bad", "arm",
    "propensity", "weight",
)  # fmt: skip
_BATCH: Final = 1_000
_PLACES: Final = Decimal("0.000001")


def training_rows(outcomes: Iterable[CreditOutcome]) -> Iterator[dict[str, Any]]:
    """One row for each outcome that has matured, in their order.

    Indeterminate ones are left out. `propensity` is the arm's share of 10,000, empty outside of an
    experiment; unknown facts are empty.
    """
    matured = [one for one in outcomes if not monitors.is_indeterminate(one.worst_dpd_days)]
    for start in range(0, len(matured), _BATCH):
        chunk = matured[start : start + _BATCH]
        decisions = Decision.objects.in_bulk({one.decision_id for one in chunk})
        for one in chunk:
            yield _row(decisions[one.decision_id], one.cohort_on, one.worst_dpd_days)


def _row(decision: Decision, cohort_on: date, worst: int) -> dict[str, Any]:
    facts = flat(*restore(decision.facts))
    weight = Decimal(weight_of(decision)).quantize(_PLACES)
    return {
        "decision_id": decision.id,
        "merchant_id": decision.merchant_id,
        "decided_on": clock.day_of(decision.decided_at).isoformat(),
        "cohort_on": cohort_on.isoformat(),
        **{name: "" if facts[name] is None else facts[name] for name in FACT_TYPES},
        "bad": int(monitors.is_bad(worst)),
        "arm": decision.arm,
        "propensity": "" if decision.propensity is None else decision.propensity,
        "weight": f"{weight.normalize():f}",
    }
