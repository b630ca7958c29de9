"""The card: scaling, bins, reasons, and that unknown never helps."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.canonical import sha256
from risk.domain.defaults import scorecard_body
from risk.domain.facts import DECIMAL
from risk.domain.scorecard import GRADES, Card, grade_of, score
from risk.domain.scorecard_body import parse
from risk.errors import InvalidFacts, InvalidScorecard

CARD = parse(scorecard_body())
KEYS = [feature.key for feature in CARD.features]
DTYPES = {feature.key: feature.dtype for feature in CARD.features}

STEADY: dict[str, Any] = {
    "tenure_days": 400,
    "recency_days": 20,
    "active_months_count": 8,
    "order_count_l12": 10,
    "gmv_cv": Decimal("0.8000"),
    "return_rate": Decimal("0.0300"),
    "momentum": Decimal("1.0000"),
    "paid_off_count": 0,
    "max_dpd_days": 0,
}


def value_of(key: str) -> st.SearchStrategy[Any]:
    if DTYPES[key] == DECIMAL:
        return st.decimals(-5, 5, places=4)
    return st.integers(-2000, 4000)


FACTS = st.fixed_dictionaries({key: st.none() | value_of(key) for key in KEYS})
UNKNOWN = st.sampled_from([None, Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])


def test_default_card_is_the_one_reviewed() -> None:
    assert sha256(scorecard_body()) == (
        "6b3ec90b448e89b7d6ce834df4028791ea27c0cbdc8c538101b5cb5c8d83079d"
    )


def test_points_score_pd_and_grade_of_a_steady_merchant() -> None:
    result = score(CARD, STEADY)
    assert result.points == {
        "tenure_days": 8,
        "recency_days": 6,
        "active_months_count": 4,
        "order_count_l12": 4,
        "gmv_cv": 4,
        "return_rate": 2,
        "momentum": 2,
        "paid_off_count": 0,
        "max_dpd_days": 0,
    }
    assert (result.score, result.pd, result.grade) == (620, Decimal("0.00990099"), "A")
    assert result.reasons == ("repayment_record_short",)


@pytest.mark.parametrize(
    ("base", "pd"),
    [(600, "0.01960784"), (620, "0.00990099"), (580, "0.03846154"), (540, "0.13793103")],
)
def test_scaling_is_50_to_1_at_600_and_doubles_every_20(base: int, pd: str) -> None:
    card = parse(scorecard_body() | {"base_points": base, "features": []})
    assert score(card, {}).pd == Decimal(pd)


def test_calibration_shifts_the_log_odds() -> None:
    body = scorecard_body() | {"base_points": 600, "features": []}
    halved = parse(body | {"calibration": {"a": "-0.693147180559945309", "b": "1"}})
    assert score(halved, {}).pd == Decimal("0.03846154")


@pytest.mark.parametrize(
    ("pd", "grade"),
    [
        ("0.00999999", "A"),
        ("0.01", "B"),
        ("0.02499999", "B"),
        ("0.025", "C"),
        ("0.05", "D"),
        ("0.09999999", "D"),
        ("0.1", "E"),
    ],
)
def test_master_scale(pd: str, grade: str) -> None:
    assert grade_of(Decimal(pd)) == grade


def test_edges_belong_to_the_upper_bin() -> None:
    assert score(CARD, STEADY | {"tenure_days": 364}).points["tenure_days"] == 0
    assert score(CARD, STEADY | {"tenure_days": 365}).points["tenure_days"] == 8


def test_reasons_are_the_four_largest_losses_against_the_mean() -> None:
    facts = STEADY | {
        "tenure_days": 70,
        "recency_days": 100,
        "active_months_count": 1,
        "return_rate": Decimal("0.5"),
        "max_dpd_days": 3,
    }
    assert score(CARD, facts).reasons == (
        "recently_inactive",
        "returns_high",
        "few_active_months",
        "tenure_short",
    )


def test_absent_facts_are_missing() -> None:
    assert score(CARD, {}) == score(CARD, dict.fromkeys(KEYS))


@given(facts=FACTS, key=st.sampled_from(KEYS), unknown=UNKNOWN, data=st.data())
def test_unknown_never_helps(
    facts: dict[str, Any], key: str, unknown: Decimal | None, data: st.DataObject
) -> None:
    without = score(CARD, facts | {key: unknown})
    with_any = score(CARD, facts | {key: data.draw(value_of(key))})
    assert without.score <= with_any.score
    assert without.pd >= with_any.pd
    assert GRADES.index(without.grade) >= GRADES.index(with_any.grade)


@given(facts=FACTS, key=st.sampled_from(KEYS), data=st.data())
def test_monotone_in_the_declared_sign(
    facts: dict[str, Any], key: str, data: st.DataObject
) -> None:
    low, high = sorted(data.draw(st.tuples(value_of(key), value_of(key))))
    sign = next(f.sign for f in CARD.features if f.key == key)
    rise = score(CARD, facts | {key: high}).score - score(CARD, facts | {key: low}).score
    assert rise * sign >= 0


@given(facts=FACTS)
def test_at_most_four_known_reasons(facts: dict[str, Any]) -> None:
    reasons = score(CARD, facts).reasons
    assert len(reasons) <= 4
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("value", ["45", 45.0, True, Decimal(45)])
def test_a_whole_number_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidFacts) as refusal:
        score(CARD, STEADY | {"tenure_days": value})
    assert refusal.value.facts == {"fact": "tenure_days"}


@pytest.mark.parametrize("value", ["0.1", 0.1, 0])
def test_a_decimal_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidFacts):
        score(CARD, STEADY | {"return_rate": value})


def one_feature(**changes: Any) -> dict[str, Any]:
    feature = {
        "key": "tenure_days",
        "label": "Days",
        "dtype": "integer",
        "sign": "+",
        "reason_code": "tenure_short",
        "mean_points": 0,
        "bins": bins((None, 90, -5), (90, None, 5), missing=-5),
    }
    return scorecard_body() | {"features": [feature | changes]}


def bins(*ranges: tuple[Any, Any, Any], missing: Any) -> list[dict[str, Any]]:
    rows = [{"kind": "range", "lo": lo, "hi": hi, "points": points} for lo, hi, points in ranges]
    return [*rows, {"kind": "missing", "points": missing}]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (one_feature(bins=bins((None, 90, -5), (90, None, 5), missing=-4)),
         "tenure_days rewards a missing value"),
        (one_feature(bins=bins((None, 90, 5), (90, None, -5), missing=-5)),
         "tenure_days has points against its sign"),
        (one_feature(bins=bins((None, 90, -5), (91, None, 5), missing=-5)),
         "tenure_days has a gap or an overlap between bins"),
        (one_feature(bins=bins((None, 90, -5), (90, 80, 0), (80, None, 5), missing=-5)),
         "tenure_days has bins out of order"),
        (one_feature(bins=bins((0, 90, -5), (90, None, 5), missing=-5)),
         "tenure_days leaves values outside its bins"),
        (one_feature(bins=bins((None, None, 1.5), missing=0)),
         "tenure_days must be a whole number of at most 10000"),
        (one_feature(bins=bins((None, 0.5, 0), (0.5, None, 5), missing=0)),
         "tenure_days must be a number"),
        (one_feature(bins=bins((None, "inf", 0), ("inf", None, 5), missing=0)),
         "tenure_days must be finite"),
        (one_feature(bins=bins((None, None, 0), missing=0)[:1]),
         "tenure_days needs ranges and exactly one missing bin"),
        (one_feature(dtype="decimal"), "tenure_days is not a known number of type decimal"),
        (one_feature(key="zodiac"), "zodiac is not a known number of type integer"),
        (one_feature(label=1), "the label of tenure_days must be text"),
        (one_feature(bins=bins((None, "x", 0), ("x", None, 5), missing=0)),
         "tenure_days must be a number"),
        (one_feature(sign="0"), "tenure_days has an unknown sign or reason code"),
        (one_feature(reason_code="moon"), "tenure_days has an unknown sign or reason code"),
        (scorecard_body() | {"pdo": 40}, "scaling must be pdo 20 and positive odds at 600"),
        (scorecard_body() | {"calibration": {"a": "0", "b": "0"}},
         "calibration must keep the order of scores and stay small"),
        (scorecard_body() | {"features": scorecard_body()["features"][:1] * 2},
         "a feature appears twice"),
        (scorecard_body() | {"extra": 1},
         "card must have exactly base_points, calibration, features, pdo, score_600_odds"),
    ],
)  # fmt: skip
def test_a_card_that_breaks_its_rules_is_refused(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidScorecard) as refusal:
        parse(body)
    assert refusal.value.facts == {"problem": problem}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=3,
)


@given(data=st.data(), junk=JUNK)
def test_any_damage_is_refused_or_harmless(data: st.DataObject, junk: Any) -> None:
    body = scorecard_body()
    node: Any = body
    while True:
        step: Any = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        if not isinstance(node[step], dict | list) or not node[step] or data.draw(st.booleans()):
            node[step] = junk
            break
        node = node[step]
    try:
        card = parse(body)
    except InvalidScorecard:
        return
    assert isinstance(card, Card)
    assert score(card, {}).score <= score(card, STEADY).score
