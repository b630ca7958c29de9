"""How drawdowns ended, merchant and month by month, once nothing can change it any more.

One row is what a merchant drew in one month. It has matured sixty days after the last due date
signed for any of it; the worst days past due until then are its outcome. A write-off is the worst.
"""

from datetime import date
from typing import Any, Final

from django.db import connection

from analytics.queries.lateness import STRETCHES
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.values import CreditOutcome

HORIZON_DAYS: Final = 60
_WORST: Final = 9_999
_COHORTS: Final = """
WITH loans AS (
    SELECT d.id, d.merchant_id, p.decision_id, d.written_off_on,
           date_trunc('month', d.value_on)::date AS cohort_on,
           coalesce((SELECT max(u.due) FROM unnest(d.signed_due_on) AS u(due)), d.maturity_on)
               + %(horizon)s AS ends_on
    FROM credit_drawdown d
    JOIN credit_creditline l ON l.tenant_id = d.tenant_id AND l.id = d.line_id
    JOIN credit_offer o ON o.tenant_id = l.tenant_id AND o.id = l.offer_id
    JOIN credit_application p ON p.tenant_id = o.tenant_id AND p.id = o.application_id
    WHERE d.tenant_id = %(tenant)s AND d.captured_minor > 0 AND d.value_on <= %(on)s
)
"""
_MATURED: Final = f"""
{_COHORTS}, late AS ({STRETCHES}), worst AS (
    SELECT n.id, max(least(coalesce(l.until_on, n.ends_on), n.ends_on) - l.due_on) AS days
    FROM loans n JOIN late l ON l.drawdown_id = n.id GROUP BY n.id
)
SELECT c.merchant_id, c.cohort_on, r.pd, r.grade, c.worst, r.id
FROM (
    SELECT n.merchant_id, n.cohort_on, min(n.decision_id::text)::uuid AS decision_id,
           max(n.ends_on) AS ends_on,
           max(CASE WHEN n.written_off_on <= n.ends_on THEN %(worst)s ELSE coalesce(w.days, 0) END)
               AS worst
    FROM loans n LEFT JOIN worst w ON w.id = n.id
    GROUP BY n.merchant_id, n.cohort_on
) c
JOIN risk_decision r ON r.tenant_id = %(tenant)s AND r.id = c.decision_id
WHERE c.ends_on <= %(on)s
ORDER BY c.cohort_on, c.merchant_id
"""  # noqa: S608 -- our own text
_NEXT: Final = f"""
{_COHORTS}
SELECT min(ends_on) FROM (
    SELECT max(ends_on) AS ends_on FROM loans GROUP BY merchant_id, cohort_on
) c WHERE ends_on > %(on)s
"""  # noqa: S608 -- our own text


def matured_outcomes(*, on: date) -> list[CreditOutcome]:
    """Every outcome that stands at the end of `on`, oldest first: one statement."""
    return [
        CreditOutcome(
            merchant_id=ids.from_uuid("mch", merchant),
            cohort_on=cohort_on,
            pd=pd,
            grade=grade,
            worst_dpd_days=max(0, worst),
        )
        for merchant, cohort_on, pd, grade, worst, _decision in _rows(_MATURED, on)
    ]


def matured_decisions(*, on: date) -> list[tuple[str, date, int]]:
    """The same outcomes as decision id, month and worst days past due: one statement."""
    return [
        (ids.from_uuid("dec", decision), cohort_on, max(0, worst))
        for _merchant, cohort_on, _pd, _grade, worst, decision in _rows(_MATURED, on)
    ]


def next_maturity_on(*, on: date) -> date | None:
    """The next day on which an outcome will be known; None while nothing more is drawn."""
    found: date | None = _rows(_NEXT, on)[0][0]
    return found


def _rows(statement: str, on: date) -> list[tuple[Any, ...]]:
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "on": on,
        "horizon": HORIZON_DAYS, "worst": _WORST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
