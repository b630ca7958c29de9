"""The price table: reading it, its columns, what a rate is made of by hand, and what is found."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.odds import GRADES
from risk.domain.policy_body import parse, read
from risk.domain.policy_difference import difference
from risk.domain.policy_gate import findings_of, publishable
from risk.domain.pricing import Cost, costs, order_broken, parse_table, rate_for
from risk.errors import InvalidPolicy, PolicyFindings
from tests.risk.domain.figures import default_body
from tests.risk.prices import RATES, priced_body, term_price

NO_RATE = Decimal("0.5")
RATE = st.integers(0, 10_000).map(lambda units: f"{Decimal(units) / 10_000:f}")


def found(**changes: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        (one.code, dict(one.example)) for one in findings_of(priced_body(**changes))
        if one.stage == "price"
    ]  # fmt: skip


def with_rate(grade: str, *rates: Any) -> dict[str, Any]:
    return {"rates": RATES | {grade: list(rates)}}


@pytest.mark.parametrize(
    ("days", "rate"),
    [(1, "0.0780"), (30, "0.0780"), (31, "0.0810"), (60, "0.0810"), (90, "0.0840"),
     (360, "0.0840")],
)  # fmt: skip
def test_a_column_holds_up_to_its_days_and_the_last_beyond(days: int, rate: str) -> None:
    told = parse_table(term_price()).of("B")
    assert told == {"30": "0.07800000", "60": "0.08100000", "90": "0.08400000"}
    assert rate_for(told, days, NO_RATE) == Decimal(rate)
    assert rate_for({}, days, NO_RATE) == NO_RATE


def test_the_parts_of_a_rate_by_hand() -> None:
    # funding 3 %; 0.5 % × 60 %; 0.1 % × 365 / 30; capital .4 %; tenant .5 %
    first = costs(parse_table(term_price()), Decimal("0.6"))[0]
    assert first == Cost(
        grade="A", days=30, funding=Decimal("0.0300"), loss=Decimal("0.00300000"),
        handling=Decimal("0.01216667"), capital=Decimal("0.004"), tenant=Decimal("0.005"),
        rate=Decimal("0.0720"),
    )  # fmt: skip
    assert (first.total, first.margin) == (Decimal("0.05416667"), Decimal("0.01783333"))


def test_a_body_without_a_table_is_read_as_before() -> None:
    policy = parse(default_body())
    assert policy.term_price is None
    assert parse(priced_body()).price == policy.price


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"days": [30, 30, 90]}, "the days of term_price must ascend: two columns overlap"),
        ({"days": [60, 30, 90]}, "the days of term_price must ascend: two columns overlap"),
        ({"days": [30, 60]}, "the rates of A must have one value for each term"),
        ({"days": [True, 60, 90]}, "the days of term_price must be whole numbers"),
        ({"days": []}, "term_price needs 1 to 8 terms of 1 to 1830 days"),
        ({"days": [0, 60, 90]}, "term_price needs 1 to 8 terms of 1 to 1830 days"),
        ({"rates": {"A": []}}, "the rates of term_price must have exactly A, B, C, D, E"),
        (with_rate("B", "0.1", "0.1", "-0.1"),
         "the rates of B must lie between 0 and 1, with eight places at most"),
        (with_rate("B", "0.1", "0.1", "0.123456789"),
         "the rates of B must lie between 0 and 1, with eight places at most"),
        (with_rate("B", "0.1", "0.1", 0.1), "the rates of B must be text"),
        ({"more": 1}, "term_price must have exactly days, parts, rates"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        read(priced_body(**changes))
    assert refusal.value.facts == {"problem": problem}


def test_findings_of_the_table() -> None:
    assert found() == []
    assert found(**with_rate("A", "0.0540", "0.0680", "0.0720")) == [
        ("price_below_cost", {"grade": "A", "term_days": 30})
    ]
    assert ("price_order", {"grade": "C", "term_days": 60}) in found(
        **with_rate("C", "0.0900", "0.0800", "0.0960")
    )
    short = priced_body(days=[20, 40, 60])
    gap = [one for one in findings_of(short) if one.code == "price_gap"]
    assert [dict(one.example) for one in gap] == [{"term_days": 90}]
    with pytest.raises(PolicyFindings):
        publishable(short)
    publishable(priced_body())


@given(rows=st.lists(st.tuples(RATE, RATE), min_size=5, max_size=5))
def test_no_worse_grade_is_ever_cheaper_in_a_published_table(rows: list[tuple[str, str]]) -> None:
    rates = {grade: [row[0], row[1], row[1]] for grade, row in zip(GRADES, rows, strict=True)}
    table = parse_table(term_price(rates=rates))
    columns = [[table.rates[grade][place] for grade in GRADES] for place in range(3)]
    assert bool(order_broken(table)) == any(column != sorted(column) for column in columns)


def test_the_difference_names_each_cell_and_part() -> None:
    after = priced_body(**with_rate("B", "0.078", "0.0820", "0.0840"))
    after["term_price"]["parts"]["capital_rate"] = "0.005"
    told = difference(priced_body(), after).prices
    assert [(one.name, one.grade, one.days, one.before, one.after) for one in told] == [
        ("term_rate", "B", 60, "0.0810", "0.0820"),
        ("capital_rate", "", 0, "0.004", "0.005"),
    ]
    appeared = difference(default_body(), priced_body()).prices
    assert (len(appeared), appeared[0].before, appeared[0].after) == (
        15 + 3 + 5 + 3,
        None,
        "0.0720",
    )
    assert not difference(priced_body(), priced_body())
