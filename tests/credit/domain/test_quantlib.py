"""QuantLib as an oracle: day counts, month ends and rates agree except where listed here.

What differs, and why:

* act/act: ours cuts a year at 31 December, QuantLib at 1 January, because a day belongs to the
  year in which it ends. With interest from the disbursement day ours cuts at 1 January too. The
  two readings differ only across a boundary between a leap year and another, by one day of one
  year's length against the other's: 1/365 - 1/366.
* 30/360 with `anchor_day`: a clamped due date stands for its anchor, so that each month from the
  seed is 30 days. QuantLib knows two dates and no seed; without the anchor both agree.
* 30/360 by the week or day counts real days over 360: that is QuantLib's act/360.
"""

from calendar import isleap
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import QuantLib as ql  # noqa: N813 -- as its own documents name it
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from credit.domain.amortization import schedule
from credit.domain.interest import (
    DayCount,
    InterestFrom,
    InterestPeriod,
    PeriodUnit,
    Rounding,
    add_periods,
    year_fraction,
)
from credit.domain.rates import apr, irr
from credit.domain.schedule_terms import Method, ScheduleTerms

DAYS = st.dates(date(2019, 1, 1), date(2036, 12, 31))
SPANS = st.tuples(DAYS, DAYS).map(sorted)
NO = False  # QuantLib takes its switches by position
DAY_SWAP = Fraction(1, 365) - Fraction(1, 366)
ORACLES = {
    DayCount.ACT_365: ql.Actual365Fixed(),
    DayCount.ACT_360: ql.Actual360(),
    DayCount.THIRTY_360: ql.Thirty360(ql.Thirty360.EurobondBasis),
}


