"""Working days, from the table of calendar days."""

import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db.models import Max, Min

from credit.models import CalendarDay
from credit.values import CalendarRow

FRIDAY = 4


def workday_test() -> Callable[[date], bool]:
    """A fast `is_workday(day)`. Days beyond the table follow the weekend, as a projection."""
    days_off, made_up = _exceptions(_age())

    def is_workday(day: date) -> bool:
        return day in made_up or (day not in days_off and day.weekday() <= FRIDAY)

    return is_workday


def workday_test_with(rows: Iterable[CalendarRow]) -> Callable[[date], bool]:
    """`is_workday(day)` as it would be with these rows applied over the table."""
    proposed = {row.on: row.is_workday for row in rows}
    known = workday_test()

    def is_workday(day: date) -> bool:
        found = proposed.get(day)
        return known(day) if found is None else found

    return is_workday


def forget_calendar() -> None:
    """Read the table again at the next use (after an import)."""
    _exceptions.cache_clear()


def years_known() -> tuple[int, int]:
    """The first and the last year of the table."""
    ends = CalendarDay.objects.aggregate(first=Min("on"), last=Max("on"))
    return ends["first"].year, ends["last"].year


def calendar_days(year: int) -> dict[date, CalendarDay]:
    """The table's days of one year."""
    rows = CalendarDay.objects.filter(on__year=year).order_by("on")
    return {row.on: row for row in rows}


def _age() -> int:
    """Another number every CALENDAR_REFRESH_SECONDS: other processes learn of an import by it."""
    period = int(settings.CALENDAR_REFRESH_SECONDS)
    return int(time.monotonic() / period) if period else 0


@lru_cache(maxsize=1)
def _exceptions(_age: int) -> tuple[frozenset[date], frozenset[date]]:
    rows = CalendarDay.objects.values_list("on", "is_workday")
    off = frozenset(on for on, is_workday in rows if not is_workday)
    made_up = frozenset(on for on, is_workday in rows if is_workday and on.weekday() > FRIDAY)
    return off, made_up
