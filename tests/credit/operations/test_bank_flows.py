"""Bank statements: taken in once, and every fen finds its place."""

from datetime import date, datetime
from typing import Any

import pytest

from credit.enums import AccountCode
from credit.errors import BadBankFile
from credit.models import (
    BankFlow,
    CreditLine,
    Drawdown,
    JournalEntry,
    Repayment,
    SettlementBatch,
    SuspenseItem,
)
from credit.operations import suspense
from credit.operations.bank_flows import check_bank_file, import_bank_file
from credit.operations.flow_matching import match_flows
from credit.operations.settlements import pay_settlements
from platform_app.kernel import ids
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def moved() -> list[Any]:
    models = (BankFlow, JournalEntry, Repayment, Event, AuditRecord, SuspenseItem)
    return [model.objects.count() for model in models]


def test_a_dry_run_tells_and_does_nothing(line: CreditLine, at: datetime) -> None:
    settling.banked(at, "B-1,2026-03-02,10.00,,,")
    before = moved()
    report = check_bank_file(
        funding_source_id=settling.source_id(),
        content=settling.statement(
            "B-1,2026-03-02,10.00,,,",
            "B-1,2026-03-02,11.00,,,",
            'B-2,2026-03-02,"1,234.50",张三,,货款',
            "B-3,2026-03-02,-20.00,,,",
            "B-3,2026-03-02,-20.00,,,",
            "B-4,2. March,1.00,,,",
            "B-5,2026-03-02,1.005,,,",
            "B-6,2026-03-02,0,,,",
            ",2026-03-02,1,,,",
        ),
    )
    assert moved() == before
    assert (report.created_count, report.repeated_count) == (2, 1)
    assert (report.in_minor, report.out_minor) == (123_450, 2_000)
    assert [row.line_no for row in report.bad_rows] == [3, 6, 7, 8, 9, 10]


def test_a_file_sent_twice_counts_once(line: CreditLine, at: datetime) -> None:
    rows = ("B-1,2026-03-02,700.00,,,", "B-2,2026-03-02,50.00,,,")
    first = settling.banked(at, *rows)
    before = moved()
    second = settling.banked(at, *rows)
    assert (first.created_count, second.created_count, second.repeated_count) == (2, 0, 2)
    # the second import itself is on record, and nothing else
    assert [after - was for after, was in zip(moved(), before, strict=True)] == [0, 0, 0, 1, 1, 0]
    assert settling.balance(AccountCode.SUSPENSE) == -75_000
    assert settling.proven()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"reference,day\n1,2",
        b"\xff\xfe\x00\x00",
        b'bank_reference,booked_on,amount_yuan\n"' + b"x" * 200_000,
    ],
)
def test_a_file_that_cannot_be_read(line: CreditLine, at: datetime, content: bytes) -> None:
    before = moved()
    with pytest.raises(BadBankFile):
        import_bank_file(
            funding_source_id=settling.source_id(), content=content, file_name="x.csv",
            actor=lives.ACTOR, at=at,
        )  # fmt: skip
    assert moved() == before


def test_chinese_titles_in_gb18030(line: CreditLine, at: datetime) -> None:
    text = "流水号,记账日期,金额(元),对方户名,附言\n甲1,2026-03-02,8.00,示例公司,货款\n"
    report = import_bank_file(
        funding_source_id=settling.source_id(), content=text.encode("gb18030"),
        file_name="流水.csv", actor=lives.ACTOR, at=at,
    )  # fmt: skip
    assert (report.created_count, report.bad_rows) == (1, [])
    flow = BankFlow.objects.get()
    assert (flow.bank_reference, flow.counterparty, flow.amount_minor) == ("甲1", "示例公司", 800)


def test_paid_to_the_merchants_own_account(line: CreditLine, at: datetime) -> None:
    late = lives.drawn(line, 300_000, "SO-1", at)
    fresh = lives.drawn(line, 200_000, "SO-2", at, "bullet_60")
    account = settling.account_of(line.merchant_id, at)
    assert settling.account_of(line.merchant_id, at).id == account.id
    settling.banked(at, f"B-1,2026-03-02,3500.00,示例,{account.number},")
    assert list(Repayment.objects.order_by("id").values_list("drawdown_id", "amount_minor")) == [
        (late.id, 300_000),
        (fresh.id, 50_000),
    ]
    assert BankFlow.objects.get().status == "matched"
    settling.banked(at, f"B-2,2026-03-02,2000.00,示例,,{account.number}")
    assert Drawdown.objects.filter(status="paid_off").count() == 2
    item = SuspenseItem.objects.get()
    assert (item.amount_minor, item.external_id, item.flow.status) == (50_000, "B-2", "suspense")
    assert settling.balance(AccountCode.FUNDING_BANK) == 550_000
    assert settling.proven()


def test_a_repayment_already_recorded_is_not_booked_again(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 300_000, "SO-1", at)
    repayment = lives.repaid(drawdown, 100_000, "PAY-1", at)
    settling.banked(
        at,
        "B-1,2026-03-02,1000.00,示例,,PAY-1",
        "B-2,2026-03-02,1000.00,示例,,PAY-1",
        "B-3,2026-03-02,999.00,示例,,PAY-1",
    )
    flows = BankFlow.objects.order_by("id").values_list("status", "repayment_id")
    assert list(flows) == [("matched", repayment.id), ("new", None), ("new", None)]
    assert settling.balance(AccountCode.FUNDING_BANK) == 100_000
    assert SuspenseItem.objects.count() == 0


def test_a_payout_seen_at_the_bank(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 300_000, "SO-1", at)
    moment = lives.close_until(date(2026, 3, 3))
    batch = SettlementBatch.objects.get()
    row = f"B-1,2026-03-03,-3000.00,示例平台,,{batch.payout_reference}"
    settling.banked(moment, row)
    assert BankFlow.objects.get().status == "new"  # it is not paid yet by our books
    pay_settlements(actor=lives.ACTOR, at=moment)
    assert match_flows(actor=lives.ACTOR, at=moment) == 1
    batch.refresh_from_db()
    assert (batch.status, batch.reconciled_on) == ("reconciled", date(2026, 3, 3))
    assert match_flows(actor=lives.ACTOR, at=moment) == 0
    assert Event.objects.filter(name="credit.settlement.reconciled").count() == 1
    assert settling.proven()


def test_a_return_seen_at_the_bank(line: CreditLine, at: datetime) -> None:
    settling.banked(at, "B-1,2026-03-02,70.00,示例,,")
    item = SuspenseItem.objects.get()
    suspense.ask_suspense_return(item_id=item.id, reason="x", actor="usr_a", at=at)
    suspense.return_suspense_item(item_id=item.id, actor="usr_b", at=at)
    settling.banked(at, f"B-2,2026-03-02,-70.00,示例,,{item.id}", "B-3,2026-03-02,-7,,,ssp_x")
    assert list(BankFlow.objects.order_by("id").values_list("status", flat=True)) == [
        "suspense", "matched", "new",
    ]  # fmt: skip
    assert settling.proven()


def test_another_platforms_lender_and_no_scope(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        theirs = settling.source_id()
    with tenant_scope(tenant.id):
        for source in (theirs, ids.new_id("fnd")):
            with pytest.raises(NotFound):
                check_bank_file(funding_source_id=source, content=settling.statement())
        assert moved() == [0, 0, 0, Event.objects.count(), AuditRecord.objects.count(), 0]
    with pytest.raises(NoScope):
        match_flows(actor=lives.ACTOR, at=at)
