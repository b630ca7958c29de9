"""The figures of the overview, each as `analytics.domain.metrics` defines it: three statements.

A period is `days` days ending on the business day `on`; the period before it is as long. Series
are twelve weeks, oldest first, the last one ending on `on`.
"""

from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from analytics.values import Figure
from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id

WEEKS: Final = 12
Row = tuple[Any, ...]

_SPANS: Final = (
    "unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS s(a, z, no)"
)

# An event known only to the event log (a merchant entering the pool), and rows with their moments.
COUNTS: Final = f"""
SELECT s.no,
    (SELECT count(*) FROM (
        SELECT merchant_id FROM kernel_event WHERE tenant_id = %(tenant)s
        AND name = 'tenants.merchant.pooled' GROUP BY merchant_id
        HAVING min(occurred_at) < s.z) entered),
    (SELECT count(*) FROM credit_application p WHERE p.tenant_id = %(tenant)s
        AND p.submitted_at >= s.a AND p.submitted_at < s.z),
    d.approved, d.decided, l.used, l.opened
FROM {_SPANS}
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE r.outcome = 'approve') AS approved, count(*) AS decided
    FROM credit_application p
    JOIN risk_decision r ON r.tenant_id = p.tenant_id AND r.id = p.decision_id
    WHERE p.tenant_id = %(tenant)s AND p.decided_at >= s.a AND p.decided_at < s.z) d
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM credit_drawdown w WHERE w.tenant_id = c.tenant_id AND w.line_id = c.id
        AND w.captured_minor > 0)) AS used, count(*) AS opened
    FROM credit_creditline c
    WHERE c.tenant_id = %(tenant)s AND c.activated_at >= s.a AND c.activated_at < s.z) l
ORDER BY s.no
"""  # noqa: S608 -- our own text

# The books as they stood at the end of each day: events are facts, so any past day can be asked.
BALANCES: Final = """
WITH days AS (SELECT DISTINCT on_day FROM unnest(%(days)s::date[]) AS u(on_day)),
flows AS (
    SELECT drawdown_id, value_on, amount_minor AS delta FROM credit_loanevent
    WHERE tenant_id = %(tenant)s AND kind = 'capture'
    UNION ALL
    SELECT a.drawdown_id, e.value_on, -a.amount_minor FROM credit_allocation a
    JOIN credit_loanevent e ON e.tenant_id = a.tenant_id AND e.id = a.loan_event_id
    WHERE a.tenant_id = %(tenant)s AND a.component = 'principal'
), balances AS (
    SELECT days.on_day, f.drawdown_id, sum(f.delta) AS principal
    FROM days JOIN flows f ON f.value_on <= days.on_day GROUP BY 1, 2
), late AS (
    SELECT DISTINCT days.on_day, r.drawdown_id
    FROM days JOIN credit_planrow r ON r.tenant_id = %(tenant)s
    JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
    WHERE r.due_on + d.grace_days < days.on_day
      AND (r.paid_off_on IS NULL OR r.paid_off_on > days.on_day)
)
SELECT b.on_day, coalesce(sum(b.principal), 0),
       coalesce(sum(b.principal) FILTER (WHERE late.drawdown_id IS NOT NULL), 0)
FROM balances b LEFT JOIN late USING (on_day, drawdown_id) GROUP BY 1
"""


def figures(*, on: date, days: int) -> dict[str, Figure]:
    """Every metric of the dictionary: now, the period before, twelve weeks."""
    now, before, *weeks = _counts(on, days)
    today, past = on, on - timedelta(days=days)
    week_ends = [on - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    books = _balances([today, past, *week_ends])
    return {
        "pool": Figure(value=now[0], before=before[0], series=tuple(w[0] for w in weeks)),
        "applications": Figure(value=now[1], before=before[1], series=tuple(w[1] for w in weeks)),
        "approval_rate": Figure(
            value=_share(now[2], now[3]),
            before=_share(before[2], before[3]),
            series=tuple(_share(w[2], w[3]) for w in weeks),
        ),
        "first_use_rate": Figure(
            value=_share(now[4], now[5]),
            before=_share(before[4], before[5]),
            series=tuple(_share(w[4], w[5]) for w in weeks),
        ),
        "outstanding": Figure(
            value=books[today][0],
            before=books[past][0],
            series=tuple(books[day][0] for day in week_ends),
        ),
        "overdue_share": Figure(
            value=_share(books[today][1], books[today][0]),
            before=_share(books[past][1], books[past][0]),
            series=tuple(_share(books[day][1], books[day][0]) for day in week_ends),
        ),
    }


def _counts(on: date, days: int) -> list[Row]:
    """The period, the period before, then the weeks: (pool, submitted, approved, decided, …)."""
    ends = [on, on - timedelta(days=days)]
    lengths = [days, days] + [7] * WEEKS
    ends += [on - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    starts = [end - timedelta(days=n - 1) for end, n in zip(ends, lengths, strict=True)]
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "starts": [clock.moment_on(day) for day in starts],
        "ends": [clock.end_of(day) for day in ends],
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, params)
        return [row[1:] for row in cursor.fetchall()]


def _balances(days: list[date]) -> dict[date, tuple[int, int]]:
    """Outstanding and overdue principal in fen at the end of each day."""
    found = dict.fromkeys(days, (0, 0))
    with connection.cursor() as cursor:
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        cursor.execute(BALANCES, {"tenant": tenant, "days": days})
        for day, principal, late in cursor.fetchall():
            found[day] = (int(principal), int(late))
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
