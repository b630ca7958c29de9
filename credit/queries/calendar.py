"""Working days, from the table of calendar days."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from credit.models import CalendarDay


def workday_test() -> Callable[[date], bool]:
    """A fast `is_workday(day)`. Days beyond the table follow the weekend, as a projection."""
    days_off, made_up = _exceptions()

    def is_workday(day: date) -> bool:
        return day in made_up or (day not in days_off and day.weekday() < 5)  # noqa: PLR2004

    return is_workday


@lru_cache(maxsize=1)
def _exceptions() -> tuple[frozenset[date], frozenset[date]]:
    rows = CalendarDay.objects.values_list("on", "is_workday")
    off = frozenset(on for on, is_workday in rows if not is_workday)
    made_up = frozenset(on for on, is_workday in rows if is_workday and on.weekday() >= 5)  # noqa: PLR2004
    return off, made_up


def forget_calendar() -> None:
    """Read the table again at the next use (after an import)."""
    _exceptions.cache_clear()
