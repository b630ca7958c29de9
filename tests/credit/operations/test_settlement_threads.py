"""Races of money going round, on real connections."""

from datetime import date, datetime, timedelta

import pytest

from credit.enums import AccountCode
from credit.errors import NothingToRepay, ReturnNotAsked, SuspenseItemNotOpen
from credit.gateways.bank import InProcessBank
from credit.models import (
    DirectDebit,
    JournalEntry,
    Repayment,
    SaleDeduction,
    SettlementBatch,
    SettlementLine,
    SuspenseItem,
)
from credit.operations import suspense
from credit.operations.business_day import close_day
from credit.operations.deductions import agree_deduction, deduct_from_sale
from credit.operations.direct_debits import ask_debits, request_debit, send_debit, sign_mandate
from credit.operations.flow_matching import match_flows
from credit.operations.settlements import pay_settlements
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.errors import SecondPersonNeeded
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling
from tests.credit.operations.test_threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_refunds_against_the_lock(tenant: Tenant, at: datetime) -> None:
    """Each refund is in the batch of the day it was booked on, and in no other."""
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        lives.drawn(line, 500_000, "SO-1", at)
    tonight = clock.end_of(open_day_of(tenant))

    def refund(number: int) -> object:
        return settling.refunded_in_its_own_transaction(10_000, f"R-{number}", tonight)

    acts = [lambda n=n: refund(n) for n in range(8)]
    ended = together(tenant, [*acts[:4], lambda: close_day(at=tonight), *acts[4:]])
    assert ended == {"done": 9}
    with tenant_scope(tenant.id):
        close_day(at=tonight + timedelta(days=1))
        for batch in SettlementBatch.objects.all():
            days = SettlementLine.objects.filter(batch=batch, entry__isnull=False)
            assert set(days.values_list("entry__booked_on", flat=True)) == {batch.captured_on}
        assert SettlementLine.objects.filter(kind="refund").count() == 8
        assert settling.proven()
        nets = sum(SettlementBatch.objects.values_list("net_minor", flat=True))
        carried = [one.amount_minor for one in settling.still_carried()]
        assert nets - sum(carried) == 500_000 - 80_000


def open_day_of(tenant: Tenant) -> date:
    with tenant_scope(tenant.id):
        return open_day()


def test_a_settlement_is_paid_once(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        lives.drawn(line, 500_000, "SO-1", at)
        later = lives.close_until(date(2026, 3, 3))
    together(tenant, [lambda: pay_settlements(actor="x", at=later) for _ in range(6)])
    with tenant_scope(tenant.id):
        assert JournalEntry.objects.filter(kind="settlement").count() == 1
        assert settling.proven()


def test_one_item_many_hands(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        lives.drawn(line, 500_000, "SO-1", at)
        lives.drawn(line, 500_000, "SO-2", at)
        settling.banked(at, "B-1,2026-03-02,3000.00,示例,,", "B-2,2026-03-02,1.00,示例,,")
        item = SuspenseItem.objects.order_by("id")[0]

    def match() -> object:
        return suspense.match_suspense_item(
            item_id=item.id, merchant_id=line.merchant_id, actor="x", at=at
        )

    def give_back() -> object:
        suspense.ask_suspense_return(item_id=item.id, reason="x", actor="a", at=at)
        return suspense.return_suspense_item(item_id=item.id, actor="b", at=at)

    ended = together(tenant, [match, match, match, give_back, match, give_back])
    assert ended["done"] == 1
    assert set(ended) <= {
        "done", SuspenseItemNotOpen.__name__, ReturnNotAsked.__name__, SecondPersonNeeded.__name__,
        NothingToRepay.__name__,
    }  # fmt: skip
    with tenant_scope(tenant.id):
        item.refresh_from_db()
        assert item.open_minor == 0
        assert settling.proven()


def test_flows_matched_by_many_workers(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        account = settling.account_of(line.merchant_id, at)
        for number in range(3):
            lives.drawn(line, 100_000, f"SO-{number}", at)
        rows = [f"B-{n},2026-03-02,700.00,示例,{account.number}," for n in range(6)]
        settling.imported(at, *rows)
    together(tenant, [lambda: match_flows(actor="x", at=at) for _ in range(4)])
    with tenant_scope(tenant.id):
        assert sum(Repayment.objects.values_list("amount_minor", flat=True)) == 300_000
        assert settling.balance(AccountCode.SUSPENSE) == -120_000
        assert settling.proven()


def test_a_debit_sent_and_asked_for_at_once(tenant: Tenant, at: datetime) -> None:
    bank = InProcessBank()
    later = at + timedelta(minutes=5)
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        sign_mandate(
            merchant_id=line.merchant_id, account_no="6222000000001234", bank=bank, actor="x",
            at=at,
        )  # fmt: skip
        drawdown = lives.drawn(line, 500_000, "SO-1", at)
        debit = request_debit(
            drawdown_id=drawdown.id, amount_minor=200_002, external_id="DD-1", actor="x", at=at
        )
        send_debit(debit_id=debit.id, bank=bank, at=at)
    together(
        tenant,
        [lambda: ask_debits(bank=bank, at=later) for _ in range(4)]
        + [lambda: send_debit(debit_id=debit.id, bank=bank, at=later) for _ in range(2)],
    )
    with tenant_scope(tenant.id):
        assert DirectDebit.objects.get().status == "succeeded"
        assert Repayment.objects.get().amount_minor == 200_002
        assert settling.proven()


def test_the_same_sale_sent_six_times(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        lives.drawn(line, 500_000, "SO-1", at)
        agree_deduction(merchant_id=line.merchant_id, fraction=settling.TENTH, actor="x", at=at)

    def sell() -> object:
        return deduct_from_sale(
            merchant_id=line.merchant_id, sale_external_id="S-1", sale_minor=100_000, actor="x",
            at=at,
        )  # fmt: skip

    assert together(tenant, [sell] * 6) == {"done": 6}
    with tenant_scope(tenant.id):
        assert SaleDeduction.objects.get().deducted_minor == 10_000
        assert settling.proven()
