"""The calendar as it is shipped: 2026 to the day, 2027 and after as projections."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from holidays import country_holidays

from credit.models import CalendarDay
from credit.queries.calendar import calendar_days, workday_test, years_known

pytestmark = pytest.mark.django_db

# 国办发明电〔2025〕7号, read from the notice.
MAKE_UP_2026 = [
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20),
    date(2026, 10, 10),
]  # fmt: skip
DAYS_OFF_2026 = [
    *(date(2026, 1, day) for day in (1, 2, 3)),
    *(date(2026, 2, day) for day in range(15, 24)),
    *(date(2026, 4, day) for day in (4, 5, 6)),
    *(date(2026, 5, day) for day in range(1, 6)),
    *(date(2026, 6, day) for day in (19, 20, 21)),
    *(date(2026, 9, day) for day in (25, 26, 27)),
    *(date(2026, 10, day) for day in range(1, 8)),
]
SPRING = {
    2027: date(2027, 2, 5), 2028: date(2028, 1, 25), 2029: date(2029, 2, 12),
    2030: date(2030, 2, 2),
}  # fmt: skip


def every_day(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_make_up_days_of_2026_are_those_of_the_notice() -> None:
    is_workday = workday_test()
    weekends = [day for day in every_day(2026) if day.weekday() >= 5]
    assert [day for day in weekends if is_workday(day)] == MAKE_UP_2026


def test_the_days_off_of_2026_are_those_of_the_notice_and_the_weekends() -> None:
    is_workday = workday_test()
    off = [day for day in every_day(2026) if not is_workday(day)]
    weekends = {day for day in every_day(2026) if day.weekday() >= 5} - set(MAKE_UP_2026)
    assert off == sorted({*DAYS_OFF_2026, *weekends})
    assert len(off) == 117
    rows = CalendarDay.objects.filter(on__year=2026).values_list("is_projected", "notice_no")
    assert set(rows) == {(False, "国办发明电〔2025〕7号")}


def test_2026_agrees_with_two_independent_calendars() -> None:
    is_workday = workday_test()
    china = country_holidays("CN", years=2026)
    for day in every_day(2026):
        assert is_workday(day) == chinese_calendar.is_workday(day), day
        assert is_workday(day) == china.is_working_day(day), day


def test_the_past_agrees_with_its_source() -> None:
    is_workday = workday_test()
    for year in range(2004, 2026):
        for day in every_day(year):
            assert is_workday(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", [2027, 2028, 2029, 2030])
def test_later_years_are_projected_by_weekends_and_statutory_days(year: int) -> None:
    statutory = {
        day
        for day, name in country_holidays("CN", years=year).items()
        if "observed" not in name and "substituted" not in name
    }
    days = calendar_days(year)
    assert list(days) == every_day(year)
    assert {day for day, row in days.items() if row.kind} == statutory
    assert len(statutory) == (12 if year == 2028 else 13)  # in 2028 two of them fall on one day
    assert SPRING[year] in statutory
    for day, row in days.items():
        assert row.is_workday == (day.weekday() < 5 and day not in statutory), day
        assert (row.source, row.is_projected, row.notice_no) == ("projection", True, "")


def test_beyond_the_table_the_weekend_decides() -> None:
    assert years_known() == (2004, 2030)
    is_workday = workday_test()
    assert is_workday(date(2031, 1, 1))
    assert not is_workday(date(2031, 1, 4))
