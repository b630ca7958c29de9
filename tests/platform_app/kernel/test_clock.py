"""Days are days in Shanghai; the clock can be told what time it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from platform_app.kernel import clock

MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # 2 March 00:00 in Shanghai
MICRO = timedelta(microseconds=1)


def test_the_day_turns_at_midnight_in_shanghai() -> None:
    assert clock.day_of(MIDNIGHT - MICRO) == date(2026, 3, 1)
    assert clock.day_of(MIDNIGHT) == date(2026, 3, 2)
    assert clock.moment_on(date(2026, 3, 2)) == MIDNIGHT
    assert clock.end_of(date(2026, 3, 1)) == MIDNIGHT
    assert clock.moment_on(date(2026, 3, 2), 10, 30) == MIDNIGHT + timedelta(hours=10, minutes=30)


def test_the_twenty_ninth_of_february() -> None:
    leap = date(2028, 2, 29)
    assert clock.day_of(clock.end_of(date(2028, 2, 28))) == leap
    assert clock.day_of(clock.end_of(leap) - MICRO) == leap
    assert clock.day_of(clock.end_of(leap)) == date(2028, 3, 1)
    assert clock.day_of(clock.end_of(date(2027, 2, 28))) == date(2027, 3, 1)


@time_machine.travel(MIDNIGHT - MICRO, tick=False)
def test_now_is_the_system_clock_with_a_zone() -> None:
    assert clock.now() == MIDNIGHT - MICRO
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.today() == date(2026, 3, 1)


def test_travels_nest_and_end() -> None:
    first, second = MIDNIGHT, MIDNIGHT + timedelta(days=400)
    with clock.travel(first):
        with clock.travel(second):
            assert (clock.now(), clock.today()) == (second, date(2027, 4, 6))
        assert (clock.now(), clock.today()) == (first, date(2026, 3, 2))
        with pytest.raises(RuntimeError), clock.travel(second):
            raise RuntimeError
        assert clock.now() == first
    with time_machine.travel(MIDNIGHT, tick=False):
        assert clock.now() == MIDNIGHT
