"""The only reader of the system clock.

Business days are days in Asia/Shanghai: a due day ends at 24:00 there, wherever a browser is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_virtual: ContextVar[datetime | None] = ContextVar("virtual_now", default=None)
# What `_virtual` was when a sandbox's clock took over; None while none has.
_before: ContextVar[tuple[datetime | None] | None] = ContextVar("before_sandbox", default=None)


def now() -> datetime:
    """The present moment, timezone-aware: the virtual one inside `travel`, else the real one."""
    return _virtual.get() or datetime.now(UTC)  # noqa: TID251 -- the one place that may


def machine_now() -> datetime:
    """The moment for leases, retries and logins: `now()` as if no sandbox's clock were set."""
    held = _before.get()
    return now() if held is None else held[0] or datetime.now(UTC)  # noqa: TID251 -- see `now`


def today() -> date:
    """The calendar day in Shanghai."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The Shanghai day a moment falls on."""
    return moment.astimezone(SHANGHAI).date()


def moment_on(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A Shanghai wall-clock moment on `day`."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def end_of(day: date) -> datetime:
    """24:00 in Shanghai: the first moment that is no longer `day`."""
    return moment_on(day + timedelta(days=1))


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` for this context (replay, sandbox test clocks, tests)."""
    token = _virtual.set(moment)
    try:
        yield
    finally:
        _virtual.reset(token)


@contextmanager
def sandbox_time(moment: datetime | None) -> Iterator[None]:
    """Let `now()` answer a sandbox's clock; with None, leave the clock that is set."""
    held = _before.get() or (_virtual.get(),)
    token = _virtual.set(held[0] if moment is None else moment)
    before = _before.set(None if moment is None else held)
    try:
        yield
    finally:
        _before.reset(before)
        _virtual.reset(token)
