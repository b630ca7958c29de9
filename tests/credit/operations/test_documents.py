"""Papers: their words and exact figures, issued once, refused where they would be untrue."""

import hashlib
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from credit.domain.documents import paper_of
from credit.errors import (
    DrawdownNotCaptured,
    DrawdownNotFound,
    DrawdownNotOverdue,
    DrawdownNotPaidOff,
    LineNotFound,
    PeriodInvalid,
    PeriodNotClosed,
)
from credit.gateways.pdf import render
from credit.models import Document, Drawdown, LoanEvent, PlanRow, Posting, Repayment
from credit.operations import documents as papers
from credit.operations.servicing import Act, reverse_event
from credit.queries.payoff import payoff
from platform_app.kernel import audit
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.money import format_yuan
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.conftest import FIRST_DAY
from tests.credit import lives
from tests.credit.papers import pages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]
ACTOR = "usr_one"
UNKNOWN = "drw_01h2xcejqtf2nbrexx3vqjhp41"


def drawn(at: datetime, order_no: str = "PO-1", term: str = "equal_3") -> Drawdown:
    line = lives.line_of(lives.merchant_with_trade(f"M-{order_no}", at), at)
    return lives.drawn(line, 300_000, order_no, at, term)


def statement(drawdown: Drawdown, from_on: date, to_on: date, at: datetime) -> Document:
    return papers.issue_statement(
        merchant_id=drawdown.merchant_id, from_on=from_on, to_on=to_on, actor=ACTOR, at=at
    )


def test_a_statement_adds_up_and_agrees_with_the_books(at: datetime) -> None:
    first = drawn(at)
    second = lives.drawn(first.line, 100_000, "PO-2", at, "bullet_30")
    third_of_april = lives.close_until(date(2026, 4, 3))
    row = PlanRow.objects.get(drawdown=first, seq=1)
    due = row.principal_minor + row.interest_minor
    lives.repaid(first, due, "PAY-1", third_of_april)
    later = lives.close_until(date(2026, 4, 10))
    all_of_second = payoff(Drawdown.objects.get(pk=second.pk)).payoff_minor
    lives.repaid(second, all_of_second + 500, "PAY-2", later)
    after = lives.close_until(date(2026, 4, 11))

    march = statement(first, FIRST_DAY, date(2026, 3, 31), after)
    april = statement(first, date(2026, 4, 1), date(2026, 4, 10), after)

    assert march.facts["totals"] == {
        "opening_minor": 0, "drawn_minor": 400_000, "principal_minor": 0, "other_minor": 0,
        "closing_minor": 400_000, "interest_minor": 0, "penalty_minor": 0, "fee_minor": 0,
        "overpaid_minor": 0, "received_minor": 0,
    }  # fmt: skip
    one, two = april.facts["rows"]
    assert (one["order_no"], one["opening_minor"], one["principal_minor"]) == (
        "PO-1", 300_000, row.principal_minor,
    )  # fmt: skip
    assert (one["interest_minor"], one["received_minor"]) == (row.interest_minor, due)
    assert two["closing_minor"] == 0
    assert two["overpaid_minor"] == 500
    assert two["penalty_minor"] > 0
    assert two["received_minor"] == all_of_second + 500
    for figures in (*march.facts["rows"], march.facts["totals"], one, two, april.facts["totals"]):
        assert figures["closing_minor"] == (
            figures["opening_minor"] + figures["drawn_minor"] - figures["principal_minor"]
            + figures["other_minor"]
        )  # fmt: skip
        assert figures["received_minor"] == sum(
            figures[f"{part}_minor"]
            for part in ("principal", "interest", "penalty", "fee", "overpaid")
        )
    first.refresh_from_db()
    assert april.facts["totals"]["closing_minor"] == first.outstanding_principal_minor
    assert april.facts["totals"]["received_minor"] == sum(
        Repayment.objects.values_list("amount_minor", flat=True)
    )
    text = text_of(april.content)
    for words in (
        "对账单", "宠物店M-PO-1", "示例小额贷款有限公司", "400-000-0000", "萌宠采购网",
        "2026年4月1日至2026年4月10日", "PO-1", "PO-2", "期末本金",
        f"PO-1{format_yuan(300_000)}0.00{format_yuan(row.principal_minor)}",
        f"合计{format_yuan(400_000)}0.00", f"编号：{april.number}", "第1页，共1页",
    ):  # fmt: skip
        assert words in text, words
    assert format_yuan(april.facts["totals"]["received_minor"]) in text


