"""The analysis of a policy's tables, against trying every case there is."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain import policy_body
from risk.domain.cells import parse_cell
from risk.domain.facts import DECIMAL, INTEGER, TEXT, Fact
from risk.domain.policy import Row
from risk.domain.policy_analysis import MOST_GAPS, analyze, analyze_table
from risk.domain.policy_atoms import atoms
from risk.domain.policy_findings import (
    GAP,
    IMPOSSIBLE,
    NO_MISSING_ROW,
    OVERLAP,
    PRICE_BELOW_COST,
    PRICE_GAP,
    PRICE_ORDER,
    UNREACHABLE,
    WORDING,
    Finding,
)  # fmt: skip
from risk.enums import Outcome
from risk.errors import InvalidPolicy
from tests.risk.domain.figures import default_body

TYPES = {"days": INTEGER, "share": DECIMAL, "grade": TEXT, "trade": TEXT}
# Every value the generated cells can tell apart, and none that is left out.
CASES: dict[str, list[Fact]] = {
    "days": [None, *range(-1, 5)],
    "share": [None, *(Decimal(quarter) / 4 for quarter in range(-1, 6))],
    "grade": [None, *"ABCDE"],
    "trade": [None, "silk", "wool", "linen"],
}
HALVES = ["0", "0.5", "1"]


LITERALS: dict[str, list[Any]] = {
    "days": [0, 1, 2, 3], "share": HALVES, "grade": list("ABCDEF"), "trade": ["silk", "wool"],
}  # fmt: skip


def bodies(fact: str) -> st.SearchStrategy[dict[str, Any]]:
    literals = LITERALS[fact]
    found: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just({"any": True}),
        st.just({"missing": True}),
        st.lists(st.sampled_from(literals), min_size=1, max_size=4).map(lambda one: {"in": one}),
    ]
    if fact in {"days", "share"}:
        bounds = [
            (low, high)
            for low, high in product([None, *literals], repeat=2)
            if (low, high) != (None, None) and (low is None or high is None or low < high)
        ]
        found.append(st.sampled_from(bounds).map(lambda pair: {"range": list(pair)}))
    return st.one_of(found)


def row(number: int, when: dict[str, Any], outcome: Outcome | None = Outcome.REFER) -> Row:
    cells = tuple((fact, parse_cell(fact, cell, TYPES[fact])) for fact, cell in when.items())
    return Row(id=f"row-{number}", when=cells, outcome=outcome)


CONDITIONS = st.fixed_dictionaries({}, optional={fact: bodies(fact) for fact in TYPES})
TABLES = st.lists(
    st.tuples(CONDITIONS, st.sampled_from([Outcome.REFER, Outcome.DECLINE])), max_size=7
).map(lambda rows: [row(number, *one) for number, one in enumerate(rows)])


def fits(one: Row, case: dict[str, Fact]) -> bool:
    return all(cell.matches(case[fact]) for fact, cell in one.when)


def codes(found: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in found if finding.code == code]


def cases_of(rows: list[Row]) -> list[dict[str, Fact]]:
    used = sorted({fact for one in rows for fact, _ in one.when})
    return [dict(zip(used, values, strict=True)) for values in product(*(CASES[u] for u in used))]


@given(rows=TABLES)
def test_the_analysis_says_what_trying_every_case_says(rows: list[Row]) -> None:
    found = analyze_table("outcome", rows, TYPES)
    cases = cases_of(rows)
    fitting = [[n for n, one in enumerate(rows, 1) if fits(one, case)] for case in cases]
    closing = {len(rows)} if rows and all(c.kind == "any" for _, c in rows[-1].when) else set()
    hit = {numbers[0] for numbers in fitting if numbers}
    fit = {number for numbers in fitting for number in numbers}

    gaps = codes(found, GAP)
    assert bool(gaps) == ([] in fitting)
    assert not any(fits(one, whole(gap)) for gap in gaps for one in rows)
    assert {f.row for f in codes(found, IMPOSSIBLE)} == set(range(1, len(rows) + 1)) - fit
    unreachable = codes(found, UNREACHABLE)
    assert {f.row for f in unreachable} == fit - hit - closing
    for one in unreachable:
        assert all(set(numbers) & set(one.others) for numbers in fitting if one.row in numbers)
        assert fits(rows[(one.row or 0) - 1], whole(one))
    assert {(f.others[0], f.row) for f in codes(found, OVERLAP)} == {
        (earlier, later)
        for numbers in fitting
        for earlier, later in product(numbers, repeat=2)
        if earlier < later
        and {earlier, later} <= hit - closing
        and rows[earlier - 1].outcome != rows[later - 1].outcome
    }
    for one in codes(found, OVERLAP):
        assert all(fits(rows[number - 1], whole(one)) for number in (*one.others, one.row or 0))


def whole(finding: Finding) -> dict[str, Fact]:
    """The example, with any value for a fact the table never limits."""
    return dict.fromkeys(TYPES) | dict(finding.example)


@given(cuts=st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_there_is_an_example_between_any_two_decimals(cuts: list[Decimal]) -> None:
    cells = [parse_cell("share", {"eq": f"{cut}"}, DECIMAL) for cut in cuts]
    *examples, missing = atoms("share", DECIMAL, cells).examples
    assert missing is None
    assert examples == sorted(examples, key=lambda one: Decimal(one or 0))
    assert len(set(examples)) == len(examples) == 2 * len(set(cuts)) + 1


def test_the_default_policy_has_nothing_to_find() -> None:
    assert analyze(policy_body.parse(default_body())) == []


def test_findings_name_rows_and_examples() -> None:
    body = default_body()
    eligibility, outcome = body["stages"][0]["rows"], body["stages"][3]["rows"]
    # "too few" hides a stricter copy of itself, and nobody answers grade C or the closing case.
    eligibility.insert(
        2,
        eligibility[1] | {"id": "far-too-few", "when": {"order_count_total": {"range": [None, 2]}}},
    )
    outcome[3]["when"] = {"grade": {"in": ["A", "B"]}, "pd": {"range": ["0", "0.02"]}}
    del outcome[4]
    found = analyze(policy_body.read(body))
    assert found == [
        Finding(code=UNREACHABLE, stage="eligibility", row=3, others=(2,),
                example={"order_count_total": 1, "recency_days": 120, "tenure_days": 59}),
        Finding(code=NO_MISSING_ROW, stage="outcome", fact="pd"),
        Finding(code=GAP, stage="outcome", example={"grade": "C", "pd": Decimal(-1)}),
        Finding(code=GAP, stage="outcome", example={"grade": "A", "pd": Decimal(-1)}),
    ]  # fmt: skip
    assert [finding.is_blocking for finding in found] == [True] * 4
    assert found[3].as_json() == {
        "code": "gap", "stage": "outcome", "row": None, "others": [], "fact": None,
        "example": {"grade": "A", "pd": "-1"},
    }  # fmt: skip
    with pytest.raises(InvalidPolicy):
        policy_body.parse(body)


def test_an_overlap_is_a_note() -> None:
    rows = [row(1, {"days": {"range": [3, None]}}), row(2, {"days": {"range": [1, None]}}, None),
            row(3, {"days": {"missing": True}}), row(4, {})]  # fmt: skip
    (found,) = analyze_table("knock_out", rows, TYPES)
    assert found == Finding(
        code=OVERLAP, stage="knock_out", row=2, others=(1,), example={"days": 3}
    )
    assert not found.is_blocking


def test_no_more_gaps_than_anybody_reads() -> None:
    rows = [row(number, {"days": {"eq": 2 * number}}) for number in range(20)]
    found = codes(analyze_table("outcome", rows, TYPES), GAP)
    assert len(found) == min(MOST_GAPS, 1)


def test_a_tangled_table_is_refused() -> None:
    types = {f"fact-{number:02}": INTEGER for number in range(27)}
    facts, zero = list(types), parse_cell("x", {"eq": 0}, INTEGER)
    every = [
        parse_cell("x", cell, INTEGER)
        for cell in ({"missing": True}, {"range": [None, 0]}, {"range": [0, None]})
    ]
    pairs = [tuple((fact, zero) for fact in facts[at : at + 2]) for at in range(3, 27, 2)]
    rest = [tuple(zip(facts[:3], cells, strict=True)) for cells in product(every, repeat=3)]
    rows = [Row(id=f"row-{number}", when=when) for number, when in enumerate([*pairs, *rest])]
    with pytest.raises(InvalidPolicy) as refusal:
        analyze_table("outcome", rows, types)
    assert refusal.value.facts == {"problem": "outcome is too tangled to be analyzed"}


def test_every_code_has_its_words() -> None:
    assert set(WORDING) == {
        GAP, UNREACHABLE, IMPOSSIBLE, NO_MISSING_ROW, OVERLAP, PRICE_ORDER, PRICE_GAP,
        PRICE_BELOW_COST,
    }  # fmt: skip
