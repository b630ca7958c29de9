"""Day counts: exact, additive, and as the contract prints them."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.interest import (
    Accrual,
    DayCount,
    InterestFrom,
    InterestPeriod,
    LeapDay,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
    add_periods,
    divide_rounded,
    due_dates,
    period_fraction,
    row_rates,
    shift_to_workday,
    year_fraction,
)
from platform_app.kernel.money import round_minor

DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))
DECIMAL_ROUNDING = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


@pytest.mark.parametrize(
    ("count", "due"),
    [
        (1, date(2024, 2, 29)),
        (2, date(2024, 3, 31)),
        (3, date(2024, 4, 30)),
        (12, date(2025, 1, 31)),
        (13, date(2025, 2, 28)),
        (-2, date(2023, 11, 30)),
        (0, date(2024, 1, 31)),
    ],
)
def test_a_month_is_clamped_from_the_seed_and_never_chained(count: int, due: date) -> None:
    assert add_periods(date(2024, 1, 31), PeriodUnit.MONTH, count) == due


def test_days_and_weeks_are_counted() -> None:
    assert add_periods(date(2024, 2, 28), PeriodUnit.DAY, 2) == date(2024, 3, 1)
    assert add_periods(date(2023, 12, 25), PeriodUnit.WEEK, 1) == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("day_count", "start", "end", "fraction"),
    [
        (DayCount.ACT_365, date(2024, 1, 1), date(2025, 1, 1), Fraction(366, 365)),
        (DayCount.ACT_360, date(2024, 1, 1), date(2024, 3, 1), Fraction(60, 360)),
        (DayCount.THIRTY_360, date(2024, 1, 31), date(2024, 3, 31), Fraction(60, 360)),
        (DayCount.THIRTY_360, date(2024, 1, 15), date(2024, 1, 31), Fraction(15, 360)),
        (DayCount.THIRTY_360, date(2024, 2, 29), date(2024, 3, 31), Fraction(31, 360)),
        (DayCount.ACT_ACT, date(2024, 1, 1), date(2024, 12, 31), Fraction(365, 366)),
        (
            DayCount.ACT_ACT,
            date(2023, 12, 12),
            date(2024, 1, 12),
            Fraction(19, 365) + Fraction(12, 366),
        ),
        (
            DayCount.ACT_ACT,
            date(2023, 12, 31),
            date(2026, 1, 1),
            Fraction(1) + Fraction(1) + Fraction(1, 365),
        ),
    ],
)
def test_year_fractions(day_count: DayCount, start: date, end: date, fraction: Fraction) -> None:
    assert year_fraction(day_count, start, end) == fraction


def test_interest_from_the_disbursement_day_cuts_the_year_at_new_year() -> None:
    assert year_fraction(
        DayCount.ACT_ACT,
        date(2023, 12, 12),
        date(2024, 1, 12),
        interest_from=InterestFrom.DISBURSEMENT_DAY,
    ) == Fraction(20, 365) + Fraction(11, 366)


def test_a_clamped_day_stands_for_its_anchor() -> None:
    # 30 January + 1 month is clamped to 28 February: thirty days; the rest of the way is thirty.
    clamped = date(2025, 2, 28)
    month = Fraction(30, 360)
    assert year_fraction(DayCount.THIRTY_360, date(2025, 1, 30), clamped, anchor_day=30) == month
    assert year_fraction(DayCount.THIRTY_360, clamped, date(2025, 3, 30), anchor_day=30) == month
    assert year_fraction(DayCount.THIRTY_360, date(2025, 1, 30), clamped) == Fraction(28, 360)


def test_weeks_and_days_count_real_days_over_360() -> None:
    assert year_fraction(
        DayCount.THIRTY_360, date(2024, 2, 15), date(2024, 3, 1), unit=PeriodUnit.DAY
    ) == Fraction(15, 360)


@pytest.mark.parametrize(
    ("row", "fraction"),
    [
        ((date(2024, 1, 31), date(2024, 2, 29)), Fraction(29, 366)),
        ((date(2024, 2, 29), date(2024, 3, 31)), Fraction(31, 365)),
        ((date(2023, 12, 31), date(2024, 1, 31)), Fraction(31, 365)),
        ((date(2023, 12, 1), date(2024, 3, 1)), Fraction(30, 365) + Fraction(61, 366)),
    ],
)
def test_only_a_row_with_29_february_divides_by_366(
    row: tuple[date, date], fraction: Fraction
) -> None:
    assert year_fraction(DayCount.ACT_ACT, *row, leap_row=row) == fraction


def test_interest_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        year_fraction(DayCount.ACT_365, date(2024, 1, 2), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("day_count", "unit", "count", "fraction"),
    [
        (DayCount.ACT_365, PeriodUnit.MONTH, 2, Fraction(2, 12)),
        (DayCount.ACT_365, PeriodUnit.WEEK, 2, Fraction(2, 52)),
        (DayCount.ACT_ACT, PeriodUnit.DAY, 15, Fraction(15, 365)),
        (DayCount.THIRTY_360, PeriodUnit.DAY, 15, Fraction(15, 360)),
    ],
)
def test_a_period_counts_whatever_its_days(
    day_count: DayCount, unit: PeriodUnit, count: int, fraction: Fraction
) -> None:
    assert period_fraction(day_count, unit, count) == fraction


@given(
    st.sampled_from(DayCount),
    st.sampled_from(PeriodUnit),
    st.sampled_from(InterestFrom),
    st.none() | st.integers(1, 31),
    st.lists(DAYS, min_size=3, max_size=3).map(sorted),
    st.sampled_from(LeapDay),
)
def test_parts_add_up_to_the_whole(
    day_count: DayCount,
    unit: PeriodUnit,
    interest_from: InterestFrom,
    anchor_day: int | None,
    days: list[date],
    leap_day: LeapDay,
) -> None:
    def fraction(start: date, end: date) -> Fraction:
        return year_fraction(
            day_count,
            start,
            end,
            unit=unit,
            anchor_day=anchor_day,
            interest_from=interest_from,
            leap_row=(days[0], days[2]) if leap_day is LeapDay.FEB29_PERIOD_ONLY else None,
        )

    first, middle, last = days
    assert fraction(first, middle) + fraction(middle, last) == fraction(first, last)
    assert fraction(first, middle) >= 0


@given(DAYS, st.integers(1, 24))
def test_every_month_from_the_seed_is_a_twelfth_under_30_360(seed: date, months: int) -> None:
    ends = [add_periods(seed, PeriodUnit.MONTH, count) for count in range(months + 1)]
    for start, end in pairwise(ends):
        assert year_fraction(DayCount.THIRTY_360, start, end, anchor_day=seed.day) == Fraction(
            1, 12
        )


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.sampled_from(Rounding))
def test_division_rounds_as_the_kernel_does(
    numerator: int, denominator: int, rounding: Rounding
) -> None:
    assert divide_rounded(numerator, denominator, rounding) == round_minor(
        Fraction(numerator, denominator), rounding.value
    )


@pytest.mark.parametrize("halves", [-5, -3, -1, 1, 3, 5])
@pytest.mark.parametrize("rounding", list(Rounding))
def test_ties(halves: int, rounding: Rounding) -> None:
    exact = Decimal(halves) / 2
    assert divide_rounded(halves, 2, rounding) == exact.quantize(
        Decimal(1), rounding=DECIMAL_ROUNDING[rounding]
    )


def accrual(**changes: object) -> Accrual:
    words: dict[str, object] = {
        "annual_rate": Decimal("0.12"),
        "day_count": DayCount.ACT_365,
        "unit": PeriodUnit.MONTH,
        "interest_period": InterestPeriod.DAILY,
    }
    return Accrual(**{**words, **changes})  # type: ignore[arg-type]


ENDS = (date(2026, 2, 1), date(2026, 3, 1))


def rates(rule: Accrual) -> list[Fraction]:
    numerators, scale = row_rates(rule, date(2026, 1, 1), ENDS, (1, 1))
    return [Fraction(numerator, scale) for numerator in numerators]


def test_row_rates_by_the_day_and_by_the_period() -> None:
    year = Fraction(12, 100)
    assert rates(accrual()) == [year * Fraction(31, 365), year * Fraction(28, 365)]
    assert rates(accrual(interest_period=InterestPeriod.PER_PERIOD)) == [year / 12, year / 12]


def test_interest_free_days_come_off_the_first_rows() -> None:
    year = Fraction(12, 100)
    assert rates(accrual(free_days=7)) == [year * Fraction(24, 365), year * Fraction(28, 365)]
    assert rates(accrual(free_days=31)) == [0, year * Fraction(28, 365)]
    assert rates(accrual(free_days=45)) == [0, year * Fraction(14, 365)]
    assert rates(accrual(free_days=400)) == [0, 0]
    assert rates(accrual(free_days=45, interest_period=InterestPeriod.PER_PERIOD)) == [
        0,
        year / 12 * Fraction(14, 28),
    ]


def test_the_leap_rule_reaches_the_rows() -> None:
    rule = accrual(day_count=DayCount.ACT_ACT, leap_day=LeapDay.FEB29_PERIOD_ONLY)
    ends = (date(2024, 2, 29), date(2024, 3, 31))
    numerators, scale = row_rates(rule, date(2024, 1, 31), ends, (1, 1))
    assert [Fraction(numerator, scale) * 100 / 12 for numerator in numerators] == [
        Fraction(29, 366),
        Fraction(31, 365),
    ]


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("day", "rule", "due"),
    [
        (date(2026, 5, 30), WorkingDayRule.NONE, date(2026, 5, 30)),
        (date(2026, 5, 30), WorkingDayRule.FOLLOWING, date(2026, 6, 1)),
        (date(2026, 5, 30), WorkingDayRule.MODIFIED_FOLLOWING, date(2026, 5, 29)),
        (date(2026, 5, 16), WorkingDayRule.MODIFIED_FOLLOWING, date(2026, 5, 18)),
        (date(2026, 5, 15), WorkingDayRule.FOLLOWING, date(2026, 5, 15)),
    ],
)
def test_a_due_date_moves_to_a_working_day(day: date, rule: WorkingDayRule, due: date) -> None:
    assert shift_to_workday(day, rule, is_weekday, date(2026, 1, 1)) == due


def test_a_due_date_never_moves_back_before_the_drawdown() -> None:
    saturday = date(2026, 5, 30)
    rule = WorkingDayRule.MODIFIED_FOLLOWING
    assert shift_to_workday(date(2026, 5, 31), rule, is_weekday, saturday) == date(2026, 6, 1)


def test_a_working_day_rule_needs_a_calendar() -> None:
    with pytest.raises(ValueError, match="needs a calendar"):
        shift_to_workday(date(2026, 5, 30), WorkingDayRule.FOLLOWING, None, date(2026, 5, 1))


def test_a_signed_date_never_moves_earlier() -> None:
    seeds = (date(2026, 5, 30), date(2026, 6, 30))
    signed = (date(2026, 6, 1), date(2026, 6, 29))
    drawn_on = date(2026, 4, 30)
    assert due_dates(seeds, WorkingDayRule.MODIFIED_FOLLOWING, is_weekday, signed, drawn_on) == (
        date(2026, 6, 1),
        date(2026, 6, 30),
    )
    with pytest.raises(ValueError, match="shorter"):
        due_dates(seeds, WorkingDayRule.NONE, None, signed[:1], drawn_on)


@given(DAYS, st.integers(0, 400))
def test_following_moves_forward_by_two_days_at_most(day: date, offset: int) -> None:
    seed = day + timedelta(days=offset)
    due = shift_to_workday(seed, WorkingDayRule.FOLLOWING, is_weekday, day)
    assert seed <= due <= seed + timedelta(days=2)
    assert is_weekday(due)
