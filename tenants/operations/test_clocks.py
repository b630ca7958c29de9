"""Setting a sandbox's clock, and saying where it shall go; a worker walks it there.

What the clock shows is on the tenant's row: `clock_at`, and when it was set. The clock's own row
says where it is going. Lock order: the clock, then the tenant.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from platform_app.kernel import audit, clock, events, jobs
from platform_app.kernel.scope import current_tenant_id
from tenants.domain.words import one_line
from tenants.enums import ClockStatus, TenantMode
from tenants.errors import ClockAdvancing, ClockBackwards, ClockExists, ClockTooFar, TestOnly
from tenants.models import Tenant, TestClock
from tenants.queries.sandboxes import clock_by_id

MOST_DAYS: Final = 62


@transaction.atomic
def create_clock(*, name: str, frozen_time: datetime | None, actor: str) -> TestClock:
    """Give the open scope's sandbox a clock, which takes its day out of real time for good.

    It shows the present moment; asked for a later one, it is advanced there. Raises TestOnly on a
    live platform, ClockExists, ClockBackwards, ClockTooFar, Invalid (name).
    """
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    if tenant.mode != TenantMode.TEST:
        raise TestOnly
    if TestClock.objects.exists():
        raise ClockExists
    start = clock.machine_now()
    row = TestClock(name=one_line(name, field="name", longest=80), started_at=start)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ClockExists from None
    tenant.clock_at = tenant.clock_set_at = start
    tenant.is_virtual = True
    tenant.save(update_fields=["clock_at", "clock_set_at", "is_virtual"])
    _note("create", row, actor=actor, at=start)
    if frozen_time is not None:
        _check_way(start, frozen_time)
        _set_out(row, frozen_time)
    return row


@transaction.atomic
def request_advance(*, clock_id: str, to: datetime, actor: str) -> TestClock:
    """Have the clock walked to `to`, doing every day's work on the way; a failed one goes on so.

    Asking again for where it is going changes nothing. Raises TestOnly, ClockNotFound,
    ClockAdvancing, ClockBackwards, ClockTooFar.
    """
    row = _locked(clock_id)
    if row.status == ClockStatus.ADVANCING:
        if row.advance_to == to:
            return row
        raise ClockAdvancing
    now = Tenant.objects.get(pk=current_tenant_id()).running.moment() or clock.now()
    _check_way(now, to)
    _note("advance", row, actor=actor, at=now, to=to.isoformat())
    _set_out(row, to)
    return row


def move_clock(*, clock_id: str, expected: datetime, to: datetime) -> bool:
    """Set the clock to `to` if it still stands at `expected`; another worker may have moved it.

    Both rows in one transaction, so that what a request sees and what is reported agree.
    """
    with transaction.atomic():
        row = _locked(clock_id)
        moved = Tenant.objects.filter(pk=row.tenant_id, clock_at=expected).update(
            clock_at=to, clock_set_at=clock.machine_now()
        )
        if moved:
            row.worked_at = clock.machine_now()
            row.version += 1
            row.save(update_fields=["worked_at", "version"])
    return bool(moved)


@transaction.atomic
def arrive(*, clock_id: str) -> TestClock:
    """The clock is where it was sent: ready."""
    row = _locked(clock_id)
    at = row.advance_to
    if row.status == ClockStatus.ADVANCING and at is not None:
        row.status, row.advance_to, row.error = ClockStatus.READY, None, ""
        _save(row)
        events.record(
            "tenants.test_clock.ready", subject=row.id, actor="system:sandbox", at=at,
            props={"version": row.version},
        )  # fmt: skip
    return row


@transaction.atomic
def fail(*, clock_id: str, error: str) -> TestClock:
    """A day's work failed: the clock stands still and says why; advancing it again tries again."""
    row = _locked(clock_id)
    if row.status == ClockStatus.ADVANCING:
        row.status, row.error = ClockStatus.FAILED, error[:500]
        _save(row)
    return row


def _check_way(now: datetime, to: datetime) -> None:
    if to < now:
        raise ClockBackwards(field="to", now=now.astimezone(clock.SHANGHAI).isoformat())
    if to - now > timedelta(days=MOST_DAYS):
        raise ClockTooFar(field="to", most_days=MOST_DAYS)


def _set_out(row: TestClock, to: datetime) -> None:
    row.status, row.advance_to, row.error = ClockStatus.ADVANCING, to, ""
    row.worked_at = clock.machine_now()
    _save(row)
    jobs.enqueue("analytics.advance_test_clock", tenant_id=row.tenant_id, clock_id=row.id)


def _save(row: TestClock) -> None:
    row.version += 1
    row.save(update_fields=["status", "advance_to", "error", "worked_at", "version"])


def _locked(clock_id: str) -> TestClock:
    row: TestClock = TestClock.objects.select_for_update().get(pk=clock_by_id(clock_id).pk)
    if Tenant.objects.values_list("mode", flat=True).get(pk=row.tenant_id) != TenantMode.TEST:
        raise TestOnly
    return row


def _note(what: str, row: TestClock, *, actor: str, at: datetime, **after: str) -> None:
    audit.record(
        actor=actor, action=f"tenants.test_clock.{what}", subject=row.id, at=at,
        after={"name": row.name, **after},
    )  # fmt: skip
