"""Having a capture paid: every outcome, every second delivery, and nobody is paid twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from credit import errors
from credit.enums import AttemptKind, FundingOutcome, InstructionStatus
from credit.gateways.funding import SIMULATED, FundingAnswer, InProcessFunding, Script
from credit.gateways.http_funding import HttpFunding
from credit.models import (
    CreditLine,
    Drawdown,
    FundingAttempt,
    FundingInstruction,
    FundingSource,
    JournalEntry,
    LoanEvent,
)
from credit.operations.funding_pursuit import gateway_of, store_answer
from credit.operations.funding_sources import set_channel
from credit.operations.instructions import ask_again, send_anew
from credit.queries.instructions import due_instructions, funding_status, instructions
from platform_app.celery import app
from platform_app.kernel import clock, ids
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, platform_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives
from tests.credit.lenders import look, scripted

pytestmark = pytest.mark.usefixtures("inside")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    return lenders.routed(line, 500_000, "SO-1", at)[0]


def told() -> list[str]:
    names = Event.objects.filter(actor="system:funding").order_by("occurred_at", "id")
    return list(names.values_list("name", flat=True))


def talk(row: FundingInstruction) -> list[tuple[str, str]]:
    rows = FundingAttempt.objects.filter(instruction=row).order_by("attempt_no")
    return list(rows.values_list("kind", "outcome"))


def test_a_capture_is_paid(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    assert funding_status(drawdown) == "none"
    bank = scripted(Script.PAY)
    assert look(row, bank, at) == "funded"
    row.refresh_from_db()
    assert (row.amount_minor, row.reference[:4], row.requested_at, row.ended_at) == (
        500_000, "SIM-", at, at,
    )  # fmt: skip
    assert talk(row) == [("request", "sent"), ("request", "funded")]
    assert bank.payouts == [row.key]
    assert told() == ["credit.drawdown.funded"]
    assert funding_status(drawdown) == "funded"


def test_each_party_pays_its_part_and_the_parts_are_the_whole(
    line: CreditLine, at: datetime
) -> None:
    lead, other = lenders.joint(at)
    drawdown, _ = lenders.routed(line, 500_005, "SO-1", at)
    first = lenders.captured(drawdown, 200_003, "ship-1", at, is_final=False)
    second = lenders.captured(drawdown, 300_002, "ship-2", at)
    parts = {row.funding_source_id: row.amount_minor for row in first}
    assert parts == {lead.id: 140_003, other.id: 60_000}
    assert {row.funding_source_id: row.amount_minor for row in second} == {
        lead.id: 210_001, other.id: 90_001,
    }  # fmt: skip
    bank = scripted(Script.PAY)
    assert look(first[0], bank, at) == "funded"
    assert (funding_status(drawdown), told()) == ("none", [])
    for row in (first[1], *second):
        look(row, bank, at)
    assert told() == ["credit.drawdown.funded"] * 2
    assert funding_status(drawdown) == "funded"
    assert len(bank.payouts) == len(set(bank.payouts)) == 4


def test_capturing_twice_is_instructing_once(drawdown: Drawdown, at: datetime) -> None:
    rows = lenders.captured(drawdown, 500_000, "ship", at)
    assert lenders.captured(drawdown, 500_000, "ship", at) == rows
    assert FundingInstruction.objects.count() == 1


def test_a_declined_instruction_fails_and_says_so(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    entries = JournalEntry.objects.count()
    assert look(row, scripted(Script.DECLINE), at) == "failed"
    row.refresh_from_db()
    assert (row.failure_code, row.reference, row.next_look_at) == ("account_closed", "", None)
    assert told() == ["credit.drawdown.funding_failed"]
    assert funding_status(drawdown) == "failed"
    assert JournalEntry.objects.count() == entries


def test_paid_but_timed_out_is_asked_about_and_paid_once(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.PAY_AND_TIME_OUT)
    assert look(row, bank, at) == "unknown"
    assert (funding_status(drawdown), told()) == ("unknown", [])
    assert look(row, bank, at + 59 * timedelta(seconds=1)) == "unknown"  # its time has not come
    assert look(row, bank, at + MINUTE) == "funded"
    assert talk(row) == [
        ("request", "sent"), ("request", "unknown"), ("ask", "sent"), ("ask", "funded"),
    ]  # fmt: skip
    assert bank.payouts == [row.key]
    assert told() == ["credit.drawdown.funded"]


def test_never_received_is_sent_again_under_the_same_key_but_not_soon(
    drawdown: Drawdown, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.LOSE)
    assert look(row, bank, at) == "unknown"
    assert look(row, bank, at + MINUTE) == "unknown"
    assert talk(row)[-1] == ("ask", "not_found")
    assert look(row, bank, at + 10 * MINUTE) == "none"
    assert bank.payouts == []
    assert look(row, bank, at + 10 * MINUTE) == "funded"
    assert bank.payouts == [row.key]
    assert [kind for kind, outcome in talk(row) if outcome == "sent"] == [
        "request", "ask", "ask", "request",
    ]  # fmt: skip


def test_paid_later(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.PAY_LATER)
    assert look(row, bank, at) == "requested"
    assert funding_status(drawdown) == "requested"
    assert look(row, bank, at + MINUTE) == "funded"
    assert bank.payouts == [row.key]


class Silent(InProcessFunding):
    """A source that answers nothing any more."""

    def ask(self, _key: str) -> FundingAnswer:
        return FundingAnswer(FundingOutcome.UNKNOWN, detail="time-out")


def test_questions_grow_rarer_and_go_on(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank, moment, waits = Silent(lambda _: Script.PAY_AND_TIME_OUT), at, []
    for _ in range(7):
        assert look(row, bank, moment) == "unknown"
        row.refresh_from_db()
        assert row.next_look_at is not None
        waits.append((row.next_look_at - moment) // MINUTE)
        moment = row.next_look_at
    assert waits == [1, 2, 10, 30, 60, 60, 60]
    assert bank.payouts == [row.key]


def test_a_task_delivered_twice_sends_once(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.PAY_LATER)
    assert [look(row, bank, at) for _ in range(3)] == ["requested"] * 3
    assert talk(row) == [("request", "sent"), ("request", "pending")]
    assert bank.payouts == [row.key]


def test_a_gateway_that_breaks_leaves_a_question_not_a_second_payment(
    drawdown: Drawdown, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)

    class Broken(InProcessFunding):
        def request(self, order: Any) -> FundingAnswer:
            super().request(order)
            raise RuntimeError

    bank = Broken(lambda _: Script.PAY)
    with pytest.raises(RuntimeError):
        look(row, bank, at)
    row.refresh_from_db()
    assert (row.status, row.next_look_at) == ("requested", at + MINUTE)
    assert look(row, bank, at + MINUTE) == "funded"
    assert bank.payouts == [row.key]


def test_an_answer_said_again_counts_once_and_one_that_contradicts_is_told(
    drawdown: Drawdown, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    look(row, scripted(Script.PAY), at)

    def hear(outcome: FundingOutcome) -> InstructionStatus:
        return store_answer(
            instruction_id=row.id, kind=AttemptKind.REQUEST, answer=FundingAnswer(outcome),
            duration_ms=1, at=at,
        )  # fmt: skip

    assert hear(FundingOutcome.FUNDED) == "funded"
    assert hear(FundingOutcome.UNKNOWN) == "funded"
    assert told() == ["credit.drawdown.funded"]
    assert hear(FundingOutcome.FAILED) == "funded"
    assert told() == ["credit.drawdown.funded", "credit.funding.contradicted"]
    row.refresh_from_db()
    assert (row.status, row.attempt_count, len(talk(row))) == ("funded", 5, 5)


def test_a_late_answer_ends_what_was_to_be_sent_again(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.LOSE)
    look(row, bank, at)
    assert look(row, bank, at + 10 * MINUTE) == "none"
    for outcome, status in ((FundingOutcome.UNKNOWN, "none"), (FundingOutcome.FUNDED, "funded")):
        stored = store_answer(
            instruction_id=row.id, kind=AttemptKind.REQUEST, answer=FundingAnswer(outcome),
            duration_ms=1, at=at + 10 * MINUTE,
        )  # fmt: skip
        assert stored == status
    assert look(row, bank, at + 11 * MINUTE) == "funded"
    assert bank.payouts == []


def test_after_a_failure_the_part_is_sent_anew_under_another_key(
    drawdown: Drawdown, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    with pytest.raises(errors.InstructionNotFailed):
        send_anew(instruction_id=row.id, actor="x", at=at)
    look(row, scripted(Script.DECLINE), at)
    again = [send_anew(instruction_id=row.id, actor="x", at=at) for _ in range(2)]
    assert again[0] == again[1]
    assert (again[0].round_no, again[0].key != row.key) == (2, True)
    assert funding_status(drawdown) == "none"
    assert look(again[0], scripted(Script.PAY), at) == "funded"
    assert funding_status(drawdown) == "funded"
    assert told() == ["credit.drawdown.funding_failed", "credit.drawdown.funded"]


def test_asking_again_is_now(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    bank = scripted(Script.PAY_AND_TIME_OUT)
    look(row, bank, at)
    soon = at + timedelta(seconds=1)
    ask_again(instruction_id=row.id, actor="usr", at=soon)
    assert look(row, bank, soon) == "funded"
    with pytest.raises(errors.InstructionEnded):
        ask_again(instruction_id=row.id, actor="usr", at=soon)
    for wrong in (ids.new_id("fin"), "fin_malformed"):
        with pytest.raises(errors.InstructionNotFound):
            ask_again(instruction_id=wrong, actor="usr", at=soon)


def test_without_a_channel_it_waits_and_goes_out_when_there_is_one(
    drawdown: Drawdown, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    assert look(row, None, at) == "none"
    row.refresh_from_db()
    assert row.next_look_at == at + 60 * MINUTE
    later = at + 5 * MINUTE
    set_channel(
        source_id=row.funding_source_id, url="https://bank.example", key_id="k", secret="s",
        actor="x", at=later,
    )  # fmt: skip
    assert look(row, scripted(Script.PAY), later) == "funded"


def test_who_is_talked_to_how(inside: Tenant, at: datetime) -> None:
    source = FundingSource.objects.get()
    assert gateway_of(source) is SIMULATED  # a virtual platform talks to nobody outside
    Tenant.objects.update(is_virtual=False)
    assert gateway_of(source) is None
    told_how = set_channel(
        source_id=source.id, url="https://bank.example/v1", key_id="k", secret="s3cret",
        actor="x", at=at,
    )  # fmt: skip
    assert gateway_of(told_how) == HttpFunding(
        url="https://bank.example/v1", key_id="k", secret="s3cret"
    )


def test_the_sweep_finds_what_nobody_looks_at(
    inside: Tenant, other_tenant: Tenant, drawdown: Drawdown, at: datetime,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    look(row, scripted(Script.PAY_LATER), at)
    with platform_scope():
        assert due_instructions(at) == []
        assert due_instructions(at + MINUTE) == [(inside.id, row.id)]
    with no_scope(), clock.travel(at + MINUTE):
        assert app.tasks["credit.sweep_funding"]() == 1
    SIMULATED.payouts.clear()
    with clock.travel(at + MINUTE):
        app.tasks["credit.pursue_funding"](tenant_id=inside.id, instruction_id=row.id)
    row.refresh_from_db()
    assert row.status == "unknown"  # this process's source never heard of it
    assert SIMULATED.payouts == []


def test_the_sandboxs_amounts(line: CreditLine, at: datetime) -> None:
    outcomes = []
    for fen in range(5):
        amount = 107_700 + fen
        drawdown, _ = lenders.routed(line, amount, f"SO-{fen}", at)
        (row,) = lenders.captured(drawdown, amount, "ship", at)
        outcomes.append(look(row, SIMULATED, at).value)
    assert outcomes == ["funded", "failed", "unknown", "requested", "unknown"]


def test_what_the_database_refuses(drawdown: Drawdown, at: datetime) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    mine = FundingInstruction.objects.filter(pk=row.pk)

    def violated(constraint: str, act: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        cause: Any = caught.value.__cause__
        assert cause.diag.constraint_name == constraint

    violated("credit_fundinginstruction_final", lambda: mine.update(amount_minor=1))
    violated("credit_fundinginstruction_status", lambda: mine.update(status="funded"))
    violated("credit_fundinginstruction_status", lambda: mine.update(status="paid"))
    violated("credit_fundinginstruction_one_alive", lambda: another(row, "other", at))
    violated("credit_fundinginstruction_key", lambda: another(row, row.key, at))
    look(row, scripted(Script.PAY), at)
    violated("credit_fundinginstruction_final", lambda: mine.update(reference="x"))
    violated(
        "credit_fundinginstruction_final",
        lambda: mine.update(status="none", ended_at=None, next_look_at=at),
    )
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        FundingAttempt.objects.update(detail="x")


def another(row: FundingInstruction, key: str, at: datetime) -> None:
    FundingInstruction.objects.create(
        drawdown_id=row.drawdown_id, loan_event_id=row.loan_event_id, key=key, amount_minor=1,
        funding_source_id=row.funding_source_id, round_no=2, instructed_at=at,
    )  # fmt: skip


def test_another_platforms_instruction_is_not_there(
    drawdown: Drawdown, other_tenant: Tenant, at: datetime
) -> None:
    (row,) = lenders.captured(drawdown, 500_000, "ship", at)
    with tenant_scope(other_tenant.id):
        assert list(instructions()) == []
        for act in (
            lambda: look(row, scripted(Script.PAY), at),
            lambda: ask_again(instruction_id=row.id, actor="x", at=at),
            lambda: send_anew(instruction_id=row.id, actor="x", at=at),
        ):
            with pytest.raises(errors.InstructionNotFound):
                act()
    with no_scope(), pytest.raises(NoScope):
        look(row, scripted(Script.PAY), at)
    assert list(FundingAttempt.objects.all()) == []
    assert LoanEvent.objects.count() == 1
