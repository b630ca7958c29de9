"""One card evaluated three ways: merchant by merchant, by columns, in SQL. Equal, always."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk.domain.defaults import scorecard_body
from risk.domain.facts import INTEGER
from risk.domain.odds import GRADE_BELOW, GRADES, PARTS, exact_pd, grade_floors, pd_of
from risk.domain.scorecard import CATEGORY, Card, Feature, ScoreResult, points_by_feature, score
from risk.domain.scorecard_body import parse
from risk.domain.scorecard_sql import query
from risk.scoring.columns import Scored, grades_of, reasons_of, score_columns
from tests.risk.domain.figures import mixed_body

MIXED, DEFAULT = parse(mixed_body()), parse(scorecard_body())
CARDS = pytest.mark.parametrize("card", [MIXED, DEFAULT], ids=["mixed", "default"])
LEVELS = ["cotton", "it's", "silk", "Cotton", "", "丝绸", 'a"b\\']


def near(edges: tuple[float, ...]) -> st.SearchStrategy[float]:
    """Anything, and more often the edges and what lies right beside them."""
    beside = [*edges, *(np.nextafter(edge, side) for edge in edges for side in (-np.inf, np.inf))]
    anything = st.floats(allow_nan=True, allow_infinity=True, width=64)
    return anything | st.sampled_from([float(one) for one in beside] or [0.0])


def value_of(feature: Feature) -> st.SearchStrategy[Any]:
    """As facts have it: whole numbers, decimals written in full, texts, or nothing."""
    if feature.dtype == CATEGORY:
        return st.none() | st.sampled_from(LEVELS) | st.text(max_size=3).filter(_is_storable)
    if feature.dtype == INTEGER:
        edges = [int(edge) + step for edge in feature.edges for step in (-1, 0, 1)]
        return st.none() | st.integers(-(2**63), 2**63 - 1) | st.sampled_from(edges or [0])
    return st.none() | near(feature.edges).map(lambda number: Decimal(repr(number)))


def _is_storable(text: str) -> bool:
    return "\0" not in text and text.isprintable()


def merchants_of(card: Card) -> st.SearchStrategy[list[dict[str, Any]]]:
    facts = {feature.key: value_of(feature) for feature in card.features}
    return st.lists(st.fixed_dictionaries(facts), min_size=1, max_size=20)


def columns_of(card: Card, merchants: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for feature in card.features:
        values = [merchant[feature.key] for merchant in merchants]
        if feature.dtype == CATEGORY:
            found[feature.key] = np.array(values, object)
        else:
            found[feature.key] = np.array([np.nan if v is None else float(v) for v in values])
    return found


def assert_equal(card: Card, one_by_one: list[ScoreResult], found: Scored) -> None:
    assert [result.bins for result in one_by_one] == [tuple(row) for row in found.bins.T.tolist()]
    assert [result.parts for result in one_by_one] == found.parts.tolist()
    assert [result.score for result in one_by_one] == found.score.tolist()
    assert [result.pd_units for result in one_by_one] == found.pd.tolist()
    assert [result.grade for result in one_by_one] == grades_of(found).tolist()
    assert [result.reasons for result in one_by_one] == reasons_of(card, found)


@CARDS
@given(data=st.data())
def test_by_columns_is_one_by_one(card: Card, data: st.DataObject) -> None:
    merchants = data.draw(merchants_of(card))
    one_by_one = [score(card, merchant) for merchant in merchants]
    assert_equal(card, one_by_one, score_columns(card, columns_of(card, merchants)))


def test_more_rows_than_fit_into_one_chunk() -> None:
    orders = np.arange(40_000) % 20.0
    found = score_columns(MIXED, {"orders": orders})
    one_by_one = [score(MIXED, {"orders": number}) for number in range(20)]
    assert found.parts.tolist() == [one_by_one[n % 20].parts for n in range(40_000)]
    assert found.bins[1].tolist() == [MIXED.features[1].missing] * 40_000


def test_no_rows_and_no_columns_give_no_answers() -> None:
    assert score_columns(MIXED, {}).score.tolist() == []
    assert score_columns(MIXED, {"orders": np.array([])}).pd.tolist() == []


@pytest.mark.slow
@pytest.mark.django_db
@CARDS
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_sql_is_one_by_one(card: Card, data: st.DataObject) -> None:
    merchants = data.draw(merchants_of(card))
    results = [score(card, merchant) for merchant in merchants]
    with connection.cursor() as cursor:
        for statement in tables_of(card):
            cursor.execute(statement)
        for number, merchant in enumerate(merchants):
            values = [sent(merchant[feature.key]) for feature in card.features]
            cursor.execute("INSERT INTO merchants VALUES %s", [(number, *values)])
        cursor.execute(query(card, table="merchants", key="id") + " ORDER BY id")
        found = cursor.fetchall()
    count = len(card.features)
    assert [tuple(row[1 : 1 + count]) for row in found] == [result.bins for result in results]
    assert [list(row[1 + count : 1 + 2 * count]) for row in found] == [
        list(points_by_feature(card, result).values()) for result in results
    ]
    assert [(row[-2] * PARTS, row[-1]) for row in found] == [
        (result.parts, result.grade) for result in results
    ]


def sent(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def tables_of(card: Card) -> list[str]:
    types = {INTEGER: "bigint", CATEGORY: "text"}
    columns = [
        '"{}" {}'.format(feature.key.replace('"', '""'), types.get(feature.dtype, "float8"))
        for feature in card.features
    ]
    return [
        "DROP TABLE IF EXISTS merchants",
        f"CREATE TEMP TABLE merchants (id int, {', '.join(columns)}) ON COMMIT DROP",
    ]


@CARDS
@given(data=st.data())
def test_unknown_never_improves_the_grade(card: Card, data: st.DataObject) -> None:
    """Missing, infinite, not a number or new, in every feature, beside any value there is."""
    facts = data.draw(merchants_of(card))[0]
    for feature in card.features:
        known = score(card, facts | {feature.key: data.draw(known_value(feature))})
        for unknown in unknowns(feature):
            blind = score(card, facts | {feature.key: unknown})
            assert blind.parts <= known.parts
            assert blind.pd >= known.pd
            assert GRADES.index(blind.grade) >= GRADES.index(known.grade)


def known_value(feature: Feature) -> st.SearchStrategy[Any]:
    if feature.dtype == CATEGORY:
        return st.sampled_from(sorted(feature.levels))
    if feature.dtype == INTEGER:
        return st.integers(-100, 2000)
    return st.decimals(-5, 5, places=4)


def unknowns(feature: Feature) -> list[Any]:
    if feature.dtype == CATEGORY:
        return [None, "never seen", ""]
    if feature.dtype == INTEGER:
        return [None, 10**400, -(10**400)]
    return [None, *(Decimal(text) for text in ("NaN", "sNaN", "Infinity", "-Infinity", "1e400"))]


@given(parts=st.integers(-(10**8), 2 * 10**8))
def test_a_double_rounds_as_the_decimal_does(parts: int) -> None:
    assert pd_of(DEFAULT.odds, parts) == exact_pd(DEFAULT.odds, parts)


def test_floors_are_where_the_grade_turns() -> None:
    floors = grade_floors(DEFAULT.odds)
    assert floors == (5_505_214, 5_720_815, 5_928_310, 6_197_101)
    for parts, bound in zip(floors, reversed(GRADE_BELOW), strict=True):
        assert pd_of(DEFAULT.odds, parts) < bound <= pd_of(DEFAULT.odds, parts - 1)
