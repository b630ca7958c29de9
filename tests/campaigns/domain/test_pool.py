"""The table of moves, and what a pre-screen answers."""

from datetime import date
from typing import Any

import pytest

from campaigns.domain import pool
from campaigns.domain.pool import Case, Screened
from campaigns.enums import PoolStatus, PrescreenReason, PrescreenResult
from tenants.enums import EntryHidden

GOOD: dict[str, Any] = {
    "order_count": 9, "tenure_days": 200, "recency_days": 3, "passes_doors": True,
    "is_blocked": False, "outcome": "approve", "limit_minor": 5_000_000,
}  # fmt: skip


def test_the_table_is_closed() -> None:
    assert set(pool.MOVES) == set(PoolStatus.values)
    assert {to for row in pool.MOVES.values() for to in row} <= set(PoolStatus.values)
    assert [status for status in PoolStatus.values if not pool.may_move(status, "removed")] == [
        "removed"
    ]
    assert not pool.may_move("imported", "invited")
    assert not pool.may_move("active", "prescreened")


def test_the_entry_is_hidden_for_those_taken_out_and_those_rejected() -> None:
    seen = {
        (status, result): pool.is_entry_visible(status, result)
        for status, result in (
            ("imported", ""), ("matched", ""), ("prescreened", "pass"), ("prescreened", "manual"),
            ("prescreened", "reject"), ("invited", "reject"), ("active", "pass"), ("removed", ""),
        )
    }  # fmt: skip
    assert [key for key, is_visible in seen.items() if not is_visible] == [
        ("imported", ""), ("prescreened", "reject"), ("removed", ""),
    ]  # fmt: skip
    told = {
        pool.entry_hidden_reason("removed", ""),
        pool.entry_hidden_reason("prescreened", "reject"),
    }
    assert told == set(EntryHidden.values)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, Screened("pass", "scored", 5_000_000)),
        ({"is_blocked": True}, Screened("reject", "on_list")),
        ({"outcome": "decline"}, Screened("reject", "declined")),
        ({"outcome": "refer"}, Screened("manual", "needs_review")),
        ({"outcome": ""}, Screened("manual", "not_scored")),
        ({"passes_doors": False, "order_count": 0}, Screened("reject", "no_trade")),
        ({"passes_doors": False, "order_count": 2}, Screened("reject", "few_orders")),
        ({"passes_doors": False, "tenure_days": 60}, Screened("reject", "too_new")),
        ({"passes_doors": False, "tenure_days": None}, Screened("reject", "too_new")),
        ({"passes_doors": False, "recency_days": 121}, Screened("reject", "inactive")),
    ],
)
def test_a_prescreen_has_one_reason(change: dict[str, Any], answer: Screened) -> None:
    assert pool.prescreen(Case(**GOOD | change)) == answer
    assert answer.result in PrescreenResult.values
    assert answer.reason in PrescreenReason.values


def test_six_months_are_calendar_months() -> None:
    assert pool.months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert pool.months_before(date(2028, 8, 30), 6) == date(2028, 2, 29)
    assert pool.months_before(date(2026, 3, 2), 6) == date(2025, 9, 2)
