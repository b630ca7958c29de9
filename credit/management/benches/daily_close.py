"""`bench daily_close`: the whole close of twenty platforms, against bare SQL over the same rows.

`size` open drawdowns in all; on the day, 1.5 % fall due and 1.5 % pass their grace. The baseline
is one aggregate over every interest segment, and the INSERT … SELECT of exactly the rows that the
close wrote. The same day done per drawdown with the ORM is measured on a sample and scaled.
"""

import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from credit.management.benches import book_rows
from credit.management.benches.book_rows import Target, Template
from credit.management.benches.lending import ACTOR, check, lines_of, platform_of, versions
from credit.models import BusinessDay, CreditLine, Drawdown, InterestSegment, PlanRow, Quote
from credit.operations.business_day import close_day
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import request_drawdown
from credit.operations.quotes import make_quotes
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel import clock, events, ids
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.management.benches.scratch import scratch_database, vacuum

TENANTS = 20
FIRST_DAY = date(2026, 3, 2)
SMALL = 1_000
RUNS = 3
WORKERS = 2
DRAWING_DAYS = 12
NAIVE_SAMPLE = 5_000
EVENT_SHARE = 0.015  # due; and as many whose grace ends
MEBI = 1024
ACCRUAL = """
SELECT tenant_id, kind, funding_source_id, product_id, count(*),
       sum(round(base_minor * rate * (%(day)s + 1 - from_on) / per_days)
         - round(base_minor * rate * (%(day)s - from_on) / per_days))
FROM credit_interestsegment WHERE to_on > %(day)s AND from_on <= %(day)s
  AND tenant_id = ANY(%(tenants)s::uuid[]) GROUP BY 1, 2, 3, 4
"""
# What the close writes, by table: the rows it added, and the drawdowns it changed.
WRITTEN = {
    "kernel_event": "occurred_at = %(at)s",
    "credit_interestsegment": "kind = 'penalty' AND from_on >= %(day)s - 3",
    "credit_journalentry": "booked_on = %(day)s AND kind IN ('accrual', 'adjustment')",
    "credit_posting": "entry_id IN (SELECT id FROM credit_journalentry WHERE booked_on = %(day)s"
    " AND tenant_id = ANY(%(tenants)s::uuid[]) AND kind IN ('accrual', 'adjustment'))",
    "credit_businessday": '"on" IN (%(day)s, %(day)s + 1)',
    "credit_drawdown": "oldest_unpaid_on >= %(day)s - 3",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every platform gets copies of: drawdowns on which nothing, or something, happens."""

    calm: Template
    due: Template
    late: Template

    def copies(self, total: int) -> list[tuple[Template, int]]:
        some = eventful(total)
        return [(self.calm, total - 2 * some), (self.due, some), (self.late, some)]


def eventful(total: int) -> int:
    return max(1, round(total * EVENT_SHARE))


def run(size: int) -> dict[str, Any]:
    """In a scratch database, where the rows are committed and vacuumed as they are in life."""
    copies = size // TENANTS
    with scratch_database("baitiao_bench_close"):
        events.ensure_partitions(FIRST_DAY, months=4)
        wanted, day = _live_templates()
        _platform(wanted, min(copies, SMALL), day, 0)  # lets the planner see what tables are like
        vacuum()
        tenants = [_platform(wanted, copies, day, number) for number in range(1, TENANTS + 1)]
        naive = _naive(tenants[0], day, size)
        vacuum()
        seconds = _timed(lambda: _close(tenants, day))
        result = _against_bare_sql(tenants, copies, day)
        baseline = result.pop("aggregate_seconds") + result.pop("insert_seconds")
    return {
        "name": "daily_close", "size": size, "tenants": TENANTS, "workers": WORKERS,
        "seconds": round(seconds, 4),
        "baseline_seconds": round(baseline, 4), "ratio": round(seconds / baseline, 3),
        "naive_seconds": round(naive, 1), "naive_ratio": round(naive / seconds, 1), **result,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBI, "checked": True,
        "versions": versions(),
    }  # fmt: skip


def _live_templates() -> tuple[Wanted, date]:
    """Drawn day by day on one platform, until a day on which one is due and one is late."""
    at = clock.moment_on(FIRST_DAY, 10)
    with tenant_scope(platform_of(FIRST_DAY, at).id):
        line = lines_of(1, at)[0]
        calm = _draw(line, "calm", "bullet_90")
        for n in range(DRAWING_DAYS):
            _draw(line, f"due-{n}", "bullet_30")
            close_day(at=clock.end_of(open_day()))
        due, late = _wait_for_events()
        calm.refresh_from_db()
        day = open_day()
        return Wanted(*(Template.of(one, day) for one in (calm, due, late))), day


def _platform(wanted: Wanted, copies: int, day: date, number: int) -> str:
    """A platform whose books open on the day of the bench, with all its copies."""
    at = clock.moment_on(day, 10)
    tenant = platform_of(day, at)
    with tenant_scope(tenant.id):
        line = lines_of(1, at)[0]
        quote = _quote(line, "Q", line.offer.option_codes[0])
    target = Target(tenant.id, number, line, quote)
    with transaction.atomic():
        book_rows.copy(wanted.copies(copies), target, day=day, at=at)
    return str(tenant.id)


def _draw(line: CreditLine, order_no: str, code: str) -> Drawdown:
    at, quote = clock.moment_on(open_day(), 10), _quote(line, order_no, code)
    drawdown = request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id=order_no, actor=ACTOR, at=at
    )
    return capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=100_000, external_id="ship", is_final=True,
        actor=ACTOR, at=at,
    )  # fmt: skip


def _quote(line: CreditLine, order_no: str, code: str) -> Quote:
    return make_quotes(
        line_id=line.id, amount_minor=100_000, order_no=order_no, option_codes=[code],
        at=clock.moment_on(open_day(), 10),
    )[0]  # fmt: skip


def _wait_for_events() -> tuple[Drawdown, Drawdown]:
    """Live until a day on which one template falls due and another's grace ends."""
    while True:
        day = open_day()
        here = Drawdown.objects.filter(next_event_on=day)
        due = here.filter(oldest_unpaid_on__isnull=True).first()
        late = here.filter(oldest_unpaid_on__lt=day).first()
        if due and late:
            return due, late
        close_day(at=clock.end_of(day))


def _close(tenants: list[str], day: date) -> None:
    """Each platform in a job of its own, as `credit.close_days` has it, by two workers."""

    def close(tenant_id: str) -> None:
        try:
            with tenant_scope(tenant_id):
                close_day(at=clock.end_of(day))
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(close, tenants))


