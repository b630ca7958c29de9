"""An experiment on decisions, arm by arm: answers, the way to the first drawdown, what was lost."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from analytics.domain.proportions import Share, difference, share
from analytics.queries.outcomes import matured_outcomes
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.models import Experiment
from risk.queries.experiment_figures import ArmFigures, Matured, arm_figures, matured_by_arm

_WAY: Final = """
SELECT r.arm, count(DISTINCT l.merchant_id),
       count(DISTINCT l.merchant_id) FILTER (WHERE d.captured > 0),
       coalesce(sum(d.captured), 0)
FROM risk_decision r
JOIN credit_application a ON a.tenant_id = r.tenant_id AND a.decision_id = r.id
JOIN credit_offer o ON o.tenant_id = a.tenant_id AND o.application_id = a.id
JOIN credit_creditline l ON l.tenant_id = o.tenant_id AND l.offer_id = o.id
CROSS JOIN LATERAL (
    SELECT sum(x.captured_minor) AS captured FROM credit_drawdown x
    WHERE x.tenant_id = l.tenant_id AND x.line_id = l.id
) d
WHERE r.tenant_id = %(tenant)s AND r.experiment_id = %(experiment)s
GROUP BY r.arm
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One arm with its intervals; the gaps are to the control, None for the control itself.

    Amounts in fen; `mean_limit_minor` is of those approved, rounded down.
    """

    figures: ArmFigures
    signed_count: int
    drawn_count: int
    drawn_minor: int
    mean_limit_minor: int
    approval: Share | None
    approval_gap: Share | None
    matured: Matured
    bad: Share | None
    bad_gap: Share | None


def experiment_results(experiment: Experiment, *, on: date) -> list[ArmResult]:
    """The arms in their order, the control first, with outcomes that stand at the end of `on`."""
    way = _way(experiment)
    matured = matured_by_arm(experiment, matured_outcomes(on=on))
    figures = arm_figures(experiment)
    base = figures[0]
    return [_result(one, base, way, matured) for one in figures]


def _result(
    one: ArmFigures,
    base: ArmFigures,
    way: dict[str, tuple[int, int, int]],
    matured: dict[str, Matured],
) -> ArmResult:
    signed, drawn, drawn_minor = way.get(one.arm, (0, 0, 0))
    mine, held = matured[one.arm], matured[base.arm]
    is_base = one.arm == base.arm
    return ArmResult(
        figures=one,
        signed_count=signed,
        drawn_count=drawn,
        drawn_minor=drawn_minor,
        mean_limit_minor=one.limits_minor // one.approved_count if one.approved_count else 0,
        approval=share(one.approved_count, one.applied_count),
        approval_gap=None
        if is_base
        else difference(
            one.approved_count, one.applied_count, base.approved_count, base.applied_count
        ),
        matured=mine,
        bad=share(mine.bad_count, mine.count),
        bad_gap=None
        if is_base
        else difference(mine.bad_count, mine.count, held.bad_count, held.count),
    )


def _way(experiment: Experiment) -> dict[str, tuple[int, int, int]]:
    """Lines signed, lines drawn on, and the amount drawn, by arm."""
    params = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "experiment": str(ids.to_uuid("exp", experiment.id)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAY, params)
        return {arm: (signed, drawn, int(total)) for arm, signed, drawn, total in cursor.fetchall()}