def theirs(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def ours(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())


@pytest.mark.parametrize("day_count", list(ORACLES))
@given(span=SPANS)
@example(span=[date(2024, 1, 31), date(2024, 2, 29)])
@example(span=[date(2023, 2, 28), date(2023, 3, 31)])
@example(span=[date(2023, 12, 31), date(2024, 1, 1)])
def test_counts_of_days_agree(day_count: DayCount, span: list[date]) -> None:
    oracle = ORACLES[day_count].yearFraction(*map(theirs, span))
    assert float(year_fraction(day_count, *span)) == pytest.approx(oracle, abs=1e-12)


@given(span=SPANS)
@example(span=[date(2023, 12, 31), date(2024, 1, 1)])
@example(span=[date(2019, 7, 1), date(2036, 7, 1)])
def test_act_act_from_the_disbursement_day_is_isda(span: list[date]) -> None:
    found = year_fraction(DayCount.ACT_ACT, *span, interest_from=InterestFrom.DISBURSEMENT_DAY)
    oracle = ql.ActualActual(ql.ActualActual.ISDA).yearFraction(*map(theirs, span))
    assert float(found) == pytest.approx(oracle, abs=1e-12)


@given(span=SPANS)
@example(span=[date(2023, 12, 31), date(2024, 1, 1)])
@example(span=[date(2024, 12, 31), date(2025, 1, 1)])
@example(span=[date(2023, 12, 30), date(2023, 12, 31)])
def test_act_act_cut_at_31_december_moves_new_years_eve(span: list[date]) -> None:
    start, end = span
    swapped = Fraction(0)
    for year in range(start.year, end.year):  # the day from 31 December to 1 January
        swapped += DAY_SWAP * (isleap(year) - isleap(year + 1))
    oracle = ql.ActualActual(ql.ActualActual.ISDA).yearFraction(theirs(start), theirs(end))
    found = year_fraction(DayCount.ACT_ACT, start, end)
    assert float(found - swapped) == pytest.approx(oracle, abs=1e-12)


@given(span=SPANS)
def test_30_360_by_the_week_is_act_360(span: list[date]) -> None:
    oracle = ql.Actual360().yearFraction(*map(theirs, span))
    found = year_fraction(DayCount.THIRTY_360, *span, unit=PeriodUnit.WEEK)
    assert float(found) == pytest.approx(oracle, abs=1e-12)


@pytest.mark.parametrize(
    ("anchor_day", "start", "end", "days", "quantlib_days"),
    [
        (31, date(2023, 1, 31), date(2023, 2, 28), 30, 28),
        (31, date(2023, 2, 28), date(2023, 3, 31), 30, 32),
        (30, date(2024, 1, 30), date(2024, 2, 29), 30, 29),
        (29, date(2023, 1, 29), date(2023, 2, 28), 30, 29),
        (28, date(2023, 1, 28), date(2023, 2, 28), 30, 30),
    ],
)
def test_an_anchored_month_is_30_days_where_quantlib_counts_the_clamp(
    anchor_day: int, start: date, end: date, days: int, quantlib_days: int
) -> None:
    found = year_fraction(DayCount.THIRTY_360, start, end, anchor_day=anchor_day)
    oracle = ql.Thirty360(ql.Thirty360.EurobondBasis).dayCount(theirs(start), theirs(end))
    assert (found, oracle) == (Fraction(days, 360), quantlib_days)


@given(seed=DAYS, count=st.integers(-36, 60))
@example(seed=date(2024, 1, 31), count=1)
@example(seed=date(2024, 2, 29), count=12)
def test_month_ends_are_clamped_alike(seed: date, count: int) -> None:
    assert ours(theirs(seed) + ql.Period(count, ql.Months)) == add_periods(
        seed, PeriodUnit.MONTH, count
    )


@given(seed=DAYS, months=st.integers(1, 36))
@example(seed=date(2024, 1, 31), months=13)
def test_a_schedule_is_clamped_from_its_seed(seed: date, months: int) -> None:
    terms = ScheduleTerms(
        method=Method.EQUAL_PRINCIPAL, annual_rate=Decimal("0.12"), installments=months, every=1,
        unit=PeriodUnit.MONTH, day_count=DayCount.ACT_365, interest_period=InterestPeriod.DAILY,
        rounding=Rounding.HALF_UP,
    )  # fmt: skip
    rows = schedule(terms, principal_minor=1_000_000, drawn_on=seed)
    first, last = theirs(seed), theirs(seed) + ql.Period(months, ql.Months)
    oracle = ql.Schedule(
        first, last, ql.Period(ql.Monthly), ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted,
        ql.DateGeneration.Forward, NO,
    )  # fmt: skip
    assert [row.seed_due_on for row in rows] == [ours(day) for day in list(oracle)[1:]]


AMOUNTS = st.integers(10_000, 50_000_000)


@given(principal=AMOUNTS, share=st.integers(1, 900), months=st.integers(1, 36))
def test_irr_is_the_root_of_the_present_value(principal: int, share: int, months: int) -> None:
    payment = principal // months + principal * share // 10_000 + 1
    flows = [(0, principal), *((n, -payment) for n in range(1, months + 1))]
    oracle = brentq(lambda r: sum(c / (1 + r) ** t for t, c in flows), 0, 20, xtol=1e-15)
    assert float(irr(flows)) == pytest.approx(oracle, abs=1e-10)


@given(
    principal=AMOUNTS,
    payments=st.lists(
        st.tuples(st.integers(7, 1_000), st.integers(100, 900)), min_size=1, max_size=8,
        unique_by=lambda one: one[0],
    ),
)  # fmt: skip
def test_at_our_xirr_quantlib_values_the_payments_at_what_was_received(
    principal: int, payments: list[tuple[int, int]]
) -> None:
    first = date(2026, 1, 31)
    total = sum(part for _, part in payments)
    flows = [(first, principal)]
    for days, part in payments:
        day = date.fromordinal(first.toordinal() + days)
        flows.append((day, -(principal * part * 11 // (total * 10) + 1)))
    leg = [ql.SimpleCashFlow(float(-amount), theirs(day)) for day, amount in sorted(flows[1:])]
    rate = ql.InterestRate(
        float(apr(flows).compound), ql.Actual365Fixed(), ql.Compounded, ql.Annual
    )
    value = ql.CashFlows.npv(leg, rate, NO, theirs(first), theirs(first))
    assert value == pytest.approx(principal, rel=1e-9)