def test_a_statement_takes_back_a_payment_that_was_reversed(at: datetime) -> None:
    drawdown = drawn(at)
    april = lives.close_until(date(2026, 4, 3))
    row = PlanRow.objects.get(drawdown=drawdown, seq=1)
    due = row.principal_minor + row.interest_minor
    lives.repaid(drawdown, due, "PAY-1", april)
    later = lives.close_until(date(2026, 4, 5))
    paid = LoanEvent.objects.get(drawdown=drawdown, kind="repayment")
    undo = Act(drawdown_id=drawdown.id, external_id="UNDO-1", actor=ACTOR, at=later)
    reverse_event(undo, event_id=paid.id)
    after = lives.close_until(date(2026, 4, 6))

    before = statement(drawdown, date(2026, 4, 1), date(2026, 4, 4), after).facts["totals"]
    undone = statement(drawdown, date(2026, 4, 5), date(2026, 4, 5), after).facts["totals"]
    for name in ("principal_minor", "interest_minor", "received_minor", "overpaid_minor"):
        assert undone[name] == -before[name]
    assert (before["received_minor"], undone["other_minor"]) == (due, 0)
    assert undone["closing_minor"] == 300_000


def test_a_statement_is_issued_once_and_its_bytes_can_be_made_again(at: datetime) -> None:
    drawdown = drawn(at)
    after = lives.close_until(date(2026, 3, 5))
    first = statement(drawdown, FIRST_DAY, date(2026, 3, 4), after)
    again = statement(drawdown, FIRST_DAY, date(2026, 3, 4), after + timedelta(days=3))
    assert again.id == first.id
    assert Document.objects.count() == 1
    assert Event.objects.filter(name="credit.document.issued").count() == 1
    content = bytes(first.content)
    assert render(paper_of("statement", first.facts)) == content
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (first.sha256, first.byte_count)
    assert first.number.startswith("DZ-")
    assert first.file_name == f"对账单-{first.number}.pdf"
    assert first.facts["made_on"] == "2026-03-05"


def test_a_statement_of_a_merchant_without_drawdowns_is_empty_and_says_whose(at: datetime) -> None:
    merchant = lives.merchant_with_trade("M-1", at)
    after = lives.close_until(date(2026, 3, 4))
    found = papers.issue_statement(
        merchant_id=merchant.id, from_on=FIRST_DAY, to_on=FIRST_DAY, actor=ACTOR, at=after
    )
    assert found.facts["rows"] == []
    assert "合计0.00" in text_of(found.content)
    assert found.facts["lender"] == "示例小额贷款有限公司"


def test_a_period_must_be_closed_and_run_forwards(at: datetime) -> None:
    drawdown = drawn(at)
    after = lives.close_until(date(2026, 3, 5))
    with pytest.raises(PeriodNotClosed) as refusal:
        statement(drawdown, FIRST_DAY, date(2026, 3, 5), after)
    assert refusal.value.facts == {"to": "2026-03-05", "open_on": "2026-03-05"}
    for from_on in (date(2026, 3, 5), date(2025, 3, 1)):
        with pytest.raises(PeriodInvalid):
            statement(drawdown, from_on, date(2026, 3, 4), after)
    for unknown in ("mch_01h2xcejqtf2nbrexx3vqjhp41", "nonsense"):
        with pytest.raises(NotFound):
            papers.issue_statement(
                merchant_id=unknown, from_on=FIRST_DAY, to_on=FIRST_DAY, actor=ACTOR, at=after
            )
    assert Document.objects.count() == 0
    assert Event.objects.filter(name="credit.document.issued").count() == 0


