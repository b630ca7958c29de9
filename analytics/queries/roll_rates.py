"""Roll rates: from which bucket drawdowns moved to which, from one month's end to the next."""

from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from analytics.queries.lateness import STRETCHES
from analytics.values import RollCell, RollRates, RollRow
from credit.enums import LadderKind
from credit.queries.delinquency import ladder
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

PAID_OFF: Final = "paid_off"
WRITTEN_OFF: Final = "written_off"
# Both days are asked of the same facts; principal is what stood on the first one.
SQL: Final = f"""
WITH days AS (SELECT unnest(ARRAY[%(first)s, %(on)s]::date[]) AS day),
late AS ({STRETCHES}), past_due AS (
    SELECT l.drawdown_id, u.day, max(u.day - l.due_on) AS dpd
    FROM late l JOIN days u ON l.due_on < u.day AND (l.until_on IS NULL OR l.until_on > u.day)
    GROUP BY 1, 2
), stood AS (
    SELECT d.id, u.day, CASE
        WHEN d.written_off_on <= u.day THEN %(written_off)s
        WHEN d.paid_off_on <= u.day THEN %(paid_off)s
        ELSE (SELECT step.code FROM unnest(%(starts)s::int[], %(codes)s::text[])
                  AS step(start, code)
              WHERE step.start <= coalesce(p.dpd, 0)
              ORDER BY step.start DESC LIMIT 1) END AS bucket
    FROM credit_drawdown d CROSS JOIN days u
    LEFT JOIN past_due p ON p.drawdown_id = d.id AND p.day = u.day
    WHERE d.tenant_id = %(tenant)s AND d.captured_minor > 0 AND d.value_on <= %(first)s
), principal AS (
    SELECT drawdown_id, sum(delta) AS minor FROM (
        SELECT v.drawdown_id, v.amount_minor AS delta FROM credit_loanevent v
        WHERE v.tenant_id = %(tenant)s AND v.kind = 'capture' AND v.value_on <= %(first)s
        UNION ALL
        SELECT a.drawdown_id, -a.amount_minor FROM credit_allocation a
        JOIN credit_loanevent e ON e.tenant_id = a.tenant_id AND e.id = a.loan_event_id
        WHERE a.tenant_id = %(tenant)s AND a.component = 'principal' AND e.value_on <= %(first)s
    ) flows GROUP BY 1
)
SELECT a.bucket, z.bucket, count(*), coalesce(sum(p.minor), 0)
FROM stood a JOIN stood z ON z.id = a.id AND z.day = %(on)s
LEFT JOIN principal p ON p.drawdown_id = a.id
WHERE a.day = %(first)s AND a.bucket NOT IN (%(paid_off)s, %(written_off)s)
GROUP BY 1, 2
"""  # noqa: S608 -- our own text


def roll_rates(*, on: date) -> RollRates:
    """From the end of the month before last to the end of the last month complete at `on`.

    Rows are the tenant's buckets; columns those, paid off, and written off.
    """
    last = on if (on + timedelta(days=1)).day == 1 else on.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1) - timedelta(days=1)
    buckets = ladder(LadderKind.BUCKET)
    codes = [step.code for step in buckets.steps]
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "first": first, "on": last,
        "paid_off": PAID_OFF, "written_off": WRITTEN_OFF, "codes": codes,
        "starts": [step.from_dpd for step in buckets.steps],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, params)
        found = {(a, z): (count, int(minor)) for a, z, count, minor in cursor.fetchall()}
    columns = (*codes, PAID_OFF, WRITTEN_OFF)
    return RollRates(
        from_on=first,
        to_on=last,
        columns=columns,
        rows=tuple(_row(code, columns, found) for code in codes),
    )


def _row(
    code: str, columns: tuple[str, ...], found: dict[tuple[str, str], tuple[int, int]]
) -> RollRow:
    cells = [found.get((code, column), (0, 0)) for column in columns]
    count, amount = (sum(cell[place] for cell in cells) for place in (0, 1))
    return RollRow(
        bucket=code,
        count=count,
        amount_minor=amount,
        cells=tuple(
            RollCell(
                bucket=column,
                count=number,
                amount_minor=minor,
                share=number / count if count else None,
                amount_share=minor / amount if amount else None,
            )
            for column, (number, minor) in zip(columns, cells, strict=True)
        ),
    )
