"""What the service desk promises, in working time: 09:00 to 18:00 of working days in Shanghai."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from campaigns.enums import TicketKind, Urgency
from platform_app.kernel import clock

OPENS_HOUR: Final = 9
CLOSES_HOUR: Final = 18
# Minutes of working time until the merchant has an answer.
ANSWER_MINUTES: Final[Mapping[str, int]] = {
    TicketKind.ORDER: 2 * 60,
    TicketKind.BILL: 4 * 60,
    TicketKind.APPLICATION: 4 * 60,
    TicketKind.OTHER: 4 * 60,
    TicketKind.ACCOUNT: 9 * 60,
    TicketKind.COMPLAINT: 9 * 60,
}
SOON_MINUTES: Final = 60
REOPEN_DAYS: Final = 7
# How far ahead a new moment may be promised when an answer takes longer.
PROMISE_DAYS: Final = 5

IsWorkday = Callable[[date], bool]


def answer_by(kind: str, asked_at: datetime, is_workday: IsWorkday) -> datetime:
    """The moment by which a question of this kind is answered."""
    return add_working(asked_at, ANSWER_MINUTES[kind], is_workday)


def add_working(start: datetime, minutes: int, is_workday: IsWorkday) -> datetime:
    """The moment `minutes` of working time after `start`. Outside working time no clock runs."""
    left, day = timedelta(minutes=minutes), clock.day_of(start)
    while True:
        begins, ends = _open_on(day, is_workday)
        begins = max(begins, start)
        if begins < ends:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        day += timedelta(days=1)


def working_minutes(start: datetime, end: datetime, is_workday: IsWorkday) -> int:
    """Whole minutes of working time between two moments, 0 when `end` is not after `start`."""
    total, day = timedelta(), clock.day_of(start)
    while day <= clock.day_of(end):
        begins, ends = _open_on(day, is_workday)
        total += max(timedelta(), min(ends, end) - max(begins, start))
        day += timedelta(days=1)
    return total // timedelta(minutes=1)


def urgency(due_at: datetime, now: datetime, is_workday: IsWorkday) -> Urgency:
    """Late from the promised moment on, soon in the last working hour before it."""
    if now >= due_at:
        return Urgency.LATE
    left = working_minutes(now, due_at, is_workday)
    return Urgency.SOON if left <= SOON_MINUTES else Urgency.FINE


def latest_promise(now: datetime, is_workday: IsWorkday) -> datetime:
    """The last moment a delayed answer may be promised for."""
    return add_working(now, PROMISE_DAYS * (CLOSES_HOUR - OPENS_HOUR) * 60, is_workday)


def _open_on(day: date, is_workday: IsWorkday) -> tuple[datetime, datetime]:
    """The working time of a day; on a day off it is empty."""
    begins = clock.moment_on(day, OPENS_HOUR)
    return begins, clock.moment_on(day, CLOSES_HOUR) if is_workday(day) else begins