def test_a_receipt_holds_the_terms_and_the_whole_plan(at: datetime) -> None:
    drawdown = drawn(at)
    found = papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at)
    rows = list(PlanRow.objects.filter(drawdown=drawdown).order_by("seq"))
    text = text_of(found.content)
    for words in (
        "借据", drawdown.id, "PO-1", "借款金额¥3,000.00", "起息日2026年3月2日", "等额本息，共3期",
        "宽限期：应还日后3天内还清的", "罚息", "还款计划", "资金方示例小额贷款有限公司",
        f"合计3,000.00{format_yuan(sum(row.interest_minor for row in rows))}",
    ):  # fmt: skip
        assert words in text, words
    for row in rows:
        day = f"{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日"
        amounts = (
            row.principal_minor,
            row.interest_minor,
            row.principal_minor + row.interest_minor,
        )
        assert day + "".join(format_yuan(amount) for amount in amounts) in text
    assert papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at).id == found.id
    PlanRow.objects.filter(drawdown=drawdown, seq=3).update(due_on=date(2026, 6, 9))
    assert papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at).id != found.id


def test_a_certificate_only_for_what_is_paid_off(at: datetime) -> None:
    drawdown = drawn(at)
    with pytest.raises(DrawdownNotPaidOff):
        papers.issue_payoff_certificate(drawdown_id=drawdown.id, actor=ACTOR, at=at)
    assert Document.objects.count() == 0
    later = lives.close_until(date(2026, 3, 30))
    amount = payoff(Drawdown.objects.get(pk=drawdown.pk)).payoff_minor
    lives.repaid(drawdown, amount, "PAY-1", later)

    found = papers.issue_payoff_certificate(drawdown_id=drawdown.id, actor=ACTOR, at=later)

    assert (found.facts["principal_minor"], found.facts["closing_minor"]) == (300_000, 0)
    assert found.facts["interest_minor"] == amount - 300_000 > 0
    text = text_of(found.content)
    for words in (
        "结清证明", "兹证明：宠物店M-PO-1", "订单PO-1支用的人民币3,000.00元借款",
        "已于2026年3月30日全部结清", f"还款合计¥{format_yuan(amount)}", "特此证明。",
        f"已还利息¥{format_yuan(amount - 300_000)}", "已还罚息¥0.00", "出具日期：2026年3月30日",
    ):  # fmt: skip
        assert words in text, words
    again = papers.issue_payoff_certificate(
        drawdown_id=drawdown.id, actor=ACTOR, at=later + timedelta(days=1)
    )
    assert again.id == found.id


def test_a_notice_only_for_what_is_overdue(at: datetime) -> None:
    drawdown = drawn(at, term="bullet_30")
    in_grace = lives.close_until(date(2026, 4, 4))
    with pytest.raises(DrawdownNotOverdue):
        papers.issue_notice(drawdown_id=drawdown.id, actor=ACTOR, at=in_grace)
    assert Document.objects.count() == 0
    late = lives.close_until(date(2026, 4, 11))

    found = papers.issue_notice(drawdown_id=drawdown.id, actor=ACTOR, at=late)

    figures = payoff(Drawdown.objects.get(pk=drawdown.pk))
    assert found.facts["days_past_due"] == 10
    (row,) = found.facts["rows"]
    assert (row["principal_minor"], row["interest_minor"], row["penalty_minor"]) == (
        figures.principal_minor, figures.interest_minor, figures.penalty_minor,
    )  # fmt: skip
    assert row["penalty_minor"] > 0
    assert found.facts["due_minor"] == figures.payoff_minor
    text = text_of(found.content)
    for words in (
        "催告函", "宠物店M-PO-1：", "截至2026年4月11日", "已逾期10天",
        f"合计人民币{format_yuan(figures.payoff_minor)}元", "联系与投诉电话：400-000-0000",
        "争议处理期间会暂停催收",
    ):  # fmt: skip
        assert words in text, words
    assert papers.issue_notice(drawdown_id=drawdown.id, actor=ACTOR, at=late).id == found.id
    tomorrow = lives.close_until(date(2026, 4, 12))
    assert papers.issue_notice(drawdown_id=drawdown.id, actor=ACTOR, at=tomorrow).id != found.id


