"""Repayment plans: known plans to the fen, and the laws that every plan obeys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.amortization import ScheduleRow, schedule
from credit.domain.interest import (
    DayCount,
    InterestFrom,
    InterestOnShift,
    InterestPeriod,
    LeapDay,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
    add_periods,
)
from credit.domain.schedule_terms import Method, ScheduleTerms

TERMS = ScheduleTerms(
    method=Method.EQUAL_INSTALLMENT,
    annual_rate=Decimal("0.12"),
    installments=3,
    every=1,
    unit=PeriodUnit.MONTH,
    day_count=DayCount.THIRTY_360,
    interest_period=InterestPeriod.DAILY,
    rounding=Rounding.HALF_UP,
)
DRAWN_ON = date(2026, 1, 31)


def parts(rows: tuple[ScheduleRow, ...]) -> list[tuple[int, int, int]]:
    return [(row.principal_minor, row.interest_minor, row.balance_minor) for row in rows]


def plan(terms: ScheduleTerms, principal_minor: int = 100_000) -> list[tuple[int, int, int]]:
    return parts(schedule(terms, principal_minor=principal_minor, drawn_on=DRAWN_ON))


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


# known plans


def test_a_row_says_where_interest_starts_and_when_it_is_due() -> None:
    rows = schedule(TERMS, principal_minor=100_000, drawn_on=DRAWN_ON)
    february, march = date(2026, 2, 28), date(2026, 3, 31)
    assert rows[0] == ScheduleRow(1, DRAWN_ON, february, february, 33_002, 1_000, 66_998)
    assert rows[1] == ScheduleRow(2, february, march, march, 33_332, 670, 33_666)
    assert rows[1].total_minor == 34_002
    assert rows[2].due_on == date(2026, 4, 30)
    assert (rows[2].principal_minor, rows[2].interest_minor) == (33_666, 337)


def test_equal_principal() -> None:
    assert plan(replace(TERMS, method=Method.EQUAL_PRINCIPAL)) == [
        (33_333, 1_000, 66_667),
        (33_333, 667, 33_334),
        (33_334, 333, 0),
    ]


def test_interest_first() -> None:
    assert plan(replace(TERMS, method=Method.INTEREST_FIRST)) == [
        (0, 1_000, 100_000),
        (0, 1_000, 100_000),
        (100_000, 1_000, 0),
    ]


def test_bullet_is_one_row_at_maturity() -> None:
    terms = replace(TERMS, method=Method.BULLET, installments=1, every=3)
    assert schedule(terms, principal_minor=100_000, drawn_on=DRAWN_ON) == (
        ScheduleRow(1, DRAWN_ON, date(2026, 4, 30), date(2026, 4, 30), 100_000, 3_000, 0),
    )


def test_bullet_of_thirty_days_by_daily_rate() -> None:
    terms = replace(
        TERMS,
        method=Method.BULLET,
        installments=1,
        every=30,
        unit=PeriodUnit.DAY,
        day_count=DayCount.ACT_365,
        annual_rate=Decimal("0.1825"),
    )
    assert plan(terms, 1_000_000) == [(1_000_000, 15_000, 0)]


def test_flat_rounds_the_interest_of_the_term_once() -> None:
    terms = replace(
        TERMS,
        method=Method.FLAT,
        annual_rate=Decimal("0.1"),
        interest_period=InterestPeriod.PER_PERIOD,
    )
    # 25.00 in all, not three times 8.33
    assert plan(terms) == [(33_334, 833, 66_666), (33_334, 833, 33_332), (33_332, 834, 0)]


def test_flat_interest_smaller_than_its_rows_never_goes_below_zero() -> None:
    terms = replace(
        TERMS,
        method=Method.FLAT,
        annual_rate=Decimal("0.0072"),
        installments=5,
        interest_period=InterestPeriod.PER_PERIOD,
    )
    assert [interest for _, interest, _ in plan(terms, 1_000)] == [1, 1, 1, 0, 0]


def test_half_up_and_half_even_differ_on_the_tie() -> None:
    terms = replace(TERMS, method=Method.EQUAL_PRINCIPAL, annual_rate=Decimal(0), installments=2)
    assert plan(terms, 5) == [(3, 0, 2), (2, 0, 0)]
    assert plan(replace(terms, rounding=Rounding.HALF_EVEN), 5) == [(2, 0, 3), (3, 0, 0)]


def test_the_down_payment_is_a_row_of_its_own_on_day_zero() -> None:
    terms = replace(TERMS, down_payment=Decimal("0.25"), annual_rate=Decimal(0))
    rows = schedule(terms, principal_minor=48_758, drawn_on=DRAWN_ON)
    assert rows[0] == ScheduleRow(0, DRAWN_ON, DRAWN_ON, DRAWN_ON, 12_190, 0, 36_568)
    assert parts(rows[1:]) == [(12_189, 0, 24_379), (12_189, 0, 12_190), (12_190, 0, 0)]


def test_the_level_is_rounded_to_the_multiple_unless_that_gives_nothing() -> None:
    terms = replace(TERMS, installment_multiple_minor=100, annual_rate=Decimal(0))
    assert plan(terms) == [(33_300, 0, 66_700), (33_300, 0, 33_400), (33_400, 0, 0)]
    assert plan(terms, 40) == [(13, 0, 27), (13, 0, 14), (14, 0, 0)]


@pytest.mark.parametrize(
    ("method", "first", "last"),
    [
        (Method.EQUAL_PRINCIPAL, 25_333, 16_012),
        (Method.FLAT, 25_333, 25_353),
        (Method.EQUAL_INSTALLMENT, 20_000, 112_471),  # not too coarse: 211 yuan rounded down
    ],
)
def test_a_multiple_too_coarse_for_the_amount_eats_no_row(
    method: Method, first: int, last: int
) -> None:
    # 9,500 yuan in sixty parts of 158: rounded up to 200 they would be forty-eight
    terms = replace(TERMS, method=method, annual_rate=Decimal("0.12"), installments=60)
    rows = schedule(
        replace(terms, installment_multiple_minor=10_000), principal_minor=950_000,
        drawn_on=DRAWN_ON,
    )  # fmt: skip
    assert (len(rows), rows[0].total_minor, rows[-1].total_minor) == (60, first, last)
    assert min(row.total_minor for row in rows) > 0


def test_a_nearer_level_is_not_tried_where_it_would_eat_the_last_row() -> None:
    terms = replace(TERMS, annual_rate=Decimal("0.15"), installments=56)
    rows = schedule(
        replace(terms, installment_multiple_minor=10_000), principal_minor=1_000_000,
        drawn_on=DRAWN_ON,
    )  # fmt: skip
    assert len(rows) == 56
    assert {row.total_minor for row in rows[:-1]} == {20_000}
    assert rows[-1].principal_minor > 0


def test_interest_above_the_level_waits_for_the_next_row() -> None:
    # a level of 12.39 is rounded to 10 yuan, below the 12 yuan that each month earns
    terms = replace(
        TERMS,
        annual_rate=Decimal(12),
        installments=5,
        interest_period=InterestPeriod.PER_PERIOD,
        installment_multiple_minor=1_000,
    )
    assert plan(terms, 1_200) == [(0, 1_000, 1_200)] * 4 + [(1_200, 2_000, 0)]


def test_the_level_is_retried_while_the_last_row_is_far_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # six rows allow a difference of three fen; the first level, 84.91, leaves four
    terms = replace(TERMS, annual_rate=Decimal("0.36"), installments=6)
    rows = schedule(terms, principal_minor=46_000, drawn_on=DRAWN_ON)
    assert [row.total_minor for row in rows] == [8_492] * 5 + [8_489]
    monkeypatch.setattr("credit.domain.amortization.LEVEL_RETRIES", 0)
    rows = schedule(terms, principal_minor=46_000, drawn_on=DRAWN_ON)
    assert [row.total_minor for row in rows] == [8_491] * 5 + [8_495]


def test_a_retry_that_does_not_shrink_the_difference_is_dropped() -> None:
    terms = replace(TERMS, annual_rate=Decimal("0.36"), installments=12)
    terms = replace(terms, installment_multiple_minor=100)
    rows = schedule(terms, principal_minor=39_000, drawn_on=DRAWN_ON)
    assert [row.total_minor for row in rows] == [3_900] * 11 + [4_155]


def test_a_fixed_length_sets_the_last_due_date() -> None:
    terms = replace(
        TERMS, unit=PeriodUnit.DAY, every=15, fixed_length=40, day_count=DayCount.ACT_360
    )
    rows = schedule(terms, principal_minor=75_000, drawn_on=date(2024, 2, 1))
    assert [row.due_on for row in rows] == [
        date(2024, 2, 16),
        date(2024, 3, 2),
        date(2024, 3, 12),
    ]
    last = replace(terms, method=Method.INTEREST_FIRST)
    rows = schedule(last, principal_minor=75_000, drawn_on=date(2024, 2, 1))
    assert [row.interest_minor for row in rows] == [375, 375, 250]


def test_interest_free_days() -> None:
    terms = replace(TERMS, method=Method.INTEREST_FIRST, day_count=DayCount.ACT_365)
    assert [i for _, i, _ in plan(replace(terms, annual_rate=Decimal("0.365")))] == [
        2_800,
        3_100,
        3_000,
    ]
    assert [
        i for _, i, _ in plan(replace(terms, annual_rate=Decimal("0.365"), interest_free_days=30))
    ] == [0, 2_900, 3_000]


# working days


def shifted(
    interest_on_shift: InterestOnShift = InterestOnShift.WAIVE,
    signed_due_on: tuple[date, ...] | None = None,
    is_workday: Callable[[date], bool] = is_weekday,
) -> tuple[ScheduleRow, ...]:
    return schedule(
        replace(TERMS, method=Method.INTEREST_FIRST, day_count=DayCount.ACT_360),
        principal_minor=3_000_000,
        drawn_on=DRAWN_ON,
        is_workday=is_workday,
        working_day_rule=WorkingDayRule.FOLLOWING,
        interest_on_shift=interest_on_shift,
        signed_due_on=signed_due_on,
    )


def test_a_shift_moves_the_due_date_only() -> None:
    rows = shifted()
    assert [(row.seed_due_on, row.due_on) for row in rows] == [
        (date(2026, 2, 28), date(2026, 3, 2)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 30), date(2026, 4, 30)),
    ]
    assert [row.start_on for row in rows] == [DRAWN_ON, date(2026, 2, 28), date(2026, 3, 31)]
    assert [row.interest_minor for row in rows] == [28_000, 31_000, 30_000]


def test_shifted_days_bear_interest_where_the_product_says_so() -> None:
    rows = shifted(InterestOnShift.ACCRUE)
    assert [row.start_on for row in rows] == [DRAWN_ON, date(2026, 3, 2), date(2026, 3, 31)]
    assert [row.interest_minor for row in rows] == [30_000, 29_000, 30_000]


def test_no_row_falls_due_before_the_drawdown() -> None:
    daily = replace(TERMS, unit=PeriodUnit.DAY, day_count=DayCount.ACT_365)
    rows = schedule(
        daily,
        principal_minor=100_000,
        drawn_on=date(2026, 5, 30),
        is_workday=is_weekday,
        working_day_rule=WorkingDayRule.MODIFIED_FOLLOWING,
        interest_on_shift=InterestOnShift.ACCRUE,
    )
    assert [row.due_on.day for row in rows] == [1, 1, 2]


def test_a_signed_due_date_stays_when_the_calendar_frees_its_seed() -> None:
    signed = tuple(row.due_on for row in shifted())
    rows = shifted(signed_due_on=signed, is_workday=lambda _: True)
    assert rows[0].due_on == date(2026, 3, 2)


# refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"installments": 0}, "at least one installment"),
        ({"every": 0}, "at least one installment"),
        ({"method": Method.BULLET}, "a bullet has one installment"),
        ({"annual_rate": Decimal("-0.01")}, "annual rate"),
        ({"annual_rate": Decimal("NaN")}, "annual rate"),
        ({"down_payment": Decimal(1)}, "down payment"),
        ({"installment_multiple_minor": 0}, "installment multiple"),
        ({"fixed_length": 2}, "fixed length"),
        ({"interest_free_days": -1}, "interest-free days"),
    ],
)
def test_terms_that_contradict_themselves(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TERMS, **changes)  # type: ignore[arg-type]


def test_nothing_drawn_has_no_plan() -> None:
    with pytest.raises(ValueError, match="at least one fen"):
        schedule(TERMS, principal_minor=0, drawn_on=DRAWN_ON)


# laws


@st.composite
def any_terms(draw: st.DrawFn) -> ScheduleTerms:
    method = draw(st.sampled_from(Method))
    installments = 1 if method is Method.BULLET else draw(st.integers(1, 36))
    every = draw(st.integers(1, 40))
    fixed = st.integers((installments - 1) * every + 1, installments * every + 30)
    return ScheduleTerms(
        method=method,
        annual_rate=draw(st.decimals(0, 1, places=6)),
        installments=installments,
        every=every,
        unit=draw(st.sampled_from(PeriodUnit)),
        day_count=draw(st.sampled_from(DayCount)),
        interest_period=draw(st.sampled_from(InterestPeriod)),
        rounding=draw(st.sampled_from(Rounding)),
        down_payment=draw(st.none() | st.decimals(0, Decimal("0.99"), places=4)),
        installment_multiple_minor=draw(st.none() | st.sampled_from([1, 10, 100, 10_000])),
        fixed_length=draw(st.none() | fixed),
        leap_day=draw(st.sampled_from(LeapDay)),
        interest_from=draw(st.sampled_from(InterestFrom)),
        interest_free_days=draw(st.integers(0, 90)),
    )


PRINCIPALS = st.integers(1, 10**6) | st.integers(1, 10**12)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(
    any_terms(), PRINCIPALS, DAYS, st.sampled_from(WorkingDayRule), st.sampled_from(InterestOnShift)
)
def test_every_plan_returns_what_was_drawn_and_nothing_is_negative(
    terms: ScheduleTerms,
    principal: int,
    drawn_on: date,
    rule: WorkingDayRule,
    on_shift: InterestOnShift,
) -> None:
    rows = schedule(
        terms,
        principal_minor=principal,
        drawn_on=drawn_on,
        is_workday=is_weekday,
        working_day_rule=rule,
        interest_on_shift=on_shift,
    )
    assert len(rows) == terms.installments + (terms.down_payment is not None)
    assert sum(row.principal_minor for row in rows) == principal
    assert rows[-1].balance_minor == 0
    assert min(min(cells) for cells in parts(rows)) >= 0
    balance = principal
    for row in rows:
        balance -= row.principal_minor
        assert row.balance_minor == balance
    due = [row.due_on for row in rows]
    assert due == sorted(due)
    assert due[0] >= drawn_on
    assert rows[-1].seq == terms.installments


@given(any_terms(), PRINCIPALS, DAYS)
def test_zero_rate_zero_interest(terms: ScheduleTerms, principal: int, drawn_on: date) -> None:
    free = replace(terms, annual_rate=Decimal(0))
    rows = schedule(free, principal_minor=principal, drawn_on=drawn_on)
    assert {row.interest_minor for row in rows} == {0}


@given(any_terms(), PRINCIPALS, DAYS)
def test_working_days_change_no_amount_unless_the_shift_accrues(
    terms: ScheduleTerms, principal: int, drawn_on: date
) -> None:
    plain = schedule(terms, principal_minor=principal, drawn_on=drawn_on)
    moved = schedule(
        terms,
        principal_minor=principal,
        drawn_on=drawn_on,
        is_workday=is_weekday,
        working_day_rule=WorkingDayRule.MODIFIED_FOLLOWING,
    )
    assert parts(moved) == parts(plain)
    assert [row.seed_due_on for row in moved] == [row.due_on for row in plain]


@given(
    st.integers(100_000, 10**9),
    st.decimals(0, Decimal("0.36"), places=4),
    st.integers(2, 36),
    st.sampled_from(DayCount),
    st.sampled_from(Rounding),
    DAYS,
)
def test_equal_installments_are_equal(
    principal: int,
    rate: Decimal,
    installments: int,
    day_count: DayCount,
    rounding: Rounding,
    drawn_on: date,
) -> None:
    terms = replace(
        TERMS,
        annual_rate=rate,
        installments=installments,
        day_count=day_count,
        rounding=rounding,
    )
    rows = schedule(terms, principal_minor=principal, drawn_on=drawn_on)
    assert len({row.total_minor for row in rows[:-1]}) == 1
    # each row's rounding is worth half a fen, grown by the interest of the rows that follow
    assert abs(rows[-1].total_minor - rows[0].total_minor) <= 3 * installments


@given(st.integers(1, 10**9), st.integers(1, 36), DAYS)
def test_the_dates_come_from_the_seed(principal: int, installments: int, drawn_on: date) -> None:
    terms = replace(TERMS, installments=installments)
    rows = schedule(terms, principal_minor=principal, drawn_on=drawn_on)
    assert [row.due_on for row in rows] == [
        add_periods(drawn_on, PeriodUnit.MONTH, count) for count in range(1, installments + 1)
    ]


@given(
    st.integers(10_000, 10**8),
    st.integers(2, 50),
    st.sampled_from([Method.EQUAL_PRINCIPAL, Method.INTEREST_FIRST, Method.EQUAL_INSTALLMENT]),
)
def test_scale(principal: int, factor: int, method: Method) -> None:
    terms = replace(TERMS, method=method, installments=12)
    small = schedule(terms, principal_minor=principal, drawn_on=DRAWN_ON)
    large = schedule(terms, principal_minor=principal * factor, drawn_on=DRAWN_ON)
    for row, scaled in zip(small, large, strict=True):
        # only rounding separates them: under 2 fen a row for each row before it
        assert abs(row.balance_minor * factor - scaled.balance_minor) <= 24 * factor
        assert abs(row.interest_minor * factor - scaled.interest_minor) <= 24 * factor


@given(any_terms(), PRINCIPALS, DAYS, st.decimals(0, 1, places=4))
def test_a_higher_rate_never_lowers_interest(
    terms: ScheduleTerms, principal: int, drawn_on: date, more: Decimal
) -> None:
    terms = replace(terms, method=Method.INTEREST_FIRST)
    dearer = replace(terms, annual_rate=terms.annual_rate + more)
    rows = schedule(terms, principal_minor=principal, drawn_on=drawn_on)
    dear_rows = schedule(dearer, principal_minor=principal, drawn_on=drawn_on)
    for row, dear in zip(rows, dear_rows, strict=True):
        assert row.interest_minor <= dear.interest_minor


@given(any_terms(), PRINCIPALS, DAYS, st.integers(1, 60))
def test_more_free_days_never_raise_the_interest_of_an_interest_first_plan(
    terms: ScheduleTerms, principal: int, drawn_on: date, more: int
) -> None:
    terms = replace(terms, method=Method.INTEREST_FIRST)
    freer = replace(terms, interest_free_days=terms.interest_free_days + more)
    rows = schedule(terms, principal_minor=principal, drawn_on=drawn_on)
    free_rows = schedule(freer, principal_minor=principal, drawn_on=drawn_on)
    for row, free in zip(rows, free_rows, strict=True):
        assert free.interest_minor <= row.interest_minor
        if row.seq and row.due_on <= drawn_on + timedelta(days=freer.interest_free_days):
            assert free.interest_minor == 0
