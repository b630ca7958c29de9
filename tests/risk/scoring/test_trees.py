"""Boosted trees as JSON: the learner's own answers to the double, monotone, unknown never helps."""

import copy
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain import trees
from risk.domain.canonical import canonical, sha256
from risk.errors import CannotFit, InvalidFacts, InvalidScorecard, TooFewOfAKind
from risk.scoring.data import Data
from risk.scoring.metrics import quality
from risk.scoring.trees import Grown, beyond, fit_trees, odds_columns, pd_columns, sweep

SIGNS = {"tenure_days": 1, "recency_days": -1, "gmv_cv": -1, "max_dpd_days": -1}
TYPES = {"tenure_days": "integer", "recency_days": "integer", "gmv_cv": "decimal",
         "max_dpd_days": "integer"}  # fmt: skip
ENDS = np.array(list(SIGNS.values()))


def cases(count: int = 1500, seed: int = 3) -> Data:
    """Missing recency here is even *safer* than any value: the trap a learner falls into."""
    random = np.random.default_rng(seed)
    columns = {
        "tenure_days": random.integers(0, 900, count).astype(float),
        "recency_days": random.integers(0, 120, count).astype(float),
        "gmv_cv": random.gamma(2, 0.5, count).round(4),
        "max_dpd_days": np.zeros(count),
    }
    risk = -2 - 0.003 * columns["tenure_days"] + 0.02 * columns["recency_days"] + columns["gmv_cv"]
    unknown = random.random(count) < 0.15
    risk[unknown] -= 3
    y = (random.random(count) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    columns["recency_days"][unknown] = np.nan
    columns["gmv_cv"][random.random(count) < 0.1] = np.nan
    return Data(columns=columns, dtypes=TYPES, y=y, sha256="sample")


def grow(data: Data) -> Grown:
    return fit_trees(data, SIGNS, label_sha256="label", seed=42)


GROWN = grow(cases())
Value = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.sampled_from(sorted({edge for n in range(4) for edge in trees.thresholds(GROWN.forest, n)})),
    st.floats(-10, 1000),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(Value, Value, Value, Value), min_size=1, max_size=40))
def test_they_answer_what_the_learner_answers(rows: list[tuple[float, ...]]) -> None:
    """Missing, infinite, on an edge: log-odds to the last bit, one by one and by columns."""
    values = np.array(rows)
    seen = beyond(values, ENDS)
    known = np.where(np.isfinite(values), values, np.nan)
    wanted = GROWN.model.decision_function(seen)
    assert odds_columns(GROWN.forest, known.T).tolist() == wanted.tolist()
    one_by_one = [trees.log_odds(GROWN.forest, tuple(row)) for row in known.tolist()]
    assert one_by_one == wanted.tolist()
    columns = dict(zip(SIGNS, values.T, strict=True))
    pds = pd_columns(GROWN.forest, columns, len(rows))
    assert np.abs(pds - GROWN.model.predict_proba(seen)[:, 1]).max() <= 1e-15


def test_the_same_cases_give_the_same_trees() -> None:
    assert sha256(grow(cases()).body) == sha256(GROWN.body)
    assert sha256(grow(cases(seed=4)).body) != sha256(GROWN.body)
    assert "float" not in canonical(GROWN.body)


@settings(deadline=None, max_examples=25)
@given(st.tuples(Value, Value, Value, Value), st.integers(0, 3), st.lists(Value, min_size=2))
def test_more_of_what_is_safer_is_never_riskier_and_unknown_never_helps(
    row: tuple[float, ...], place: int, moved: list[float]
) -> None:
    base = tuple(value if np.isfinite(value) else float("nan") for value in row)

    def odds(value: float) -> float:
        return trees.log_odds(GROWN.forest, (*base[:place], value, *base[place + 1 :]))

    steps = [odds(one) for one in sorted(value for value in moved if np.isfinite(value))]
    assert steps == sorted(steps, reverse=bool(ENDS[place] > 0))
    assert odds(float("nan")) >= max(steps, default=float("-inf"))