def test_the_agreement_as_it_was_signed(at: datetime) -> None:
    drawdown = drawn(at)
    found = papers.issue_contract(line_id=drawdown.line_id, actor=ACTOR, at=at)
    text = "".join(pages_of(found.content))
    for words in ("采购白条循环额度协议", "一、额度。", "九、投诉与咨询。", drawdown.line_id):
        assert words in text, words
    assert "**" not in text
    assert found.facts["text_sha256"] in text
    assert papers.issue_contract(line_id=drawdown.line_id, actor=ACTOR, at=at).id == found.id
    for unknown in ("lin_01h2xcejqtf2nbrexx3vqjhp41", "nonsense"):
        with pytest.raises(LineNotFound):
            papers.issue_contract(line_id=unknown, actor=ACTOR, at=at)


def test_a_drawdown_that_is_not_there_or_not_captured(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    waiting = lives.authorized(line, 100_000, "PO-1", at)
    with pytest.raises(DrawdownNotCaptured):
        papers.issue_receipt(drawdown_id=waiting.id, actor=ACTOR, at=at)
    for issue in (papers.issue_receipt, papers.issue_payoff_certificate, papers.issue_notice):
        for unknown in (UNKNOWN, "nonsense"):
            with pytest.raises(DrawdownNotFound):
                issue(drawdown_id=unknown, actor=ACTOR, at=at)
    assert Document.objects.count() == 0


def test_another_platform_has_no_papers_of_ours(at: datetime, other_tenant: Tenant) -> None:
    drawdown = drawn(at)
    papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at)
    with tenant_scope(other_tenant.id):
        assert Document.objects.count() == 0
        with pytest.raises(DrawdownNotFound):
            papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at)
    with no_scope(), pytest.raises(NoScope):
        papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at)


def test_a_download_is_a_line_in_the_audit_chain(at: datetime) -> None:
    found = papers.issue_receipt(drawdown_id=drawn(at).id, actor=ACTOR, at=at)
    papers.record_download(document=found, actor=ACTOR, at=at)
    record = AuditRecord.objects.get(action="document.download")
    assert (record.actor, record.subject, record.after) == (
        ACTOR, found.id, {"number": found.number, "sha256": found.sha256},
    )  # fmt: skip
    assert audit.first_broken_link() is None


@pytest.mark.parametrize(
    "change",
    [
        {"content": b"other"},
        {"sha256": "0" * 64},
        {"byte_count": 1},
        {"kind": "poem"},
        {"drawdown_id": None},
    ],
)
def test_the_database_refuses_bytes_that_are_not_their_hash(
    at: datetime, change: dict[str, object]
) -> None:
    found = papers.issue_receipt(drawdown_id=drawn(at).id, actor=ACTOR, at=at)
    names = ("kind", "merchant_id", "drawdown_id", "file_name", "facts", "content", "sha256",
             "byte_count", "made_by", "made_at")  # fmt: skip
    same = {name: getattr(found, name) for name in names}
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.bulk_create([Document(key="x", number="x", **{**same, **change})])
    Document.objects.bulk_create([Document(key="x", number="x", **same)])
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Document.objects.filter(pk=found.pk).update(number="y")


def test_a_paper_moves_no_money(at: datetime) -> None:
    drawdown = drawn(at)
    before = Posting.objects.count()
    papers.issue_receipt(drawdown_id=drawdown.id, actor=ACTOR, at=at)
    assert Posting.objects.count() == before
