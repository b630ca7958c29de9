"""What is out on each line and when it falls due, for the expected loss: one statement.

Principal by thirty days from `on`, what is overdue or only held with the first; the books as they
stand, so ask on the day after `on`. A line is in distress when a drawdown of it was restructured or
written off, or its guarantor was called on, and something is out still.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from credit.queries.loan_events import STANDING
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.values import Exposed

MONTHS: Final = 60  # what falls due later counts with the last
_EXPOSED: Final = f"""
WITH due AS (
    SELECT d.line_id, greatest(0, (r.due_on - %(on)s - 1) / 30) AS month,
           r.principal_minor - r.paid_principal_minor - r.waived_principal_minor
               - r.written_off_principal_minor AS amount,
           CASE WHEN r.unpaid_minor > 0 THEN greatest(0, %(on)s - r.due_on) ELSE 0 END AS dpd
    FROM credit_drawdown d JOIN credit_planrow r
        ON r.tenant_id = d.tenant_id AND r.drawdown_id = d.id
    WHERE d.tenant_id = %(tenant)s AND d.outstanding_principal_minor > 0
      AND r.paid_off_on IS NULL
    UNION ALL
    SELECT h.line_id, 0, h.amount_minor - h.captured_minor - h.released_minor, 0
    FROM credit_hold h
    WHERE h.tenant_id = %(tenant)s AND h.status IN ('held', 'part_captured')
), lines AS (
    SELECT line_id, max(dpd) AS dpd, jsonb_object_agg(month, amount) AS by_month
    FROM (SELECT line_id, least(month, %(last)s) AS month, sum(amount) AS amount, max(dpd) AS dpd
          FROM due GROUP BY 1, 2) monthly
    GROUP BY line_id HAVING sum(amount) > 0
)
SELECT l.id, l.merchant_id, then_.grade, coalesce(now_.grade, then_.grade), n.dpd, n.by_month,
       EXISTS (
           SELECT FROM credit_drawdown d WHERE d.tenant_id = %(tenant)s AND d.line_id = l.id
             AND (d.written_off_on IS NOT NULL OR EXISTS (
                 SELECT FROM credit_guarantorclaim g
                 WHERE g.tenant_id = %(tenant)s AND g.drawdown_id = d.id)
             OR EXISTS (
                 SELECT FROM credit_loanevent v WHERE v.tenant_id = %(tenant)s
                   AND v.drawdown_id = d.id AND v.kind = 'restructure' AND {STANDING}))
       )
FROM lines n
JOIN credit_creditline l ON l.tenant_id = %(tenant)s AND l.id = n.line_id
JOIN credit_offer o ON o.tenant_id = %(tenant)s AND o.id = l.offer_id
JOIN credit_application a ON a.tenant_id = %(tenant)s AND a.id = o.application_id
JOIN risk_decision then_ ON then_.tenant_id = %(tenant)s AND then_.id = a.decision_id
LEFT JOIN LATERAL (
    SELECT r.grade FROM risk_decision r WHERE r.tenant_id = %(tenant)s
      AND r.merchant_id = l.merchant_id AND r.purpose <> 'prescreen'
    ORDER BY r.id DESC LIMIT 1
) now_ ON true
ORDER BY l.id
"""  # noqa: S608 -- our own text


def exposed_lines(*, on: date) -> list[Exposed]:
    """Every line with something out or held, by id."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "on": on, "last": MONTHS - 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSED, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [
        Exposed(
            line_id=ids.from_uuid("lin", line),
            merchant_id=ids.from_uuid("mch", merchant),
            grade_then=grade_then,
            grade=grade,
            dpd_days=dpd,
            is_distressed=is_distressed,
            due_minor=_monthly(json.loads(by_month)),
        )
        for line, merchant, grade_then, grade, dpd, by_month, is_distressed in rows
    ]


def average_rate() -> Decimal | None:
    """What is out bears, on average by principal, a year; None while nothing is out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(sum((terms->>'annual_rate')::numeric * outstanding_principal_minor)"
            " / nullif(sum(outstanding_principal_minor), 0), 8) FROM credit_drawdown"
            " WHERE tenant_id = %s AND outstanding_principal_minor > 0",
            [str(ids.to_uuid("tnt", current_tenant_id()))],
        )
        found: Decimal | None = (cursor.fetchone() or (None,))[0]
    return found


def _monthly(by_month: dict[str, int]) -> tuple[int, ...]:
    last = max(map(int, by_month))
    return tuple(int(by_month.get(str(month), 0)) for month in range(last + 1))
