"""The daily close: a day on which nothing happens to a drawdown writes nothing for it.

1. Flip: the day becomes *closing* and the next one opens at once, so the business never waits.
2. Expired holds, each in a transaction of its own. Then the work, in one transaction: rows that
   fell due, grace that ended, the day's accrual as one aggregate per funding source, product and
   kind, and the settlement batch.
3. Prove: the invariants run as SQL; only when all hold does the day become *closed*.

Killed anywhere and started again, it ends the same: each step is one transaction, and a day that
is still *closing* is finished first.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from credit.domain.terms import canonical_sha256
from credit.enums import AccountCode, DayStatus, EntryKind, HoldStatus
from credit.errors import BooksDoNotBalance, DayNotOver
from credit.models import BusinessDay, Hold
from credit.operations import ledger
from credit.operations.aging import age
from credit.operations.drawdowns import expire_hold
from credit.operations.settlements import lock_settlements
from credit.queries.business_day import open_day
from credit.queries.proofs import nightly_checks
from platform_app.kernel import clock, events, ids, locks
from platform_app.kernel.scope import current_tenant_id

ACCRUAL = """
SELECT kind, funding_source_id, product_id, count(*),
       sum(round(base_minor * rate * (%(day)s + 1 - from_on) / per_days)
         - round(base_minor * rate * (%(day)s - from_on) / per_days))
FROM credit_interestsegment
WHERE tenant_id = %(tenant)s AND to_on > %(day)s AND from_on <= %(day)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

_BOOKS = {
    "interest": (AccountCode.INTEREST_RECEIVABLE, AccountCode.INTEREST_INCOME),
    "penalty": (AccountCode.PENALTY_RECEIVABLE, AccountCode.PENALTY_INCOME),
    "subsidy": (AccountCode.DEFERRED_INCOME, AccountCode.SUBSIDY_INCOME),
}


def close_day(*, at: datetime) -> BusinessDay:
    """Close the tenant's open business day, after finishing any that was left *closing*.

    Raises DayNotOver before 24:00 Shanghai time, BooksDoNotBalance when a check fails (the day
    then stays *closing*, the next day is open, and the close can be run again).
    """
    finish_closing_days(at=at)
    day = open_day()
    if at < clock.end_of(day):
        raise DayNotOver(on=day.isoformat())
    _flip(day)
    finish_closing_days(at=at)
    return BusinessDay.objects.get(on=day)


def finish_closing_days(*, at: datetime) -> None:
    """Work and prove every day that is *closing*, in order."""
    for day in BusinessDay.objects.filter(status=DayStatus.CLOSING).order_by("on"):
        _expire_holds(day.on, at)
        _work(day, at)


@transaction.atomic
def _flip(day: date) -> None:
    locks.hold(locks.LockSpace.BUSINESS_DAY, current_tenant_id())
    changed = BusinessDay.objects.filter(on=day, status=DayStatus.OPEN).update(
        status=DayStatus.CLOSING
    )
    if changed:
        BusinessDay.objects.create(on=day + timedelta(days=1))


@transaction.atomic
def _work(day: BusinessDay, at: datetime) -> None:
    locked = BusinessDay.objects.select_for_update().get(pk=day.pk)
    if locked.status == DayStatus.CLOSED:
        return
    _plan_for_sets()
    touched = age(day=locked.on, at=at)
    accrued = _accrue(locked.on, at)
    lock_settlements(captured_on=locked.on, at=at)
    checks = nightly_checks(accrued_through=locked.on + timedelta(days=1))
    failed = [name for name, problem in checks.items() if problem]
    if failed:
        raise BooksDoNotBalance(on=locked.on.isoformat(), failed=", ".join(failed))
    locked.status = DayStatus.CLOSED
    locked.closed_at = at
    locked.event_count = touched
    locked.accrued_interest_minor = accrued["interest"]
    locked.accrued_penalty_minor = accrued["penalty"]
    locked.checks = {"passed": sorted(checks)}
    locked.sha256 = canonical_sha256(
        [locked.on.isoformat(), locked.event_count, accrued, sorted(checks)]
    )
    locked.save()
    events.record(
        "credit.day.closed", subject=locked.id, actor="system:close", at=at,
        props={"on": locked.on.isoformat(), **{f"{k}_minor": v for k, v in accrued.items()}},
    )  # fmt: skip


def _plan_for_sets() -> None:
    """Let this transaction join by hashing.

    Row-level security makes the planner expect a row or two of a tenant's thousands, and it would
    then walk one table for every row of the other: minutes instead of a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


def _expire_holds(day: date, at: datetime) -> None:
    """Each in a transaction of its own: one that held a bucket may not wait for the next line."""
    ended = Hold.objects.filter(
        status__in=[HoldStatus.HELD, HoldStatus.PART_CAPTURED], expires_on__lte=day
    )
    for drawdown_id in list(ended.order_by("drawdown_id").values_list("drawdown", flat=True)):
        expire_hold(drawdown_id=drawdown_id, at=at)


def _accrue(day: date, at: datetime) -> dict[str, int]:
    """Post the day's interest as aggregates: Σ round(to its end) − Σ round(before it)."""
    totals = {"interest": 0, "penalty": 0, "subsidy": 0}
    with connection.cursor() as cursor:
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        cursor.execute(ACCRUAL, {"tenant": tenant, "day": day})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for kind, source, product, count, amount in rows:
        totals[kind] += int(amount)
        if not amount:
            continue
        source_id, product_id = ids.from_uuid("fnd", source), ids.from_uuid("prd", product)
        receivable, income = _BOOKS[kind]
        facts = {"product": product_id, "segments": count, "sum_minor": int(amount)}
        ledger.post(
            kind=EntryKind.ACCRUAL, key=f"{kind}:{day}:{source_id}:{product_id}",
            funding_source_id=source_id,
            amounts={receivable: int(amount), income: -int(amount)},
            value_on=day, booked_on=day, at=at,
            facts={**facts, "sha256": canonical_sha256(facts)},
        )  # fmt: skip
    return totals
