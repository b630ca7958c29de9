"""Promised answers in working time: nights, week-ends, holidays, made-up working days."""

from datetime import UTC, date, datetime

import pytest

from campaigns.domain.sla import (
    add_working,
    answer_by,
    latest_promise,
    urgency,
    working_minutes,
)
from campaigns.enums import TicketKind, Urgency
from platform_app.kernel import clock

# Spring Festival 2026: off from 15 to 23 February; the Saturdays before and after are worked.
OFF = {date(2026, 2, day) for day in range(15, 24)}
MADE_UP = {date(2026, 2, 14), date(2026, 2, 28)}


def is_workday(day: date) -> bool:
    return day in MADE_UP or (day not in OFF and day.weekday() < 5)


def on(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return clock.moment_on(date(2026, month, day), hour, minute)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        (on(2, 10), on(2, 14)),  # within the day
        (on(2, 9), on(2, 13)),
        (on(2, 14), on(2, 18)),  # to the last minute of it
        (on(2, 14, 1), on(3, 9, 1)),
        (on(2, 17, 30), on(3, 12, 30)),  # over the night
        (on(2, 3), on(2, 13)),  # before opening
        (on(2, 23), on(3, 13)),  # after closing
        (on(6, 17), on(9, 12)),  # Friday evening: over the week-end
        (on(7, 12), on(9, 13)),  # Saturday
        (on(13, 17, month=2), on(14, 12, month=2)),  # the Saturday before the festival is worked
        (on(14, 16, month=2), on(24, 11, month=2)),  # nine days off
        (on(20, 11, month=2), on(24, 13, month=2)),  # asked in the middle of them
    ],
)
def test_four_working_hours(asked: datetime, promised: datetime) -> None:
    assert answer_by(TicketKind.BILL, asked, is_workday) == promised
    assert working_minutes(asked, promised, is_workday) == 240


def test_each_kind_has_a_promise_and_a_browser_elsewhere_changes_nothing() -> None:
    monday = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10:00 in Shanghai
    assert {kind.value: answer_by(kind, monday, is_workday) for kind in TicketKind} == {
        "order": on(2, 12), "bill": on(2, 14), "application": on(2, 14), "other": on(2, 14),
        "account": on(3, 10), "complaint": on(3, 10),
    }  # fmt: skip


def test_amber_in_the_last_working_hour_and_red_from_the_moment_itself() -> None:
    due = on(3, 9, 30)
    seen = [
        urgency(due, now, is_workday)
        for now in (on(2, 17, 29), on(2, 17, 30), on(2, 23), on(3, 9, 29), due)
    ]
    assert seen == [Urgency.FINE, Urgency.SOON, Urgency.SOON, Urgency.SOON, Urgency.LATE]


def test_no_clock_runs_backwards() -> None:
    assert working_minutes(on(3, 10), on(2, 10), is_workday) == 0
    assert add_working(on(7, 10), 0, is_workday) == on(9, 9)


def test_a_promise_reaches_five_working_days() -> None:
    assert latest_promise(on(2, 10), is_workday) == on(9, 10)