def _against_bare_sql(tenants: list[str], copies: int, day: date) -> dict[str, Any]:
    """Medians of three runs, into tables with the indexes and the log of the real ones."""
    params: dict[str, Any] = {
        "day": day, "at": clock.end_of(day),
        "tenants": [str(ids.to_uuid("tnt", tenant_id)) for tenant_id in tenants],
    }  # fmt: skip
    with platform_scope(), connection.cursor() as cursor:
        runs = [_timed(lambda: _aggregate(cursor, params)) for _ in range(RUNS)]
        aggregate = statistics.median(runs)
    inserting, rows = 0.0, 0
    for table, where in WRITTEN.items():
        with as_owner(), connection.cursor() as cursor:
            # The owner is fenced in by row-level security too, the platform's role is not.
            cursor.execute("SET ROLE baitiao_platform")
            cursor.execute(
                f"CREATE TEMP TABLE wrote_{table} AS SELECT * FROM {table}"  # noqa: S608
                f" WHERE tenant_id = ANY(%(tenants)s::uuid[]) AND {where}",
                params,
            )
            cursor.execute(f"GRANT SELECT ON wrote_{table} TO PUBLIC")
            cursor.execute("RESET ROLE")
            columns = _stored_columns(cursor, table)
            seconds = []
            for run in range(RUNS):
                cursor.execute(f"CREATE TABLE again_{run}_{table} (LIKE {table} INCLUDING ALL)")
                began = time.perf_counter()
                cursor.execute(f"INSERT INTO again_{run}_{table} ({columns}) SELECT {columns}"  # noqa: S608
                               f" FROM wrote_{table}")  # fmt: skip
                seconds.append(time.perf_counter() - began)
            inserting += statistics.median(seconds)
            rows += cursor.rowcount
    _check(tenants, copies, day)
    return {"aggregate_seconds": aggregate, "insert_seconds": inserting, "rows_written": rows}


def _aggregate(cursor: Any, params: dict[str, Any]) -> None:
    cursor.execute(ACCRUAL, params)
    cursor.fetchall()


def _stored_columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = ''",
        [table],
    )
    return str(cursor.fetchone()[0])


def _check(tenants: list[str], copies: int, day: date) -> None:
    """Every platform closed, all events were seen, and each late copy bears penalty."""
    some = eventful(copies)
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            closed = BusinessDay.objects.get(on=day)
            check(closed.status == "closed", f"{day} is {closed.status}")
            check(closed.event_count == 2 * some, f"{closed.event_count} of {2 * some} touched")
            late = InterestSegment.objects.filter(kind="penalty").count()
            check(late == some, f"{late} of {some} are late")


def _naive(tenant_id: str, day: date, size: int) -> float:
    """One day per drawdown with the ORM, rolled back; seconds scaled to all of them."""
    with tenant_scope(tenant_id), transaction.atomic():
        some = list(Drawdown.objects.filter(event_count__gt=0).order_by("id")[:NAIVE_SAMPLE])
        seconds = _timed(lambda: _live_each(some, day))
        transaction.set_rollback(True)
    return seconds / len(some) * size


def _live_each(drawdowns: list[Drawdown], day: date) -> None:
    for one in drawdowns:
        _live_a_day(one.id, day)


def _live_a_day(drawdown_id: str, day: date) -> None:
    drawdown = Drawdown.objects.select_for_update().get(pk=drawdown_id)
    answer = derived(drawdown, happenings(drawdown_id), as_of=day + timedelta(days=1))
    for row in PlanRow.objects.filter(drawdown=drawdown):
        row.save()
    drawdown.next_event_on = answer.next_event_on
    drawdown.oldest_unpaid_on = answer.oldest_unpaid_on
    drawdown.save(update_fields=["next_event_on", "oldest_unpaid_on"])


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
