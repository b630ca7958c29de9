"""The card: scaling, bins, reasons, and that unknown never helps."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.canonical import sha256
from risk.domain.defaults import scorecard_body
from risk.domain.facts import DECIMAL
from risk.domain.odds import GRADES, grade_of
from risk.domain.scorecard import Card, points_by_feature, score
from risk.domain.scorecard_body import parse, parse_for_facts
from risk.errors import InvalidFacts, InvalidScorecard
from tests.risk.domain.figures import (
    between,
    card_body,
    feature,
    missing,
    of_levels,
    other,
    rows,
)

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
        "a7b3ba70df50238570b547c25c36976a0a759463814399e93c6d2d03ffd7e6ab"
    )


def test_points_score_pd_and_grade_of_a_steady_merchant() -> None:
    result = score(CARD, STEADY)
    assert points_by_feature(CARD, result) == {
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
    card = parse(
        scorecard_body()
        | {"base": {"handling": "separate", "points": base}, "features": [], "rows": []}
    )
    assert score(card, {}).pd == Decimal(pd)


def test_calibration_shifts_the_log_odds() -> None:
    base = {"handling": "separate", "points": 600}
    calibration = {"a": "-0.693147180559945309", "b": "1", "offsets": []}
    changes = {"base": base, "features": [], "rows": [], "calibration": calibration}
    halved = parse(scorecard_body() | changes)
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


def points_of(changes: dict[str, Any]) -> dict[str, Decimal]:
    return points_by_feature(CARD, score(CARD, STEADY | changes))


def test_edges_belong_to_the_upper_bin() -> None:
    assert points_of({"tenure_days": 364})["tenure_days"] == 0
    assert points_of({"tenure_days": 365})["tenure_days"] == 8


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


def of_offset(**changes: Any) -> dict[str, Any]:
    body = scorecard_body()
    offset = {"tenant_id": "tnt_a", "from_on": "2026-05-01", "a": "0.5"} | changes
    return body | {"calibration": body["calibration"] | {"offsets": [offset]}}


def test_a_tenants_offset_counts_from_its_day_on() -> None:
    body = of_offset()
    body["calibration"]["offsets"].append(
        {"tenant_id": "tnt_a", "from_on": "2026-06-01", "a": "-0.25"}
    )
    card = parse(body)
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [card.for_tenant("tnt_a", day).odds.a for day in days] == [
        Decimal(a) for a in ("0", "0.5", "0.5", "-0.25")
    ]
    assert card.for_tenant("tnt_b", date(2026, 7, 1)) == card
    moved = score(card.for_tenant("tnt_a", days[1]), STEADY)
    assert (moved.score, moved.pd) == (620, Decimal("0.00602874"))


FIRST: dict[str, Any] = {
    "base_points": 590, "pdo": 20, "score_600_odds": 50, "calibration": {"a": "0", "b": "1"},
    "features": [
        {"key": "tenure_days", "label": "Days", "dtype": "integer", "sign": "+",
         "reason_code": "tenure_short", "mean_points": 2,
         "bins": [{"kind": "range", "lo": None, "hi": 90, "points": -12},
                  {"kind": "range", "lo": 90, "hi": None, "points": 5},
                  {"kind": "missing", "points": -12}]},
    ],
}  # fmt: skip


def test_a_card_of_the_first_form_is_still_read() -> None:
    card = parse_for_facts(FIRST)
    assert card == parse_for_facts(
        card_body(
            [feature("tenure_days", label="Days", mean_points=2)],
            rows("tenure_days", between(None, 90, -12), between(90, None, 5), missing(-12),
                 reason_code="tenure_short"),
        )
    )  # fmt: skip
    assert score(card, {"tenure_days": 90}).score == 595


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ({"extra": 1},
         "card must have exactly base_points, calibration, features, pdo, score_600_odds"),
        ({"features": [FIRST["features"][0] | {"bins": [{"kind": "moon"}]}]},
         "tenure_days has a bin of an unknown kind"),
    ],
)  # fmt: skip
def test_a_damaged_card_of_the_first_form_is_refused(damage: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidScorecard) as refusal:
        parse(FIRST | damage)
    assert refusal.value.facts == {"problem": problem}


RANGES = (between(None, 90, -5), between(90, None, 5), missing(-5))


def days(*values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return card_body([feature("tenure_days", **changes)], rows("tenure_days", *values))


def trades(*values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    declared = feature("trade", **{"dtype": "category", "sign": "0"} | changes)
    return card_body([declared], rows("trade", *values))


def counted(**counts: Any) -> dict[str, Any]:
    return days(RANGES[0] | counts, *RANGES[1:])


COTTON = of_levels(["cotton"], 3)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (days(*RANGES[:2], missing(-4)), "tenure_days rewards a missing or new value"),
        (trades(COTTON, missing(3), other(4)), "trade rewards a missing or new value"),
        (days(between(None, 90, 5), between(90, None, -5), missing(-5)),
         "tenure_days has points against its sign"),
        (trades(COTTON, missing(3), other(3), sign="+"),
         "trade has levels, so it can have no sign"),
        (days(between(None, 90, -5), between(91, None, 5), missing(-5)),
         "tenure_days has a gap or an overlap between bins"),
        (days(between(None, 90, -5), between(90, 80, 0), between(80, None, 5), missing(-5)),
         "tenure_days has bins out of order"),
        (days(between(0, 90, -5), between(90, None, 5), missing(-5)),
         "tenure_days leaves values outside its bins"),
        (days(between(None, None, 1.5), missing(0)), "tenure_days must be a number"),
        (days(between(None, None, "1.00001"), missing(0)),
         "tenure_days must have at most four decimal places"),
        (days(between(None, None, 10001), missing(0)), "tenure_days must be at most 10000 points"),
        (days(between(None, 0.5, 0), between(0.5, None, 5), missing(0)),
         "tenure_days must be a number"),
        (days(between(None, "inf", 0), between("inf", None, 5), missing(0)),
         "tenure_days must be finite"),
        (days(between(None, "1e999", 0), between("1e999", None, 5), missing(0)),
         "tenure_days must be finite"),
        (days(between(None, "x", 0), between("x", None, 5), missing(0)),
         "tenure_days must be a number"),
        (days(between(None, None, 0)), "tenure_days needs rows numbered from 0 on"),
        (days(between(None, None, 0) | {"ord": 1}, missing(0)),
         "tenure_days needs rows numbered from 0 on"),
        (days(missing(0), between(None, None, 0)),
         "tenure_days needs numeric rows and then missing"),
        (days(between(None, None, 0), missing(0) | {"lo": 3}),
         "tenure_days has bounds where there is no range"),
        (days(between(None, None, 0) | {"levels": []}, missing(0)),
         "tenure_days has levels where there are none, or none where there must be"),
        (trades(of_levels([], 0), missing(0), other(0)), "the levels of trade must be a list"),
        (trades(of_levels([3], 0), missing(0), other(0)), "a level of trade must be text"),
        (trades(of_levels(["a", "a"], 0), missing(0), other(0)), "trade names a level twice"),
        (days(*RANGES, dtype="float"), "tenure_days has the unknown type float"),
        (days(*RANGES, label=1), "the label of tenure_days must be text"),
        (days(*RANGES, null_meaning=""), "the null_meaning of tenure_days must be text"),
        (days(*RANGES, sign="x"), "tenure_days has an unknown sign"),
        (counted(n=3, bad=4, woe="0"), "tenure_days has impossible counts"),
        (counted(n=3, bad=1, woe="x"), "the weight of evidence of tenure_days must be a number"),
        (days(*RANGES) | {"rows": rows("zodiac", *RANGES)}, "a row belongs to no feature"),
        (scorecard_body() | {"format": 3}, "format must be 2"),
        (scorecard_body() | {"scaling": {"pdo": 40, "score": 600, "odds": 50}},
         "scaling must be pdo 20 at 600"),
        (scorecard_body() | {"scaling": {"pdo": 20, "score": 600, "odds": 0}},
         "odds must be positive"),
        (scorecard_body() | {"base": {"handling": "spread", "points": 590}},
         "base handling must be separate"),
        (scorecard_body() | {"calibration": {"a": "0", "b": "0", "offsets": []}},
         "calibration must keep the order of scores and stay small"),
        (of_offset(a="21"), "an offset must stay small"),
        (of_offset(from_on="May"), "the day of an offset must be a date"),
        (scorecard_body() | {"development": {
            "binner": "x", "seed": 1, "rows": 1, "bad": "1", "data_sha256": "x"}},
         "bad of the development must be a whole number"),
        (scorecard_body() | {"features": scorecard_body()["features"][:1] * 2},
         "a feature appears twice"),
        (scorecard_body() | {"extra": 1},
         "card must have exactly base, calibration, development, features, format, rows, scaling"),
    ],
)  # fmt: skip
def test_a_card_that_breaks_its_rules_is_refused(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidScorecard) as refusal:
        parse(body)
    assert refusal.value.facts == {"problem": problem}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (card_body([feature("zodiac")], rows("zodiac", *RANGES)),
         "zodiac is not a known number of type integer"),
        (days(*RANGES, dtype="decimal"), "tenure_days is not a known number of type decimal"),
        (trades(COTTON, missing(3), other(3)), "trade is not a known number of type category"),
        (card_body([feature("tenure_days")], rows("tenure_days", *RANGES, reason_code="moon")),
         "moon is not a reason we give"),
    ],
)  # fmt: skip
def test_a_card_that_decides_knows_its_facts_and_reasons(body: Any, problem: str) -> None:
    parse(body)
    with pytest.raises(InvalidScorecard) as refusal:
        parse_for_facts(body)
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
