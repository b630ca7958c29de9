"""The limit: each bound by hand, the caps, the step, and the laws."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.limit import (
    LimitResult,
    clean_bills_of,
    floor_to,
    is_thin,
    limit_of,
    monthly_base,
    step_up,
)
from risk.domain.policy_body import parse
from risk.values import RepaymentFacts, TradeFacts
from tests.risk.domain.figures import default_body

TERMS = parse(default_body()).limit


def trade(*months: int, **changes: Any) -> TradeFacts:
    monthly = (0,) * (12 - len(months)) + months
    facts: dict[str, Any] = {
        "monthly_net_minor": monthly,
        "active_months_count": sum(month > 0 for month in monthly),
        "net_gmv_l12_minor": sum(monthly),
        "tenure_days": 400,
        "return_rate": Decimal("0.0000"),
    }
    return replace(TradeFacts.none(), **facts | changes)


STEADY = trade(*[10_000_000] * 12)


def limit(facts: TradeFacts, **changes: Any) -> LimitResult:
    asked: dict[str, Any] = {"grade": "B", "pd": Decimal("0.02"), "is_small": False}
    return limit_of(TERMS, facts, **asked | changes)


def test_every_bound_of_a_steady_merchant() -> None:
    # G 100,000 yuan; L1 ×1.2; L2 /30 × 90 × .7; L3 .25 × 3 / 1.3; L4 5,000 / (.02 × .6)
    assert limit(STEADY) == LimitResult(
        limit_minor=5_700_000,
        binding="serviceability",
        bounds={
            "turnover": 12_000_000,
            "working_capital": 21_000_000,
            "serviceability": 5_769_230,
            "max_limit": 50_000_000,
            "loss_budget": 41_666_666,
        },
    )


@pytest.mark.parametrize(
    ("grade", "minor"),
    [("A", 15_000_000), ("B", 12_000_000), ("C", 9_000_000), ("D", 5_000_000), ("E", 0)],
)
def test_turnover_by_grade(grade: str, minor: int) -> None:
    assert limit(STEADY, grade=grade).bounds["turnover"] == minor


@pytest.mark.parametrize(
    ("days", "minor"),
    [(0, 0), (45, 1_800_000), (90, 3_600_000), (200, 6_960_000), (365, 12_000_000)],
)
def test_turnover_by_tenure(days: int, minor: int) -> None:
    assert limit(replace(STEADY, tenure_days=days)).bounds["turnover"] == minor


def test_returns_cut_turnover_and_unknown_returns_leave_nothing() -> None:
    assert limit(replace(STEADY, return_rate=Decimal("0.1"))).bounds["turnover"] == 10_800_000
    assert limit(replace(STEADY, return_rate=None)).limit_minor == 0


def test_no_gap_no_working_capital() -> None:
    terms = replace(TERMS, supplier_days=200)
    found = limit_of(terms, STEADY, grade="B", pd=Decimal("0.02"), is_small=False)
    assert (found.limit_minor, found.binding) == (0, "working_capital")


def test_max_limit_binds_the_large() -> None:
    found = limit(trade(*[1_000_000_000] * 12), pd=Decimal("0.001"))
    assert (found.limit_minor, found.binding) == (50_000_000, "max_limit")


def test_loss_budget_binds_the_risky() -> None:
    found = limit(trade(*[1_000_000_000] * 12), pd=Decimal("0.05"))
    assert (found.limit_minor, found.binding) == (16_600_000, "loss_budget")


def test_no_probability_of_loss_no_loss_bound() -> None:
    assert "loss_budget" not in limit(STEADY, pd=Decimal(0)).bounds


def test_small_limit() -> None:
    found = limit(trade(*[100_000_000] * 12), is_small=True)
    assert (found.limit_minor, found.binding) == (2_500_000, "small_limit")


def test_starter_limit_of_a_thin_file() -> None:
    young = trade(*[500_000_000] * 4, tenure_days=120)
    assert is_thin(TERMS, young)
    found = limit(young)
    assert (found.limit_minor, found.binding) == (5_000_000, "starter_limit")


@pytest.mark.parametrize(
    ("order", "minor", "binding"),
    [
        (0, 0, "turnover"),
        (60_000, 0, "turnover"),
        (2_000_000, 3_000_000, "turnover"),
        (4_000_000, 5_000_000, "starter_limit"),
    ],
)
def test_a_thin_file_may_start_with_one_and_a_half_usual_orders(
    order: int, minor: int, binding: str
) -> None:
    silent = trade(1, 0, 0, 0, tenure_days=120, median_order_minor=order)
    found = limit(silent)
    assert (found.limit_minor, found.binding) == (minor, binding)
    assert found.bounds["working_capital"] == found.bounds["serviceability"] == order * 3 // 2


def test_a_full_file_goes_by_its_turnover_alone() -> None:
    assert limit(replace(STEADY, median_order_minor=40_000_000)) == limit(STEADY)


@pytest.mark.parametrize(
    ("facts", "thin"),
    [
        (trade(*[1] * 12, tenure_days=180), False),
        (trade(*[1] * 12, tenure_days=179), True),
        (trade(*[1] * 6), False),
        (trade(*[1] * 5), True),
    ],
)
def test_what_is_thin(facts: TradeFacts, *, thin: bool) -> None:
    assert is_thin(TERMS, facts) is thin


@pytest.mark.parametrize(
    ("months", "thin", "base"),
    [
        ([100] * 12, False, 100),
        ([100] * 9 + [10] * 3, False, 12),  # 1.2 × 10 against a median of 100
        ([10] * 9 + [100] * 3, False, 10),
        ([0] * 6 + [100] * 6, False, 50),  # the middle of two
        ([120, 120, 120], False, 0),
        ([120, 120, 120], True, 30),
        ([120] * 3 + [0] * 3, True, 0),
        ([-5] * 12, False, 0),
    ],
)
def test_monthly_base(months: list[int], base: int, *, thin: bool) -> None:
    assert monthly_base(trade(*months), is_thin=thin) == Fraction(base)


@pytest.mark.parametrize(
    ("amount", "floored"),
    [(99_999, 0), (100_000, 100_000), (199_999, 100_000), (-1, 0)],
)
def test_floor_to_a_thousand_yuan(amount: int, floored: int) -> None:
    assert floor_to(100_000, Fraction(amount)) == floored


MONTHS = st.lists(st.integers(0, 10**10), min_size=12, max_size=12)


@given(
    months=MONTHS,
    grade=st.sampled_from("ABCDE"),
    pd=st.decimals("0.00000001", 1, places=8),
    days=st.integers(0, 3000),
    order=st.integers(0, 10**9),
    small=st.booleans(),
)
def test_laws(
    months: list[int], grade: str, pd: Decimal, days: int, order: int, *, small: bool
) -> None:
    facts = trade(*months, tenure_days=days, median_order_minor=order)
    found = limit(facts, grade=grade, pd=pd, is_small=small)
    assert 0 <= found.limit_minor <= min(found.bounds.values())
    assert found.limit_minor % 100_000 == 0
    assert found.bounds[found.binding] == min(found.bounds.values())
    assert found.bounds[found.binding] - found.limit_minor < 100_000
    riskier = limit(facts, grade=grade, pd=min(Decimal(1), pd * 2), is_small=small)
    assert riskier.limit_minor <= found.limit_minor


@pytest.mark.parametrize(
    ("bills", "growth"), [(0, 1), (2, 1), (3, 1.5), (5, 1.5), (6, 2), (30, 6), (300, 6)]
)
def test_a_thin_file_steps_up_after_clean_bills(bills: int, growth: float) -> None:
    thin = replace(trade(*[90_000_000] * 12), tenure_days=120, median_order_minor=1_000_000)
    found = limit(thin, clean_bills=bills)
    assert found.bounds["starter_limit"] == 5_000_000 * growth
    assert found.limit_minor == min(5_000_000 * growth, min(found.bounds.values()) // 100_000 * 1e5)
    assert "starter_limit" not in limit(STEADY, clean_bills=bills).bounds


def test_one_order_of_a_thin_file_steps_up_too() -> None:
    thin = replace(trade(0, 0), tenure_days=120, median_order_minor=1_000_000)
    assert limit(thin).limit_minor == 1_500_000
    assert limit(thin, clean_bills=3).limit_minor == 2_200_000  # 1.5 × 1.5 orders, whole steps
    assert limit(thin, clean_bills=6).limit_minor == 3_000_000


def test_who_was_late_once_has_no_clean_bills() -> None:
    paid = replace(RepaymentFacts.none(), paid_off_count=7)
    assert (clean_bills_of(paid), clean_bills_of(replace(paid, max_dpd_days=1))) == (7, 0)


def test_a_body_from_before_there_were_steps_has_none() -> None:
    body = default_body()
    for name in ("step_up_bills", "step_up_share"):
        del body["limit"][name]
    terms = parse(body).limit
    assert (terms.step_up_bills, step_up(terms, 300)) == (0, Fraction(1))
