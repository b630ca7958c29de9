"""When a reviewer has to have answered, and how near that is."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from platform_app.kernel import clock

ANSWER_HOUR: Final = 18
SOON: Final = timedelta(hours=4)
# How long after a refusal a merchant may ask for a person's look.
REQUEST_DAYS: Final = 30


class Urgency(StrEnum):
    """How a review stands against its due moment."""

    FINE = "fine"
    SOON = "soon"
    LATE = "late"


def answer_by(opened_at: datetime, is_workday: Callable[[date], bool]) -> datetime:
    """Six in the evening of the first working day after it was opened."""
    on = clock.day_of(opened_at) + timedelta(days=1)
    while not is_workday(on):
        on += timedelta(days=1)
    return clock.moment_on(on, ANSWER_HOUR)


def urgency(due_at: datetime, now: datetime) -> Urgency:
    """Late from the due moment on, soon in the four hours before."""
    if now >= due_at:
        return Urgency.LATE
    return Urgency.SOON if now >= due_at - SOON else Urgency.FINE
