"""Where a test clock stops on its way: the hours at which a day's work is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from platform_app.kernel import clock


class Work(Enum):
    """What is done at a stop, besides what goes on all day."""

    NIGHT = "night"
    MORNING = "morning"
    ERRANDS = "errands"


@dataclass(frozen=True, slots=True)
class Stop:
    at: datetime
    work: Work


# Shanghai time, in the order of the schedule: after the close at five past, before the calls.
HOURS: Final = ((0, 5, Work.NIGHT), (9, 0, Work.MORNING))


def stops(after: datetime, to: datetime) -> Iterator[Stop]:
    """Every stop after a moment up to `to`, and `to` itself; the same moments in however many
    calls the way is gone."""
    day = clock.day_of(after)
    while clock.moment_on(day) <= to:
        for hour, minute, work in HOURS:
            at = clock.moment_on(day, hour, minute)
            if after < at <= to:
                yield Stop(at, work)
        day += timedelta(days=1)
    if not any((to == clock.moment_on(clock.day_of(to), h, m)) for h, m, _ in HOURS):
        yield Stop(to, Work.ERRANDS)


def work_at(moment: datetime) -> Work:
    """What is done at a moment, which may be a stop: a walk that was killed there does it again."""
    local = moment.astimezone(clock.SHANGHAI)
    exact = local.second == local.microsecond == 0
    found = [work for h, m, work in HOURS if exact and (local.hour, local.minute) == (h, m)]
    return found[0] if found else Work.ERRANDS
