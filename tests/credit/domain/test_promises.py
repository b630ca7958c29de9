"""A promise is decided by what was paid between its making and the end of its last day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.promises import Payment, outcome, paid_within
from platform_app.kernel import clock

MADE_ON, BY = date(2026, 4, 10), date(2026, 4, 13)
MADE_AT = clock.moment_on(MADE_ON, 10)


def paid(on: date, hour: int, minute: int = 0, *, booked: date | None = None) -> int:
    payment = Payment(on, clock.moment_on(booked or on, hour, minute), 100)
    return paid_within([payment], made_at=MADE_AT, by_on=BY)


@pytest.mark.parametrize(
    ("on", "hour", "minute", "counted"),
    [
        (MADE_ON, 9, 59, 0),  # it had arrived before the promise
        (MADE_ON, 10, 0, 0),
        (MADE_ON, 10, 1, 100),
        (BY, 23, 59, 100),  # until 24:00
        (BY + timedelta(days=1), 0, 0, 0),
        (MADE_ON - timedelta(days=1), 23, 0, 0),
    ],
)
def test_the_edges_of_the_window(on: date, hour: int, minute: int, counted: int) -> None:
    assert paid(on, hour, minute) == counted


def test_money_booked_late_counts_by_its_value_date() -> None:
    assert paid(BY, 10, booked=BY + timedelta(days=2)) == 100
    assert paid(MADE_ON - timedelta(days=1), 12, booked=BY) == 0


@pytest.mark.parametrize(
    ("paid_minor", "on", "status"),
    [
        (99, BY, "open"),
        (100, BY, "kept"),
        (100, MADE_ON, "kept"),
        (99, BY + timedelta(days=1), "broken"),
        (100, BY + timedelta(days=9), "kept"),
        (0, MADE_ON, "open"),
    ],
)
def test_the_outcome(paid_minor: int, on: date, status: str) -> None:
    assert outcome(paid_minor, amount_minor=100, by_on=BY, on=on) == status


moments = st.datetimes(
    datetime(2026, 4, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    datetime(2026, 4, 30),  # noqa: DTZ001 -- as above
    timezones=st.just(clock.SHANGHAI),
)
payments = st.lists(
    st.builds(
        lambda moment, amount: Payment(clock.day_of(moment), moment, amount),
        moments,
        st.integers(1, 1_000),
    ),
    max_size=8,
)


@given(before=payments, more=payments, amount=st.integers(1, 3_000), days=st.integers(0, 20))
def test_more_money_never_breaks_a_promise(
    before: list[Payment], more: list[Payment], amount: int, days: int
) -> None:
    on = MADE_ON + timedelta(days=days)
    rank = {"broken": 0, "open": 1, "kept": 2}

    def judged(rows: list[Payment]) -> str:
        total = paid_within(rows, made_at=MADE_AT, by_on=BY)
        return outcome(total, amount_minor=amount, by_on=BY, on=on)

    assert rank[judged(before + more)] >= rank[judged(before)]
    assert judged(before) != "open" or on <= BY
