"""Times to be called: five working days, only what has not begun."""

from datetime import date

from campaigns.domain.slots import Slot, offered
from platform_app.kernel import clock


def is_workday(day: date) -> bool:
    return day.weekday() < 5


def test_the_rest_of_today_and_four_more_working_days() -> None:
    found = offered(clock.moment_on(date(2026, 3, 5), 14), is_workday)
    assert found[0] == Slot(date(2026, 3, 5), 16)
    assert {slot.on.day for slot in found} == {5, 6, 9, 10, 11}
    assert len(found) == 13


def test_an_evening_offers_five_whole_days() -> None:
    found = offered(clock.moment_on(date(2026, 3, 6), 17), is_workday)
    assert {slot.on.day for slot in found} == {9, 10, 11, 12, 13}
    assert found[0].words == "10:00–12:00"
    assert found[0].starts_at == clock.moment_on(date(2026, 3, 9), 10)
    assert found[0].ends_at == clock.moment_on(date(2026, 3, 9), 12)
