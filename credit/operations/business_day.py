"""The daily close: a day on which nothing happens to a drawdown writes nothing for it.

1. Flip: the day becomes *closing* and the next one opens at once, so the business never waits.
2. Expired holds, each in a transaction of its own; temporary limits that begin or end. Then the
   work in buckets, each one transaction: rows that fell due, grace that ended, the day's accrual
   as one aggregate per funding source, product and kind.
3. Prove: the settlement batch is locked and the invariants run as SQL; only when all hold, and no
   drawdown was left behind without a signature, does the day become *closed*.

Killed anywhere and started again, it ends the same: each step is one transaction, and a day that
is still *closing* is finished first.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import chain

from django.db import transaction

from credit.domain.terms import canonical_sha256
from credit.enums import CloseExceptionStatus, DayStatus, HoldStatus
from credit.errors import BooksDoNotBalance, DayNotOver, ExceptionsOpen, NoBusinessDay
from credit.models import BusinessDay, CloseBucket, CloseException, Hold
from credit.operations.close_buckets import buckets_for, cut_buckets, work_buckets
from credit.operations.drawdowns import expire_hold
from credit.operations.settlements import lock_settlements
from credit.operations.snapshots import take_balances
from credit.operations.temporary_limits import refresh_limits
from credit.queries.proofs import nightly_checks
from platform_app.kernel import clock, events, locks
from platform_app.kernel.scope import current_tenant_id


def close_day(*, at: datetime) -> BusinessDay:
    """Close the tenant's open business day, after finishing any that was left *closing*.

    Raises DayNotOver before 24:00 Shanghai time; BooksDoNotBalance when a check fails and
    ExceptionsOpen when a drawdown was left behind (the day then stays *closing*, the next day is
    open, and the close can be run again).
    """
    *left, day = _days_at_work()
    for one in left:
        _finish(one, at)
    if day.status != DayStatus.OPEN:
        raise NoBusinessDay
    if at < clock.end_of(day.on):
        raise DayNotOver(on=day.on.isoformat())
    _flip(day)
    return _finish(day, at)


def finish_closing_days(*, at: datetime) -> None:
    """Work and prove every day that is *closing*, in order."""
    for day in BusinessDay.objects.filter(status=DayStatus.CLOSING).order_by("on"):
        _finish(day, at)


def _days_at_work() -> list[BusinessDay]:
    """The days left *closing*, in order, and the open one. Raises NoBusinessDay."""
    days = list(BusinessDay.objects.exclude(status=DayStatus.CLOSED).order_by("on"))
    if not days:
        raise NoBusinessDay
    return days


def _finish(day: BusinessDay, at: datetime) -> BusinessDay:
    _expire_holds(day.on, at)
    refresh_limits(day=day.on + timedelta(days=1), at=at)  # it locks lines: never after drawdowns
    work_buckets(day, at=at)
    return _prove(day, at)


@transaction.atomic
def _flip(day: BusinessDay) -> None:
    locks.hold(locks.LockSpace.BUSINESS_DAY, current_tenant_id())
    day.status, day.bucket_count = DayStatus.CLOSING, buckets_for(day.on)
    changed = BusinessDay.objects.filter(pk=day.pk, status=DayStatus.OPEN).update(
        status=day.status, bucket_count=day.bucket_count
    )
    if changed:
        cut_buckets(day)
        BusinessDay.objects.create(on=day.on + timedelta(days=1))
    else:
        day.refresh_from_db()


@transaction.atomic
def _prove(day: BusinessDay, at: datetime) -> BusinessDay:
    locked = BusinessDay.objects.select_for_update().get(pk=day.pk)
    buckets = list(CloseBucket.objects.filter(business_day=day).order_by("no"))
    if locked.status == DayStatus.CLOSED or any(b.closed_at is None for b in buckets):
        return locked  # another worker was, or still is, at it
    lock_settlements(captured_on=locked.on, at=at)
    take_balances(locked.on)
    earned: Counter[tuple[str, str]] = Counter()
    for source_id, kind, amount in chain.from_iterable(bucket.earned for bucket in buckets):
        earned[source_id, kind] += amount
    checks = nightly_checks(accrued_through=locked.on + timedelta(days=1), earned=earned)
    failed = [name for name, problem in checks.items() if problem]
    if failed:
        raise BooksDoNotBalance(on=locked.on.isoformat(), failed=", ".join(failed))
    left = CloseException.objects.filter(status=CloseExceptionStatus.OPEN).count()
    if left:
        raise ExceptionsOpen(on=locked.on.isoformat(), count=left)
    accrued = {
        kind: sum(bucket.accrued.get(kind, 0) for bucket in buckets)
        for kind in ("interest", "penalty", "subsidy")
    }
    locked.status = DayStatus.CLOSED
    locked.closed_at = at
    locked.event_count = sum(bucket.touched_count for bucket in buckets)
    locked.accrued_interest_minor = accrued["interest"]
    locked.accrued_penalty_minor = accrued["penalty"]
    locked.checks = {"passed": sorted(checks)}
    locked.sha256 = canonical_sha256(
        [locked.on.isoformat(), [bucket.sha256 for bucket in buckets], accrued, sorted(checks)]
    )
    locked.save()
    events.record(
        "credit.day.closed", subject=locked.id, actor="system:close", at=at,
        props={"on": locked.on.isoformat(), **{f"{k}_minor": v for k, v in accrued.items()}},
    )  # fmt: skip
    return locked


def _expire_holds(day: date, at: datetime) -> None:
    """Each in a transaction of its own: one that held a bucket may not wait for the next line."""
    ended = Hold.objects.filter(
        status__in=[HoldStatus.HELD, HoldStatus.PART_CAPTURED], expires_on__lte=day
    )
    for drawdown_id in list(ended.order_by("drawdown_id").values_list("drawdown", flat=True)):
        expire_hold(drawdown_id=drawdown_id, at=at)
