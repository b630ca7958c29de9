"""A price table in force: what a decision records of it, that it replays, and its back-test."""

from decimal import Decimal
from typing import Any

import pytest

from risk.domain.verdict import content
from risk.models import Decision
from risk.operations.backtests import backtest_policy
from risk.operations.decisions import first_broken_link, replay
from risk.operations.policies import install_defaults
from risk.operations.policy_drafts import draft_policy
from tenants.models import Merchant
from tests.risk.cast import ACTOR, NOW, ask, ask_many, crowd, monthly_orders
from tests.risk.prices import priced_body, put_in_force, term_price

pytestmark = pytest.mark.django_db


def test_an_approval_records_its_rates_and_replays(merchant: Merchant) -> None:
    put_in_force(NOW)
    monthly_orders(merchant, 9_000_000)
    row = ask(merchant.id)
    stored = Decision.objects.get(pk=row.pk)
    assert (stored.outcome, stored.grade, stored.annual_rate) == ("approve", "A", Decimal("0.072"))
    assert stored.term_rates == {"30": "0.07200000", "60": "0.07300000", "90": "0.07400000"}
    assert (replay(row.id), first_broken_link()) == (True, None)


def test_a_refusal_records_none(merchant: Merchant) -> None:
    put_in_force(NOW)
    row = ask(merchant.id)
    assert (row.outcome, row.term_rates) == ("decline", {})
    assert replay(row.id)


def test_a_record_from_before_has_the_bytes_it_had(merchant: Merchant) -> None:
    monthly_orders(merchant, 9_000_000)
    row = ask(merchant.id)
    assert "term_rates" not in content(Decision.objects.get(pk=row.pk))
    assert replay(row.id)
    put_in_force(NOW)
    later = ask(merchant.id)
    assert "term_rates" in content(later)
    assert first_broken_link() is None


def test_the_backtest_shows_what_each_term_moves(tenant_id: str) -> None:
    assert tenant_id
    ask_many(crowd(9))
    body = priced_body(rates=term_price()["rates"] | {"E": ["0.1200", "0.1200", "0.1200"]})
    draft_policy(body=body, actor="usr_drafter", at=NOW)
    moved = backtest_policy(version=2, months=1, at=NOW.replace(hour=3)).moved
    by_term: dict[str, Any] = {one.name: one.move for one in moved.segments if one.kind == "term"}
    assert list(by_term) == ["30", "60", "90"]
    rows = Decision.objects.filter(outcome="approve")
    best, rest = rows.filter(grade="A").count(), rows.exclude(grade="A").count()
    assert (best + rest, best * rest > 0) == (moved.total.approved_after_count, True)
    assert [(by_term[days].dearer_count, by_term[days].cheaper_count) for days in by_term] == [
        (0, rest), (best, rest), (best, 0),
    ]  # fmt: skip
    assert by_term["30"].interest_after_minor < by_term["60"].interest_after_minor
    assert by_term["30"].limit_after_minor == moved.total.limit_after_minor


def test_a_policy_installed_by_default_has_no_table(tenant_id: str) -> None:
    assert tenant_id
    again = install_defaults(
        collection_days=60, stock_days=45, supplier_days=15, margin_rate=Decimal("0.25"),
        financed_share=Decimal("0.7"), max_limit_minor=50_000_000, exposure_cap_minor=1,
        actor=ACTOR, at=NOW,
    )  # fmt: skip
    assert "term_price" not in again.body
