"""What one policy says otherwise than another, row by row and value by value."""

from copy import deepcopy
from typing import Any

from risk.domain.policy_difference import difference
from tests.risk.domain.figures import default_body


def changes(after: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    found = difference(default_body(), after).rows
    return [(one.stage, one.row_id, one.kind, one.number) for one in found]


def values(after: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    found = difference(default_body(), after).terms
    return [(one.name, one.grade, one.before, one.after) for one in found]


def test_the_same_is_no_difference() -> None:
    assert not difference(default_body(), default_body())
    written_otherwise = default_body()
    written_otherwise["price"]["A"] = "0.07200"
    written_otherwise["limit"]["dscr"] = "1.30"
    written_otherwise["stages"][0]["rows"][0]["when"]["tenure_days"] = {"any": True}
    assert not difference(default_body(), written_otherwise)


def test_a_decimal_bound_is_compared_by_its_value() -> None:
    before = default_body()
    row = {"id": "returns", "when": {"return_rate": {"range": ["0.20", None]}}, "then": {}}
    before["stages"][1]["rows"].insert(0, row)
    after = deepcopy(before)
    after["stages"][1]["rows"][0]["when"] = {"return_rate": {"range": ["0.2", None]}}
    assert not difference(before, after)
    after["stages"][1]["rows"][0]["when"] = {"return_rate": {"range": ["0.21", None]}}
    assert [one.kind for one in difference(before, after).rows] == ["changed"]


def test_rows_are_added_removed_changed_and_moved() -> None:
    after = default_body()
    rows = after["stages"][0]["rows"]
    rows[3]["when"] = {"tenure_days": {"range": [None, 90]}}
    del rows[5]
    rows.insert(0, {"id": "new-row", "when": {"score": {"missing": True}}, "then": {}})
    rows.insert(1, rows.pop(3))
    assert changes(after) == [
        ("eligibility", "new-row", "added", 1),
        ("eligibility", "tenure-unknown", "moved", 2),
        ("eligibility", "tenure-too-short", "changed", 5),
        ("eligibility", "inactive", "removed", 6),
    ]


def test_terms_and_prices_by_their_name() -> None:
    after = default_body()
    after["limit"]["lgd"] = "0.5"
    after["limit"]["months_by_grade"]["B"] = "1"
    after["price"]["E"] = "0.12"
    assert values(after) == [
        ("months_by_grade", "B", "1.2", "1"),
        ("lgd", "", "0.6", "0.5"),
        ("price", "E", "0.1140", "0.12"),
    ]