def test_facts_come_in_by_one_door() -> None:
    facts: dict[str, Any] = {"tenure_days": 400, "recency_days": 12, "gmv_cv": Decimal("0.5"),
                             "max_dpd_days": 0}  # fmt: skip
    known = trees.pd_of_facts(GROWN.forest, facts)
    column = {key: np.array([float(value)]) for key, value in facts.items()}
    assert pd_columns(GROWN.forest, column, 1).tolist() == [known]
    for unknown in (None, Decimal("Infinity"), Decimal("NaN")):
        found = trees.pd_of_facts(GROWN.forest, facts | {"gmv_cv": unknown})
        assert found >= known
    assert trees.pd_of_facts(GROWN.forest, {}) >= known
    assert pd_columns(GROWN.forest, {}, 2).tolist() == [trees.pd_of_facts(GROWN.forest, {})] * 2
    for wrong in ("0.5", 0.5, True):
        with pytest.raises(InvalidFacts):
            trees.pd_of_facts(GROWN.forest, facts | {"gmv_cv": wrong})


def test_pds_are_right_on_average() -> None:
    """Trap: nothing here weighs the classes evenly, so a rare bad case stays rare."""
    data = cases(4000, 9)
    rare = data.take(np.flatnonzero((data.y == 0) | (np.arange(len(data.y)) % 4 == 0)))
    forest = grow(rare).forest
    found = quality(rare.y, pd_columns(forest, rare.columns, len(rare.y)))
    assert found.pd_ratio == pytest.approx(1, rel=0.02)
    assert found.auc > 0.7


def broken(change: Any) -> dict[str, Any]:
    body = copy.deepcopy(GROWN.body)
    change(body)
    return body


def first_split(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["trees"][0][0]
    return found


def swap(body: dict[str, Any]) -> None:
    node = first_split(body)
    node["left"], node["right"] = node["right"], node["left"]


def turn(body: dict[str, Any]) -> None:
    node = first_split(body)
    node["missing"] = "left" if node["missing"] == "right" else "right"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (swap, "goes against the sign"),
        (turn, "rewards a missing value"),
        (lambda b: b.update(format="trees-2"), "format must be"),
        (lambda b: b["features"][0].update(sign="0"), "needs a declared sign"),
        (lambda b: b["features"][0].update(key="phone"), "not a known number"),
        (lambda b: b["features"][0].update(key="gmv_cv", dtype="decimal"), "appears twice"),
        (lambda b: b.update(trees=[]), "1 to 500 trees"),
        (lambda b: b["trees"][0].clear(), "1 to 63 nodes"),
        (lambda b: first_split(b).update(left=0), "not below its node"),
        (lambda b: first_split(b).update(feature=9), "is not there"),
        (lambda b: first_split(b).update(threshold="nan"), "not finite"),
        (lambda b: first_split(b).update(threshold="x"), "is no number"),
        (lambda b: b.update(baseline="inf"), "not finite"),
        (lambda b: b["trees"][0].append({"value": "0"}), "belongs nowhere"),
        (lambda b: b["development"].update(rows="9"), "whole number"),
        (lambda b: b.update(extra=1), "must have exactly"),
    ],
)
def test_trees_that_break_a_rule_are_not_read(change: Any, problem: str) -> None:
    with pytest.raises(InvalidScorecard) as refusal:
        trees.parse(broken(change))
    assert problem in str(refusal.value.facts["problem"])


def test_a_sweep_finds_what_reading_would_have_kept_out() -> None:
    node = trees.Node(0, 100.0, missing_left=False, left=1, right=2, value=0.0)
    leaves = [
        trees.Node(-1, 0.0, missing_left=False, left=0, right=0, value=value)
        for value in (1.0, -1.0)
    ]
    kind = trees.TreeFeature(key="tenure_days", dtype="integer", sign=1)
    forest = trees.Forest(baseline=0.0, features=(kind,), trees=((node, *leaves),))
    with pytest.raises(CannotFit) as refusal:
        sweep(forest, np.array([[50.0]]))
    assert refusal.value.facts == {"problem": "tenure_days rewards a missing value"}
    other = trees.TreeFeature(key="tenure_days", dtype="integer", sign=-1)
    wrong = trees.Forest(baseline=0.0, features=(other,), trees=((node, *leaves),))
    with pytest.raises(CannotFit) as refusal:
        sweep(wrong, np.array([[50.0]]))
    assert refusal.value.facts == {"problem": "tenure_days goes against its sign"}


def test_what_gives_no_trees() -> None:
    with pytest.raises(TooFewOfAKind) as few:
        fit_trees(cases(60), SIGNS, label_sha256="label", seed=42)
    assert few.value.facts == {"least": 30}
    with pytest.raises(CannotFit) as refusal:
        fit_trees(cases(), {}, label_sha256="label", seed=42)
    assert refusal.value.facts == {"problem": "no column has a declared sign"}
