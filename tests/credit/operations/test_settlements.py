"""Batches: netted, locked once, paid when due, and nothing left out."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit.enums import AccountCode
from credit.errors import BadSettlementTerms
from credit.models import (
    CreditLine,
    Holdback,
    JournalEntry,
    LoanEvent,
    Posting,
    SettlementBatch,
    SettlementLine,
    SettlementTerms,
)
from credit.operations.servicing import Act, reverse_event
from credit.operations.settlements import lock_settlements, pay_settlements
from credit.queries import settlements
from credit.queries.business_day import open_day
from platform_app.kernel import ids
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at, order_minor=20_000_000), at)


def closed(days: int = 1) -> datetime:
    return lives.close_until(open_day() + timedelta(days=days))


def lines_of(batch: SettlementBatch) -> list[tuple[str, int]]:
    rows = SettlementLine.objects.filter(batch=batch).order_by("id")
    return list(rows.values_list("kind", "amount_minor"))


def test_a_batch_is_netted_of_the_days_refunds(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    settling.refunded(120_000, "R-1", at)
    closed()

    batch = SettlementBatch.objects.get()
    assert lines_of(batch) == [("capture", 500_000), ("refund", -120_000)]
    assert (batch.status, batch.net_minor, batch.line_count) == ("locked", 380_000, 2)
    assert (batch.captured_on, batch.due_on) == (DAY, date(2026, 3, 3))
    assert batch.totals == [
        {"kind": "capture", "count": 1, "amount_minor": 500_000},
        {"kind": "refund", "count": 1, "amount_minor": -120_000},
    ]
    assert settling.proven()


def test_a_refund_after_the_lock_goes_to_the_next_batch(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    later = closed()
    settling.refunded(120_000, "R-1", later)
    lives.drawn(line, 200_000, "SO-2", later)
    closed()

    first, second = SettlementBatch.objects.order_by("captured_on")
    assert (first.net_minor, second.net_minor) == (500_000, 80_000)
    assert lines_of(second) == [("refund", -120_000), ("capture", 200_000)]
    assert settling.proven()


def test_a_net_below_zero_is_carried_and_never_paid(line: CreditLine, at: datetime) -> None:
    settling.refunded(120_000, "R-1", at)
    later = closed()
    lives.drawn(line, 50_000, "SO-1", later)
    later = closed()
    lives.drawn(line, 100_000, "SO-2", later)
    later = closed()

    batches = list(SettlementBatch.objects.order_by("captured_on"))
    assert [one.net_minor for one in batches] == [0, 0, 30_000]
    assert [lines_of(one) for one in batches] == [
        [("refund", -120_000), ("carried_out", 120_000)],
        [("capture", 50_000), ("carried_in", -120_000), ("carried_out", 70_000)],
        [("capture", 100_000), ("carried_in", -70_000)],
    ]
    assert pay_settlements(actor=lives.ACTOR, at=later) == 3
    assert list(
        JournalEntry.objects.filter(kind="settlement").values_list("key", flat=True)
    ) == [batches[2].id]  # fmt: skip
    assert set(SettlementBatch.objects.values_list("status", "paid_on")) == {
        ("paid", date(2026, 3, 5))
    }
    assert settling.balance(AccountCode.PARTNER_PAYABLE) == 0
    assert settling.proven()


def test_a_second_run_changes_nothing(line: CreditLine, at: datetime) -> None:
    settling.agreed(at, holdback_fraction=Decimal("0.1"), holdback_days=3)
    lives.drawn(line, 500_000, "SO-1", at)
    later = closed()
    pay_settlements(actor=lives.ACTOR, at=later)

    def everything() -> list[Any]:
        models = (SettlementBatch, SettlementLine, Posting, Holdback, Event)
        return [list(model.objects.order_by("id").values()) for model in models]

    before = everything()
    assert lock_settlements(captured_on=DAY, at=later) == []
    assert pay_settlements(actor=lives.ACTOR, at=later) == 0
    assert everything() == before


def test_fee_holdback_and_its_release(line: CreditLine, at: datetime) -> None:
    settling.agreed(
        at, fee_fraction=Decimal("0.005"), holdback_fraction=Decimal("0.1"), holdback_days=2
    )
    lives.drawn(line, 333_333, "SO-1", at)
    closed()
    first = SettlementBatch.objects.get()
    # 333,333 × 0.5 % = 1,666.665 and × 10 % = 33,333.3, each rounded once
    assert lines_of(first) == [
        ("capture", 333_333), ("partner_fee", -1_667), ("holdback", -33_333),
    ]  # fmt: skip
    assert first.net_minor == 298_333
    assert settling.balance(AccountCode.PARTNER_FEE_INCOME) == -1_667
    assert settling.balance(AccountCode.PARTNER_HOLDBACK) == -33_333
    held = Holdback.objects.get()
    assert (held.amount_minor, held.release_on, held.released_on) == (
        33_333, date(2026, 3, 4), None,
    )  # fmt: skip
    assert settling.proven()

    closed(2)
    second = SettlementBatch.objects.exclude(pk=first.pk).get()
    assert (second.captured_on, lines_of(second)) == (
        date(2026, 3, 4), [("holdback_release", 33_333)],
    )  # fmt: skip
    held.refresh_from_db()
    assert held.released_on == date(2026, 3, 4)
    assert settling.balance(AccountCode.PARTNER_HOLDBACK) == 0
    assert settling.proven()


def test_a_share_of_the_interest_collected(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    due = lives.close_until(date(2026, 4, 1))
    settling.agreed(due, revenue_share_fraction=Decimal("0.25"))
    interest = round(1_000_000 * line.annual_rate * 15 / 365)
    lives.repaid(drawdown, 1_000_000 + interest, "PAY-1", due)
    closed()

    batch = SettlementBatch.objects.get(captured_on=date(2026, 4, 1))
    share = (interest + 2) // 4
    assert lines_of(batch) == [("revenue_share", share)]
    assert settling.balance(AccountCode.REVENUE_SHARE) == share
    assert settling.proven()


def test_a_payment_taken_back_gives_the_share_back(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    due = lives.close_until(date(2026, 4, 1))
    settling.agreed(due, revenue_share_fraction=Decimal("0.25"))
    interest = round(1_000_000 * line.annual_rate * 15 / 365)
    lives.repaid(drawdown, 1_000_000 + interest, "PAY-1", due)
    later = closed()
    paid = LoanEvent.objects.get(drawdown=drawdown, kind="repayment")
    undo = Act(drawdown_id=drawdown.id, external_id="UNDO-1", actor="staff:a", at=later)
    reverse_event(undo, event_id=paid.id)
    closed()

    batch = SettlementBatch.objects.get(captured_on=date(2026, 4, 2))
    share = (interest + 2) // 4
    assert lines_of(batch) == [("revenue_share", -share), ("carried_out", share)]
    assert settling.balance(AccountCode.REVENUE_SHARE) == 0
    assert settling.proven()


def test_batches_are_paid_when_they_are_due(line: CreditLine, at: datetime) -> None:
    settling.agreed(at, payout_days=4, pays_on_workdays_only=True)
    lives.drawn(line, 500_000, "SO-1", at)  # Monday; four days on is Friday
    moment = lives.close_until(date(2026, 3, 3))
    lives.drawn(line, 100_000, "SO-2", moment)  # Tuesday; four days on is Saturday, so Monday
    paid = []
    for _ in range(8):
        moment = closed()
        if count := pay_settlements(actor=lives.ACTOR, at=moment):
            paid.append((open_day(), count))
    assert paid == [(date(2026, 3, 6), 1), (date(2026, 3, 9), 1)]
    assert settling.proven()


def test_two_funding_sources_never_share_a_batch(
    line: CreditLine, at: datetime, other_tenant: Tenant
) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    with tenant_scope(other_tenant.id):
        settling.refunded(120_000, "R-1", at)
        closed()
        assert SettlementBatch.objects.get().net_minor == 0
    closed()
    assert SettlementBatch.objects.get().net_minor == 500_000


def test_terms_that_cannot_be(inside: Tenant, at: datetime) -> None:
    for wrong in (
        {"payout_days": 0},
        {"payout_days": 91},
        {"holdback_days": 731},
        {"fee_fraction": Decimal(1)},
        {"holdback_fraction": Decimal("-0.1")},
        {"fee_fraction": Decimal("0.5"), "holdback_fraction": Decimal("0.5")},
    ):
        with pytest.raises(BadSettlementTerms):
            settling.agreed(at, **wrong)
    assert SettlementTerms.objects.count() == 0
    assert Event.objects.filter(name="credit.settlement_terms.changed").count() == 0
    first = settling.agreed(at, payout_days=2)
    assert settling.agreed(at, payout_days=2).id == first.id
    with pytest.raises(BadSettlementTerms):
        settling.agreed(at, payout_days=3)
    assert settlements.terms_on(DAY)[settling.source_id()].payout_days == 2
    assert settlements.terms_on(DAY - timedelta(days=1))[settling.source_id()].payout_days == 1


def test_another_platforms_funding_source_and_no_scope(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        theirs = settling.source_id()
    with tenant_scope(tenant.id):
        with pytest.raises(NotFound):
            settlements.batch(ids.new_id("stl"))
        with pytest.raises(NotFound):
            settlements.batch("stl_malformed")
        assert theirs not in settlements.terms_on(DAY)
    with pytest.raises(NoScope):
        pay_settlements(actor=lives.ACTOR, at=at)
    with pytest.raises(NoScope):
        lock_settlements(captured_on=DAY, at=at)


def test_what_the_database_refuses(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    later = closed()
    refused = settling.sql_refused
    again = (
        "INSERT INTO credit_settlementline (id, tenant_id, batch_id, funding_source_id, kind,"
        " entry_id, amount_minor)"
        " SELECT gen_random_uuid(), tenant_id, batch_id, funding_source_id, {}, {}, amount_minor"
        " FROM credit_settlementline"
    )
    assert refused(again.format("kind", "entry_id")) == "credit_settlementline_once"
    assert refused(again.format("'carried_out'", "NULL")) == "credit_settlementline_building"
    assert refused(again.format("'other'", "NULL")) == "credit_settlementline_kind"
    change = "UPDATE credit_settlementbatch SET "
    assert refused(change + "net_minor = -1") == "credit_batch_forward_only"
    assert refused(change + "status = 'building'") == "credit_batch_forward_only"
    assert refused(change + "status = 'paid'") == "credit_settlementbatch_paid_on"
    assert refused("DELETE FROM credit_settlementbatch") == "credit_batch_forward_only"
    pay_settlements(actor=lives.ACTOR, at=later)
    back = "status = 'locked', paid_on = NULL"
    assert refused(change + back) == "credit_batch_forward_only"


ACTS = st.lists(
    st.lists(st.integers(-400_000, 300_000).filter(lambda fen: fen != 0), max_size=3), max_size=5
)


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(days=ACTS)
def test_batches_and_the_carry_are_the_postings(inside: Tenant, at: datetime, days: Any) -> None:
    """Σ nets − what is still carried = Σ postings to what we owe the partner, payouts aside."""
    moment, number = closed(0), 0
    for amounts in days:
        for amount in amounts:
            number += 1
            settling.refunded(-amount, f"{open_day()}:{number}", moment)
        moment = closed()
        pay_settlements(actor=lives.ACTOR, at=moment)
    owed = -sum(
        Posting.objects.filter(account__code=AccountCode.PARTNER_PAYABLE)
        .exclude(entry__kind="settlement")
        .values_list("amount_minor", flat=True)
    )
    nets = SettlementBatch.objects.values_list("net_minor", flat=True)
    waiting = sum(line.amount_minor for line in settlements.carried().values())
    assert sum(nets) - waiting == owed
    assert min(nets, default=0) >= 0
    assert -settling.balance(AccountCode.PARTNER_PAYABLE) == -waiting
    assert settling.proven()
