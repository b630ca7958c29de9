"""The times at which merchants can be called back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from platform_app.kernel import clock

SLOT_HOURS: Final = 2
START_HOURS: Final = (10, 14, 16)
DAYS_AHEAD: Final = 5
# Calls one slot holds, until the desk says otherwise for a day.
CAPACITY: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Two hours of one working day."""

    on: date
    hour: int

    @property
    def starts_at(self) -> datetime:
        return clock.moment_on(self.on, self.hour)

    @property
    def ends_at(self) -> datetime:
        return clock.moment_on(self.on, self.hour + SLOT_HOURS)

    @property
    def words(self) -> str:
        return f"{self.hour:02d}:00–{self.hour + SLOT_HOURS:02d}:00"


def offered(now: datetime, is_workday: Callable[[date], bool]) -> list[Slot]:
    """The slots of the next five working days that have not begun, today's included."""
    found: list[Slot] = []
    day = clock.day_of(now)
    while len({slot.on for slot in found}) < DAYS_AHEAD:
        if is_workday(day):
            found += [
                one for one in (Slot(day, hour) for hour in START_HOURS) if one.starts_at > now
            ]
        day += timedelta(days=1)
    return found
