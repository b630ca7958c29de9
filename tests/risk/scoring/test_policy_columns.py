"""A policy by columns answers what it answers case by case."""

import copy
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.facts import DECIMAL, FACT_TYPES, INTEGER
from risk.domain.odds import GRADES, grade_number
from risk.domain.policy import STAGES, PolicyResult, PolicyTables, evaluate
from risk.domain.policy_body import parse
from risk.domain.scorecard import ScoreResult
from risk.errors import InvalidFacts
from risk.scoring.policy_columns import CHUNK, OUTCOMES, Answers, column_of, evaluate_columns
from tests.risk.domain.figures import default_body

LONG = "0.30000000000000000001"  # between two doubles, and no fact of fifteen digits
INTEGERS = [0, 1, 3, 60, 121, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(10**30), 10**30]
DECIMALS = ["0", "0.1", "0.3", LONG, "1e-400", "1e-300", "-0.25", "1e200", "1e400"]
PDS = ["0", "0.02", "0.020000005", "0.02000001", "0.3", "1", "1e-400", "9e400"]
LITERALS: dict[str, list[Any]] = {
    name: INTEGERS if dtype == INTEGER else DECIMALS for name, dtype in FACT_TYPES.items()
} | {"score": INTEGERS, "pd": PDS, "grade": list(GRADES)}
LOOKED_AT = {
    "eligibility": ["tenure_days", "return_rate", "net_gmv_l3_minor"],
    "knock_out": ["max_dpd_days", "momentum"],
    "grade": ["score", "pd", "grade", "gmv_cv"],
    "outcome": ["grade", "pd", "score", "tenure_days"],
}


@st.composite
def cells(draw: st.DrawFn, fact: str) -> dict[str, Any]:
    literals = LITERALS[fact]
    kinds = ["in", "missing", "any"] + ([] if fact == "grade" else ["range", "range"])
    kind = draw(st.sampled_from(kinds))
    if kind == "in":
        return {"in": draw(st.lists(st.sampled_from(literals), min_size=1, max_size=3))}
    if kind != "range":
        return {kind: True}
    bounds = draw(st.lists(st.sampled_from(literals), min_size=2, max_size=2, unique=True))
    low, high = sorted(bounds, key=Decimal)
    return {"range": draw(st.sampled_from([[low, high], [low, None], [None, high]]))}


@st.composite
def policies(draw: st.DrawFn) -> PolicyTables:
    """Any rows before those that every table needs."""
    body = copy.deepcopy(default_body())
    for stage in body["stages"]:
        name, rows = stage["name"], stage["rows"]
        closing = rows.pop()
        thens = [row["then"] for row in rows] + [{}] * (name != "outcome")
        used = st.fixed_dictionaries({}, optional={f: cells(f) for f in LOOKED_AT[name]})
        more = draw(st.lists(st.tuples(used, st.sampled_from(thens)), max_size=4))
        stage["rows"] = [
            {"id": f"{name.replace('_', '-')}-{number}", "when": when, "then": then}
            for number, (when, then) in enumerate(more)
            if any(cell != {"any": True} for cell in when.values())
        ]
        stage["rows"] += rows
        stage["rows"] += [
            {"id": f"no-{name.replace('_', '-')}-{number}", "when": {fact: {"missing": True}},
             "then": closing["then"]}
            for number, fact in enumerate(LOOKED_AT[name])
        ]  # fmt: skip
        stage["rows"].append(closing)
    return parse(body)


def values_of(name: str, dtype: str) -> st.SearchStrategy[Any]:
    if dtype == INTEGER:
        near = [n + d for n in INTEGERS for d in (-1, 0, 1) if abs(n + d) < 2**63]
        return st.none() | st.sampled_from(near) | st.integers(-9, 500)
    usual = [Decimal(text) for text in DECIMALS if text not in {LONG, "1e-400", "1e400"}]
    some = st.decimals(-2, 2, places=4) | st.sampled_from([Decimal("NaN"), Decimal("Infinity")])
    return st.none() | st.sampled_from(usual) | some


CASES = st.lists(
    st.tuples(
        st.fixed_dictionaries({name: values_of(name, dtype) for name, dtype in FACT_TYPES.items()}),
        st.integers(0, 900),
        st.sampled_from([0, 2_000_000, 2_000_001, 30_000_000, 10**8]) | st.integers(0, 10**8),
    ),
    min_size=1,
    max_size=12,
)


def one_by_one(policy: PolicyTables, cases: list[Any]) -> list[PolicyResult]:
    return [
        evaluate(policy, facts, ScoreResult(score, 0, pd, GRADES[grade_number(pd)], (), ()))
        for facts, score, pd in cases
    ]


def by_columns(policy: PolicyTables, cases: list[Any]) -> Answers:
    return evaluate_columns(
        policy,
        {name: column_of(name, [case[0][name] for case in cases], dtype)
         for name, dtype in FACT_TYPES.items()},
        score=np.array([case[1] for case in cases], np.int64),
        pd=np.array([case[2] for case in cases], np.int64),
        grade=np.array([grade_number(case[2]) for case in cases], np.int8),
    )  # fmt: skip


def assert_equal(policy: PolicyTables, cases: list[Any]) -> None:
    results, found = one_by_one(policy, cases), by_columns(policy, cases)
    assert [one.outcome for one in results] == [OUTCOMES[n] for n in found.outcome.tolist()]
    assert [one.grade for one in results] == [GRADES[n] for n in found.grade.tolist()]
    assert [one.is_small for one in results] == found.is_small.tolist()
    assert [one.rule_hits for one in results] == [
        tuple(
            policy.stages[stage][hit].id
            for stage, hit in zip(STAGES, hits, strict=True)
            if hit >= 0
        )
        for hits in found.hits.T.tolist()
    ]


@given(policy=policies(), cases=CASES)
def test_by_columns_is_one_by_one(policy: PolicyTables, cases: list[Any]) -> None:
    assert_equal(policy, cases)


def test_more_cases_than_fit_into_one_chunk() -> None:
    gone: dict[str, Any] = dict.fromkeys(FACT_TYPES)
    known = gone | {"order_count_total": 24, "tenure_days": 400, "recency_days": 10,
                    "current_dpd_days": 0, "max_dpd_days": 0}  # fmt: skip
    some = [(known, 600, pd) for pd in (0, 2_000_000, 7_000_000, 20_000_000)]
    some += [(known | {"max_dpd_days": 8}, 600, 0), (gone, 600, 0)]
    assert_equal(parse(default_body()), (some * (CHUNK // 6 + 1))[: CHUNK + 3])


def test_a_fact_that_is_absent_counts_as_missing() -> None:
    policy = parse(default_body())
    number = np.zeros(1, np.int64)
    found = evaluate_columns(policy, {}, score=number, pd=number, grade=np.zeros(1, np.int8))
    assert [OUTCOMES[n] for n in found.outcome.tolist()] == ["decline"]
    assert found.hits.T.tolist() == [[0, -1, -1, -1]]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(45.0, INTEGER), ("45", INTEGER), (True, INTEGER), (2**63, INTEGER), (Decimal(LONG), DECIMAL),
     (Decimal("1e-400"), DECIMAL), (Decimal("1e400"), DECIMAL), (0.5, DECIMAL)],
)  # fmt: skip
def test_what_a_column_cannot_hold_is_refused(value: Any, dtype: str) -> None:
    with pytest.raises(InvalidFacts) as refusal:
        column_of("some_fact", [None, value], dtype)
    assert refusal.value.facts == {"fact": "some_fact"}
