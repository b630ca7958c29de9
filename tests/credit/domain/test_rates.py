"""The annual rate that the merchant is shown: golden numbers and laws."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credit.domain.amortization import schedule
from credit.domain.interest import DayCount, InterestPeriod, PeriodUnit, Rounding, add_periods
from credit.domain.rates import Apr, apr, irr, percent, periodic_apr
from credit.domain.schedule_terms import Method, ScheduleTerms

DRAWN_ON = date(2026, 1, 31)


def monthly(received: int, payment: int, count: int) -> list[tuple[int, int]]:
    return [(0, received), *((period, -payment) for period in range(1, count + 1))]


def dated(flows: list[tuple[int, int]]) -> list[tuple[date, int]]:
    return [(add_periods(DRAWN_ON, PeriodUnit.MONTH, period), minor) for period, minor in flows]


def after(days: int) -> date:
    return DRAWN_ON + timedelta(days=days)


def shown(rates: Apr) -> tuple[str, str]:
    return str(percent(rates.simple)), str(percent(rates.compound))


# golden numbers

PBOC = [(0, 10_000_000), (0, -100_000), *((period, -883_330) for period in range(1, 13))]


def test_the_central_banks_example() -> None:
    assert irr(PBOC).quantize(Decimal("1e-7")) == Decimal("0.0106698")
    assert shown(periodic_apr(PBOC, periods_a_year=12)) == ("12.80", "13.58")


def test_dated_monthly_flows_are_priced_by_the_month() -> None:
    assert apr(dated(PBOC), unit=PeriodUnit.MONTH) == periodic_apr(PBOC, periods_a_year=12)


@pytest.mark.parametrize(
    ("flows", "simple", "compound"),
    [
        (monthly(1_200_000, 107_200, 12), "13.03", "13.84"),
        (monthly(900_000, 305_400, 3), "10.77", "11.32"),
    ],
)
def test_the_flat_fee_trap(flows: list[tuple[int, int]], simple: str, compound: str) -> None:
    assert shown(apr(dated(flows), unit=PeriodUnit.MONTH)) == (simple, compound)


@pytest.mark.parametrize(
    ("received", "repaid", "days", "simple", "compound"),
    [
        (1_000_000, 1_015_000, 30, "18.25", "19.86"),
        (1_000_000, 1_015_000, 45, "12.17", "12.84"),
        (985_000, 1_000_000, 45, "12.35", "13.04"),
    ],
)
def test_bullets(received: int, repaid: int, days: int, simple: str, compound: str) -> None:
    flows = [(DRAWN_ON, received), (after(days), -repaid)]
    assert shown(apr(flows)) == (simple, compound)


def test_a_fee_deducted_at_the_start_lowers_the_principal_received() -> None:
    deducted = [(DRAWN_ON, 1_000_000), (DRAWN_ON, -15_000), (after(45), -1_000_000)]
    assert apr(deducted) == apr([(DRAWN_ON, 985_000), (after(45), -1_000_000)])


def test_the_flat_product_shows_its_true_rate() -> None:
    terms = ScheduleTerms(
        method=Method.FLAT,
        annual_rate=Decimal("0.072"),
        installments=12,
        every=1,
        unit=PeriodUnit.MONTH,
        day_count=DayCount.ACT_365,
        interest_period=InterestPeriod.PER_PERIOD,
        rounding=Rounding.HALF_UP,
    )
    rows = schedule(terms, principal_minor=1_200_000, drawn_on=DRAWN_ON)
    flows = [(DRAWN_ON, 1_200_000), *((row.seed_due_on, -row.total_minor) for row in rows)]
    assert shown(apr(flows, unit=PeriodUnit.MONTH)) == ("13.03", "13.84")


def test_simple_interest_bears_none_between_payments() -> None:
    # one payment after three months: cost / principal / time, with nothing compounded
    rates = periodic_apr([(0, 100_000), (3, -103_000)], periods_a_year=12)
    assert rates.simple == Decimal("0.12")
    assert percent(rates.compound) == Decimal("12.55")


def test_two_draws_before_the_first_payment() -> None:
    flows = [(DRAWN_ON, 50_000), (after(10), 50_000), (after(40), -102_000)]
    rates = apr(flows)
    # 50,000 for 40 days and 50,000 for 30; the second draw's balance includes earlier interest
    exact = Fraction(2_000 * 365, 50_000 * 70)
    assert abs(Fraction(rates.simple) - exact) < Fraction(2, 1000)
    assert rates.simple < rates.compound


def test_a_subsidy_makes_the_rate_negative() -> None:
    rates = apr([(DRAWN_ON, 100_000), (after(73), -99_000)])
    assert rates.simple == Decimal("-0.05")
    assert rates.compound < 0


def test_the_lenders_view_gives_the_same_rate() -> None:
    assert irr([(period, -minor) for period, minor in PBOC]) == irr(PBOC)


def test_percent_rounds_half_up_at_the_end_only() -> None:
    assert percent(Decimal("0.12345")) == Decimal("12.35")
    assert percent(Decimal("0.123449999")) == Decimal("12.34")
    assert percent(Decimal("-0.05")) == Decimal("-5.00")


def test_an_absurd_rate_is_still_an_answer() -> None:
    rates = apr([(DRAWN_ON, 1), (after(1), -3)])
    assert rates.simple == Decimal(730)
    assert percent(rates.compound) > Decimal("1e100")


# refusals


@pytest.mark.parametrize(
    "flows",
    [
        [(0, 100)],
        [(0, 100), (1, 100)],
        [(0, 100), (1, -300), (2, 200)],
        [(0, 100), (0, -100)],
        [],
    ],
)
def test_flows_without_exactly_one_rate(flows: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="exactly once"):
        irr(flows)


def test_a_rate_needs_flows() -> None:
    with pytest.raises(ValueError, match="needs cash flows"):
        apr([])


def test_a_monthly_flow_must_fall_on_a_months_date() -> None:
    with pytest.raises(ValueError, match="not a whole number of months"):
        apr([(DRAWN_ON, 100), (date(2026, 3, 30), -101)], unit=PeriodUnit.MONTH)


def test_a_rate_that_does_not_converge_is_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credit.domain.rates.NEWTON_STEPS", 1)
    with pytest.raises(ArithmeticError, match="did not converge"):
        irr(PBOC)


# laws

AMOUNTS = st.integers(10_000, 10**11)
COUNTS = st.integers(1, 60)


@st.composite
def loans(draw: st.DrawFn) -> list[tuple[int, int]]:
    principal = draw(AMOUNTS)
    count = draw(COUNTS)
    weights = draw(st.lists(st.integers(1, 100), min_size=count, max_size=count))
    cost = draw(st.integers(0, principal // 2))
    shares = [(principal + cost) * weight // sum(weights) for weight in weights]
    shares[-1] += principal + cost - sum(shares)
    return [(0, principal), *((index, -share) for index, share in enumerate(shares, start=1))]


@given(AMOUNTS, COUNTS)
def test_no_fee_no_rate(principal: int, count: int) -> None:
    flows = [(0, principal * count), *((period, -principal) for period in range(1, count + 1))]
    assert irr(flows) == 0
    assert periodic_apr(flows, periods_a_year=12) == Apr(Decimal(0), Decimal(0))


@given(loans(), st.integers(1, 60), st.integers(1, 1_000))
def test_any_fee_raises_the_rate(flows: list[tuple[int, int]], period: int, fee: int) -> None:
    plain = periodic_apr(flows, periods_a_year=12)
    dearer = periodic_apr([*flows, (period, -fee)], periods_a_year=12)
    assert dearer.simple > plain.simple
    assert dearer.compound > plain.compound


@given(loans(), st.integers(1, 1_000_000))
def test_the_rate_does_not_know_the_size_of_the_loan(
    flows: list[tuple[int, int]], factor: int
) -> None:
    scaled = [(period, minor * factor) for period, minor in flows]
    assert periodic_apr(scaled, periods_a_year=12) == periodic_apr(flows, periods_a_year=12)


@given(loans())
def test_the_periodic_rate_discounts_the_payments_to_the_principal(
    flows: list[tuple[int, int]],
) -> None:
    rate = irr(flows)
    assert rate >= 0
    residual = sum((minor / (1 + rate) ** period for period, minor in flows), Decimal(0))
    assert abs(residual) < Decimal("1e-6")


@given(loans())
def test_with_a_payment_every_month_simple_is_the_monthly_rate_times_twelve(
    flows: list[tuple[int, int]],
) -> None:
    rates = periodic_apr(flows, periods_a_year=12)
    assume(all(minor for _, minor in flows))
    assert abs(rates.simple - irr(flows) * 12) < Decimal("1e-18")
    assert rates.compound >= rates.simple


@given(AMOUNTS, st.integers(1, 30_000), st.integers(1, 400))
def test_a_bullets_simple_rate_is_cost_over_principal_over_time(
    principal: int, cost: int, days: int
) -> None:
    rates = apr([(DRAWN_ON, principal), (after(days), -principal - cost)])
    assert abs(Fraction(rates.simple) - Fraction(cost * 365, principal * days)) <= Fraction(
        1, 10**20
    )


@given(AMOUNTS, st.lists(st.integers(1, 90), min_size=1, max_size=24), st.integers(0, 5_000))
def test_irregular_dates_converge_and_discount_to_the_principal(
    payment: int, gaps: list[int], fee: int
) -> None:
    days = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    flows = [(DRAWN_ON, payment * len(days) - fee), *((after(day), -payment) for day in days)]
    rates = apr(flows)
    assert (rates.compound == 0) == (fee == 0)
    daily = (1 + rates.compound) ** (Decimal(1) / 365)
    residual = sum((minor / daily ** (day - DRAWN_ON).days for day, minor in flows), Decimal(0))
    assert abs(residual / payment) < Decimal("1e-15")
