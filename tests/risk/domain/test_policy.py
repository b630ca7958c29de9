"""The policy tables: first hit, nulls, types, the language of cells."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.cells import Cell, parse_cell
from risk.domain.facts import FACT_TYPES, INTEGER
from risk.domain.odds import grade_of
from risk.domain.policy import PolicyResult, evaluate
from risk.domain.policy_body import parse
from risk.domain.scorecard import ScoreResult
from risk.enums import Outcome
from risk.errors import InvalidFacts, InvalidPolicy
from tests.risk.domain.figures import default_body

POLICY = parse(default_body())
GOOD: dict[str, Any] = {
    "net_gmv_l3_minor": 300_000,
    "net_gmv_l12_minor": 1_200_000,
    "active_months_count": 12,
    "order_count_l12": 24,
    "order_count_total": 24,
    "tenure_days": 400,
    "recency_days": 10,
    "return_rate": Decimal("0.0100"),
    "gmv_cv": Decimal("0.1000"),
    "median_order_minor": 50_000,
    "momentum": Decimal("1.0000"),
    "paid_off_count": 0,
    "max_dpd_days": 0,
    "current_dpd_days": 0,
    "drawn_total_minor": 0,
    "outstanding_minor": 0,
}


def scored(pd: str) -> ScoreResult:
    value = Decimal(pd)
    return ScoreResult(
        score=600, parts=6_000_000, pd_units=int(value.scaleb(8)), grade=grade_of(value), bins=(),
        reasons=(),
    )  # fmt: skip


def answer(pd: str = "0.02", **changes: Any) -> PolicyResult:
    return evaluate(POLICY, GOOD | changes, scored(pd))


PASSED = ("eligible", "no-knock-out", "grade-by-score")


def test_a_good_merchant_passes_every_stage() -> None:
    assert answer() == PolicyResult(
        outcome=Outcome.APPROVE,
        grade="B",
        rule_hits=(*PASSED, "grade-a-to-c"),
        reasons=(),
        is_small=False,
    )


@pytest.mark.parametrize(
    ("fact", "value", "hits", "reason"),
    [
        ("order_count_total", 2, ("orders-too-few",), "few_orders"),
        ("order_count_total", None, ("orders-unknown",), "trade_data_missing"),
        ("tenure_days", 59, ("tenure-too-short",), "tenure_short"),
        ("tenure_days", None, ("tenure-unknown",), "trade_data_missing"),
        ("recency_days", 121, ("inactive",), "recently_inactive"),
        ("recency_days", None, ("recency-unknown",), "trade_data_missing"),
        ("current_dpd_days", 1, ("eligible", "overdue-now"), "overdue_now"),
        ("current_dpd_days", None, ("eligible", "dpd-unknown"), "overall_assessment"),
        ("max_dpd_days", 31, ("eligible", "overdue-before"), "paid_late_before"),
        ("max_dpd_days", None, ("eligible", "max-dpd-unknown"), "overall_assessment"),
    ],
)
def test_what_declines(fact: str, value: Any, hits: tuple[str, ...], reason: str) -> None:
    assert answer(**{fact: value}) == PolicyResult(
        outcome=Outcome.DECLINE, grade="B", rule_hits=hits, reasons=(reason,), is_small=False
    )


@pytest.mark.parametrize(
    ("fact", "value"),
    [("order_count_total", 3), ("tenure_days", 60), ("recency_days", 120), ("max_dpd_days", 30)],
)
def test_the_last_value_that_passes(fact: str, value: int) -> None:
    assert evaluate(POLICY, GOOD | {fact: value}, scored("0.02")).outcome == Outcome.APPROVE


def test_grade_d_is_small_and_e_declined() -> None:
    assert answer("0.09") == PolicyResult(
        outcome=Outcome.APPROVE,
        grade="D",
        rule_hits=(*PASSED, "grade-d"),
        reasons=(),
        is_small=True,
    )
    assert answer("0.10") == PolicyResult(
        outcome=Outcome.DECLINE,
        grade="E",
        rule_hits=(*PASSED, "grade-e"),
        reasons=("overall_assessment",),
        is_small=False,
    )


def test_late_payers_are_at_best_c_and_never_lifted() -> None:
    assert answer("0.001", max_dpd_days=8).grade == "C"
    assert answer("0.001", max_dpd_days=8).rule_hits[2] == "late-at-best-c"
    assert answer("0.07", max_dpd_days=8).grade == "D"
    assert answer("0.001", max_dpd_days=7).grade == "A"


@given(
    pd=st.sampled_from(["0.001", "0.02", "0.04", "0.07", "0.2"]),
    facts=st.fixed_dictionaries(
        {name: st.integers(-5, 500) for name, dtype in FACT_TYPES.items() if dtype == INTEGER}
    ),
    gone=st.sampled_from(sorted(FACT_TYPES)),
    unknown=st.sampled_from([None, Decimal("NaN"), Decimal("Infinity")]),
)
def test_a_missing_fact_never_turns_a_decline_into_an_approval(
    pd: str, facts: dict[str, Any], gone: str, unknown: Decimal | None
) -> None:
    known = evaluate(POLICY, GOOD | facts, scored(pd))
    without = evaluate(POLICY, GOOD | facts | {gone: unknown}, scored(pd))
    assert known.outcome == Outcome.APPROVE or without.outcome == Outcome.DECLINE


@pytest.mark.parametrize("value", ["45", 45.0, True, Decimal(45), [45]])
def test_a_fact_of_the_wrong_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidFacts) as refusal:
        answer(order_count_total=value)
    assert refusal.value.facts == {"fact": "order_count_total"}


@pytest.mark.parametrize(
    ("cell", "fact", "matches"),
    [
        ({"any": True}, None, True),
        ({"any": True}, 5, True),
        ({"missing": True}, None, True),
        ({"missing": True}, 0, False),
        ({"eq": 5}, 5, True),
        ({"eq": 0}, None, False),
        ({"in": [1, 2]}, 2, True),
        ({"in": [1, 2]}, 3, False),
        ({"in": [1, 2]}, None, False),
        ({"range": [1, 3]}, 1, True),
        ({"range": [1, 3]}, 3, False),
        ({"range": [None, 3]}, -9, True),
        ({"range": [None, 3]}, None, False),
        ({"range": [1, None]}, 9, True),
    ],
)
def test_cells(cell: dict[str, Any], fact: int | None, *, matches: bool) -> None:
    assert parse_cell("row.fact", cell, INTEGER).matches(fact) is matches


def test_a_range_is_for_numbers_whoever_built_it() -> None:
    assert Cell(kind="range", low=1).matches("A") is False


@pytest.mark.parametrize(
    ("cell", "dtype", "problem"),
    [
        ({"gt": 5}, "integer", "x uses the unknown word gt"),
        ({}, "integer", "x needs exactly one of any, eq, in, range, missing"),
        ("5", "integer", "x needs exactly one of any, eq, in, range, missing"),
        ({"eq": 1, "in": [1]}, "integer", "x needs exactly one of any, eq, in, range, missing"),
        ({"any": 1}, "integer", "x: any must be true"),
        ({"missing": None}, "integer", "x: missing must be true"),
        ({"eq": "5"}, "integer", "x must be a whole number"),
        ({"eq": True}, "integer", "x must be a whole number"),
        ({"eq": None}, "integer", "x must be a whole number"),
        ({"eq": 0.5}, "decimal", "x must be text"),
        ({"eq": "half"}, "decimal", "x must be a decimal"),
        ({"eq": "nan"}, "decimal", "x must be finite"),
        ({"eq": 5}, "text", "x must be text"),
        ({"in": []}, "integer", "x: in needs a list"),
        ({"range": [None, None]}, "integer", "x: range needs a low and a high bound"),
        ({"range": [1]}, "integer", "x: range needs a low and a high bound"),
        ({"range": [3, 3]}, "integer", "x: range is empty"),
        ({"range": ["A", "B"]}, "text", "x: range is for numbers"),
    ],
)
def test_cells_outside_the_language_are_refused(cell: Any, dtype: str, problem: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        parse_cell("x", cell, dtype)
    assert refusal.value.facts == {"problem": problem}
