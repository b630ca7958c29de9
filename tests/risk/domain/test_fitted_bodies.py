"""What fitted cards carry beyond an expert's: signs, a slope of a platform, what they rest on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from risk.domain.defaults import scorecard_body
from risk.domain.facts import FACT_TYPES, TEXT
from risk.domain.reasons import REASONS
from risk.domain.scorecard import score
from risk.domain.scorecard_body import parse
from risk.domain.signs import NOT_POOLED, SIGNS, null_meaning, pooled_facts
from risk.errors import InvalidScorecard

US, MARCH = "tnt_00000000000000000000000001", date(2026, 3, 1)
DEVELOPMENT: dict[str, Any] = {
    "binner": "isotonic", "seed": 42, "rows": 900, "bad": 120, "data_sha256": "d" * 64,
    "rung": "pooled", "label_sha256": "l" * 64, "platforms": 3,
    "cohorts": ["2025-06-01", "2025-12-01"],
}  # fmt: skip


def with_offset(**offset: Any) -> dict[str, Any]:
    body = scorecard_body()
    told = {"tenant_id": US, "from_on": MARCH.isoformat()} | offset
    return body | {"calibration": {"a": "0.5", "b": "1", "offsets": [told]}}


def test_signs_are_of_numbers_we_know_and_reasons_we_give() -> None:
    assert [name for name in SIGNS if FACT_TYPES.get(name, TEXT) == TEXT] == []
    assert {sign for sign, _ in SIGNS.values()} == {1, -1}
    assert {reason for _, reason in SIGNS.values()} <= set(REASONS)
    assert not set(pooled_facts()) & NOT_POOLED
    assert [one for one in pooled_facts() if one.endswith("_minor")] == []
    assert (null_meaning("gmv_cv"), null_meaning("tenure_days")) == (
        "nothing_to_measure", "not_reported",
    )  # fmt: skip


def test_an_offset_with_a_slope_stretches_the_log_odds() -> None:
    card = parse(with_offset(a="-0.25", b="0.5"))
    moved = card.for_tenant(US, MARCH)
    assert (moved.odds.a, moved.odds.b) == (Decimal("0.000"), Decimal("0.5"))
    assert moved.odds.start + moved.odds.slope * 6_000_000 == pytest.approx(
        -0.25 + 0.5 * (card.odds.start + card.odds.slope * 6_000_000)
    )
    assert score(moved, {}).score == score(card, {}).score
    assert card.for_tenant(US, date(2026, 2, 28)) is card
    assert card.for_tenant("tnt_00000000000000000000000002", MARCH) is card


def test_an_offset_without_a_slope_moves_only() -> None:
    moved = parse(with_offset(a="-0.25")).for_tenant(US, MARCH)
    assert (moved.odds.a, moved.odds.b) == (Decimal("0.25"), Decimal(1))


@pytest.mark.parametrize("slope", ["0", "-1", "21", "x", 1.0])
def test_a_slope_that_turns_scores_around_is_refused(slope: Any) -> None:
    with pytest.raises(InvalidScorecard):
        parse(with_offset(a="0", b=slope))


def test_what_a_card_rests_on_is_whole_or_not_there() -> None:
    body = scorecard_body()
    assert parse(body | {"development": DEVELOPMENT}).features
    for broken in (
        {"rung": "expert"}, {"platforms": "3"}, {"label_sha256": ""}, {"tenants": ["tnt_x"]},
    ):  # fmt: skip
        with pytest.raises(InvalidScorecard):
            parse(body | {"development": DEVELOPMENT | broken})
    less = {key: value for key, value in DEVELOPMENT.items() if key != "platforms"}
    with pytest.raises(InvalidScorecard):
        parse(body | {"development": less})
