"""Vintage curves: of what was drawn in a month, the share that was ever thirty days past due."""

from datetime import date
from typing import Any, Final

from django.db import connection

from analytics.queries.lateness import STRETCHES
from analytics.values import Vintage, VintagePoint
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

MONTHS: Final = 12
BAD_FROM_DPD: Final = 30
# A drawdown is hit once, on the thirtieth day after the first due date it missed by as much.
SQL: Final = f"""
WITH late AS ({STRETCHES}), hits AS (
    SELECT l.drawdown_id, min(l.due_on) + %(bad)s AS hit_on FROM late l
    WHERE coalesce(l.until_on, %(on)s) - l.due_on >= %(bad)s AND l.due_on + %(bad)s <= %(on)s
    GROUP BY l.drawdown_id
), loans AS (
    SELECT d.id, d.captured_minor, date_trunc('month', d.value_on)::date AS cohort_on, least(
        CASE WHEN d.written_off_on <= %(on)s THEN d.written_off_on END, h.hit_on) AS hit_on
    FROM credit_drawdown d LEFT JOIN hits h ON h.drawdown_id = d.id
    WHERE d.tenant_id = %(tenant)s AND d.captured_minor > 0
      AND d.value_on >= %(since)s AND d.value_on <= %(on)s
)
SELECT cohort_on,
       (extract(year FROM hit_on) - extract(year FROM cohort_on)) * 12
       + extract(month FROM hit_on) - extract(month FROM cohort_on), count(*), sum(captured_minor)
FROM loans GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 -- our own text


def vintages(*, on: date, months: int = MONTHS) -> list[Vintage]:
    """The cohorts of the last `months` months as seen at the end of `on`, oldest first.

    Each has a point for every month on book so far; the last one is partial until the month ends.
    """
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "on": on, "bad": BAD_FROM_DPD,
        "since": _month(on, 1 - months),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, params)
        rows = cursor.fetchall()
    found: dict[date, list[tuple[Any, ...]]] = {}
    for cohort_on, *rest in rows:
        found.setdefault(cohort_on, []).append(tuple(rest))
    return [_vintage(cohort_on, hits, on) for cohort_on, hits in found.items()]


def _vintage(cohort_on: date, hits: list[tuple[Any, ...]], on: date) -> Vintage:
    age = (on.year - cohort_on.year) * 12 + on.month - cohort_on.month
    count, amount = (sum(int(hit[place]) for hit in hits) for place in (1, 2))
    return Vintage(
        cohort_on=cohort_on,
        count=count,
        amount_minor=amount,
        is_partial=_month(on, 1) != _next_day(on),
        points=tuple(_point(hits, month, count, amount) for month in range(age + 1)),
    )


def _point(hits: list[tuple[Any, ...]], month: int, count: int, amount: int) -> VintagePoint:
    """Cumulated: what was hit in this month on book or before."""
    so_far = [hit for hit in hits if hit[0] is not None and hit[0] <= month]
    hit_count, hit_minor = (sum(int(hit[place]) for hit in so_far) for place in (1, 2))
    return VintagePoint(
        month=month,
        hit_count=hit_count,
        hit_minor=hit_minor,
        share=hit_count / count,
        amount_share=hit_minor / amount,
    )


def _month(day: date, later: int) -> date:
    """The first of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + later, 12)
    return date(year, month + 1, 1)


def _next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
