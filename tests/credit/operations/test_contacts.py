"""Contacts go through the guard, whoever makes them; what was agreed is written down."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from credit import errors
from credit.domain.contact_guard import CollectionRules
from credit.enums import ContactChannel, ContactResult, DisputeReason
from credit.models import (
    CollectionCase,
    CollectionContact,
    Dispute,
    Drawdown,
    ExtensionRequest,
    PlanRow,
)
from credit.operations.contacts import (
    begin_contact,
    block_contact,
    finish_contact,
    lift_block,
    note_incoming,
)
from credit.operations.delinquency import set_collection_rules
from credit.operations.disputes import open_dispute, reject_dispute, uphold_dispute
from credit.operations.extensions import (
    approve_extension,
    ask_extension,
    decline_extension,
)
from credit.operations.promises import make_promise, settle_promises, withdraw_promise
from credit.queries.business_day import open_day
from credit.queries.contacts import can_contact, channel_verdicts
from credit.queries.delinquency import collection_rules
from credit.queries.payoff import payoff
from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import late, lives

pytestmark = pytest.mark.usefixtures("at")
CALL = ContactChannel.CALL
TEN = clock.moment_on(late.FIRST_OVERDUE, 10)


@pytest.fixture
def drawdown(one_late: Tenant) -> Iterator[Drawdown]:
    """Overdue for a day; it is ten in the morning."""
    with tenant_scope(one_late.id):
        yield Drawdown.objects.get()


@pytest.fixture
def case(drawdown: Drawdown) -> CollectionCase:
    return late.case_of(drawdown)


def ask(case: CollectionCase, **changed: Any) -> dict[str, Any]:
    return {
        "case_id": case.id, "channel": CALL, "person_role": "", "role": "operator",
        "actor": lives.ACTOR, "at": TEN, **changed,
    }  # fmt: skip


def finish(contact: CollectionContact, result: ContactResult) -> None:
    finish_contact(contact_id=contact.id, result=result, note="", actor=lives.ACTOR, at=TEN)


# --- The guard -----------------------------------------------------------------------------------


def test_a_call_is_written_down_before_it_is_made(case: CollectionCase) -> None:
    contact = begin_contact(**ask(case, person_role="finance_contact"))
    assert (contact.on, contact.is_incoming) == (late.FIRST_OVERDUE, False)
    finish(contact, ContactResult.CONNECTED)
    case.refresh_from_db()
    assert case.next_contact_on == late.FIRST_OVERDUE + timedelta(days=7)
    late.refuse(
        errors.ContactFinished, finish_contact, contact_id=contact.id, note="", actor="x", at=TEN,
        result=ContactResult.NO_ANSWER,
    )  # fmt: skip
    assert late.names(case.merchant_id, "credit.collection.")[1:] == [
        "credit.collection.contact_begun", "credit.collection.contact_finished",
    ]  # fmt: skip


def test_nobody_reached_means_tomorrow(case: CollectionCase) -> None:
    finish(begin_contact(**ask(case)), ContactResult.NO_ANSWER)
    case.refresh_from_db()
    assert case.next_contact_on == late.FIRST_OVERDUE + timedelta(days=1)


def test_quiet_hours_name_the_next_moment(case: CollectionCase) -> None:
    night = clock.moment_on(late.FIRST_OVERDUE, 22)
    refusal = late.refuse(errors.ContactQuietHours, begin_contact, **ask(case, at=night))
    assert say(refusal, "en") == (
        "Nobody is contacted at this hour. Possible again from 2026-04-06 08:00."
    )
    begin_contact(**ask(case, at=clock.moment_on(late.FIRST_OVERDUE + timedelta(days=1), 8)))


def test_three_calls_that_reached_somebody_are_a_days_worth(case: CollectionCase) -> None:
    """One without a result counts; one that reached nobody does not."""
    finish(begin_contact(**ask(case)), ContactResult.NO_ANSWER)
    for _ in range(2):
        finish(begin_contact(**ask(case)), ContactResult.CONNECTED)
    begin_contact(**ask(case))
    refusal = late.refuse(errors.ContactCapReached, begin_contact, **ask(case))
    assert refusal.facts == {"next_at": "2026-04-06 08:00"}
    begin_contact(**ask(case, channel=ContactChannel.VISIT))
    begin_contact(**ask(case, at=clock.moment_on(late.FIRST_OVERDUE + timedelta(days=1), 9)))


def test_the_days_reminder_was_the_days_text(case: CollectionCase) -> None:
    late.refuse(errors.ContactCapReached, begin_contact, **ask(case, channel=ContactChannel.SMS))


@pytest.mark.parametrize("role", ["salesperson", "viewer", "developer"])
def test_who_may_not_collect_may_not_call(case: CollectionCase, role: str) -> None:
    late.refuse(errors.CollectorNotAllowed, begin_contact, **ask(case, role=role))


def test_a_tenant_may_let_salespeople_collect(case: CollectionCase) -> None:
    rules = CollectionRules(collector_roles=("operator", "salesperson"))
    set_collection_rules(rules=rules, reason="示例", actor=lives.ACTOR, at=TEN)
    assert collection_rules() == rules
    begin_contact(**ask(case, role="salesperson"))
    late.refuse(errors.CollectorNotAllowed, begin_contact, **ask(case, role="owner"))


def test_rules_weaker_than_the_law_are_refused(case: CollectionCase) -> None:
    late.refuse(
        errors.CollectionRulesInvalid, set_collection_rules,
        rules=CollectionRules(quiet_until_hour=6), reason="示例", actor="x", at=TEN,
    )  # fmt: skip


def test_do_not_call_here_is_respected(case: CollectionCase) -> None:
    block: dict[str, Any] = {
        "merchant_id": case.merchant_id, "channel": CALL, "person_role": "finance_contact",
        "reason": "在医院，请勿来电", "actor": lives.ACTOR, "at": TEN,
    }  # fmt: skip
    one = block_contact(**block)
    late.refuse(errors.BlockExists, block_contact, **block)
    late.refuse(errors.NoteNeeded, block_contact, **block | {"channel": "sms", "reason": "x"})
    late.refuse(Invalid, block_contact, **block | {"person_role": "neighbor"})
    late.refuse(errors.ContactBlocked, begin_contact, **ask(case, person_role="finance_contact"))
    begin_contact(**ask(case, person_role="applicant"))
    everybody = block_contact(**block | {"person_role": ""})
    late.refuse(errors.ContactBlocked, begin_contact, **ask(case, person_role="applicant"))
    for row in (one, everybody, everybody):
        lift_block(block_id=row.id, actor=lives.ACTOR, at=TEN)
    late.refuse(NotFound, lift_block, block_id="blk_malformed", actor="x", at=TEN)
    begin_contact(**ask(case, person_role="finance_contact"))


def test_what_is_wrong_with_the_words_is_refused(case: CollectionCase) -> None:
    late.refuse(errors.CaseNotFound, begin_contact, **ask(case, case_id="cas_malformed"))
    late.refuse(Invalid, begin_contact, **ask(case, person_role="neighbor"))
    late.refuse(
        errors.ContactNotFound, finish_contact, contact_id="ctc_malformed", note="", actor="x",
        result=ContactResult.CONNECTED, at=TEN,
    )  # fmt: skip
    late.refuse(
        errors.NoteNeeded, note_incoming, case_id=case.id, channel=CALL, note=" ", actor="x", at=TEN
    )


def test_a_merchant_may_call_at_any_hour(case: CollectionCase) -> None:
    night = clock.moment_on(late.FIRST_OVERDUE, 23)
    for _ in range(4):
        note_incoming(case_id=case.id, channel=CALL, note="问怎么还款", actor=lives.ACTOR, at=night)
    assert CollectionContact.objects.filter(is_incoming=True).count() == 4
    verdict = can_contact(
        merchant_id=case.merchant_id, channel=CALL, role="operator", person_role="", at=TEN
    )
    assert verdict.is_allowed


def test_once_it_is_paid_nobody_calls(case: CollectionCase, drawdown: Drawdown) -> None:
    lives.repaid(drawdown, payoff(drawdown).payoff_minor, "PAY-1", TEN)
    late.refuse(errors.NothingToCollect, begin_contact, **ask(case))


# --- Disputes ------------------------------------------------------------------------------------


def objection(drawdown: Drawdown, **changed: Any) -> dict[str, Any]:
    return {
        "drawdown_id": drawdown.id, "reason": DisputeReason.GOODS, "words": "少发了两箱",
        "actor": "merchant", "at": TEN, **changed,
    }  # fmt: skip


def test_a_dispute_pauses_collection_until_it_is_answered(
    case: CollectionCase, drawdown: Drawdown
) -> None:
    dispute = open_dispute(**objection(drawdown))
    assert dispute.answer_by_on == date(2026, 4, 20)
    late.refuse(errors.ContactPaused, begin_contact, **ask(case))
    late.refuse(errors.DisputeOpen, open_dispute, **objection(drawdown))
    late.refuse(errors.NoteNeeded, open_dispute, **objection(drawdown, words="?"))
    reminded = late.names(case.merchant_id, "credit.installment.reminder")
    late.live_until(date(2026, 4, 13))
    assert late.names(case.merchant_id, "credit.installment.reminder") == reminded
    answer: dict[str, Any] = {"dispute_id": dispute.id, "actor": lives.ACTOR, "at": TEN}
    late.refuse(errors.NoteNeeded, reject_dispute, answer="", **answer)
    reject_dispute(answer="签收单显示数量一致", **answer)
    late.refuse(errors.DisputeResolved, uphold_dispute, answer="算错了，已更正", **answer)
    late.refuse(
        errors.DisputeNotFound, uphold_dispute, answer="算错了，已更正",
        **answer | {"dispute_id": "dsu_malformed"},
    )  # fmt: skip
    begin_contact(**ask(case, at=clock.moment_on(date(2026, 4, 13), 10)))
    second = open_dispute(**objection(drawdown))
    assert uphold_dispute(
        dispute_id=second.id, answer="算错了，已更正", actor="x", at=TEN
    ).status == "upheld"  # fmt: skip


def test_only_what_was_drawn_is_disputed(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(late.with_phone("P2", at), at)
    held = lives.authorized(line, 100_000, "SO-9", at)
    late.refuse(errors.DrawdownNotFound, open_dispute, **objection(held))
    assert not Dispute.objects.exists()


# --- Promises ------------------------------------------------------------------------------------


def promise(drawdown: Drawdown, **changed: Any) -> dict[str, Any]:
    return {
        "merchant_id": drawdown.merchant_id, "amount_minor": 500_000,
        "by_on": late.FIRST_OVERDUE, "note": "", "actor": lives.ACTOR, "at": TEN, **changed,
    }  # fmt: skip


def test_a_promise_has_an_amount_owed_and_a_day_near(drawdown: Drawdown) -> None:
    day = late.FIRST_OVERDUE
    owed = payoff(drawdown).payoff_minor
    for amount in (0, -1, owed + 1):
        refusal = late.refuse(
            errors.PromiseAmountInvalid, make_promise, **promise(drawdown, amount_minor=amount)
        )
        assert refusal.facts == {"owed_minor": owed}
    for by_on in (day - timedelta(days=1), day + timedelta(days=15)):
        refusal = late.refuse(
            errors.PromiseDateInvalid, make_promise, **promise(drawdown, by_on=by_on)
        )
        assert refusal.facts == {"first": "2026-04-05", "last": "2026-04-19"}
    made = make_promise(**promise(drawdown))
    late.refuse(errors.PromiseOpen, make_promise, **promise(drawdown))
    withdraw_promise(promise_id=made.id, actor="x", at=TEN)
    late.refuse(errors.PromiseNotOpen, withdraw_promise, promise_id=made.id, actor="x", at=TEN)
    late.refuse(errors.PromiseNotFound, withdraw_promise, promise_id="ptp_x", actor="x", at=TEN)
    make_promise(**promise(drawdown, by_on=day + timedelta(days=14)))


def test_who_owes_nothing_promises_nothing(inside: Tenant, at: datetime) -> None:
    drawdown = late.drawn("P9", at)
    late.refuse(errors.NothingToCollect, make_promise, **promise(drawdown, at=at))


def test_a_kept_promise_makes_room_for_the_next_at_once(drawdown: Drawdown) -> None:
    first = make_promise(**promise(drawdown))
    lives.repaid(drawdown, 500_000, "PAY-1", TEN + timedelta(minutes=1))
    second = make_promise(**promise(drawdown, at=TEN + timedelta(minutes=2)))
    first.refresh_from_db()
    assert (first.status, first.paid_minor) == ("kept", 500_000)
    assert settle_promises(on=open_day(), at=TEN) == []
    assert second.status == "open"


@pytest.mark.parametrize(("paid_minor", "status"), [(499_999, "broken"), (500_000, "kept")])
def test_paid_at_the_last_minute_of_the_last_day(
    drawdown: Drawdown, paid_minor: int, status: str
) -> None:
    made = make_promise(**promise(drawdown))
    lives.repaid(drawdown, paid_minor, "PAY-1", clock.moment_on(late.FIRST_OVERDUE, 23, 59))
    late.live_until(late.FIRST_OVERDUE + timedelta(days=1))
    made.refresh_from_db()
    assert (made.status, made.paid_minor) == (status, paid_minor)


def test_paid_after_midnight_is_too_late(drawdown: Drawdown) -> None:
    made = make_promise(**promise(drawdown))
    next_day = late.FIRST_OVERDUE + timedelta(days=1)
    late.live_until(next_day)
    lives.repaid(drawdown, 500_000, "PAY-1", clock.moment_on(next_day, 0, 30))
    late.live_until(next_day + timedelta(days=1))
    made.refresh_from_db()
    assert (made.status, made.paid_minor) == ("broken", 0)


# --- Extensions ----------------------------------------------------------------------------------


def more_time(drawdown: Drawdown, **changed: Any) -> dict[str, Any]:
    return {
        "drawdown_id": drawdown.id, "days": 10, "words": "货款下周到账", "actor": "merchant",
        "at": TEN, **changed,
    }  # fmt: skip


def due_days(drawdown: Drawdown) -> list[date]:
    return list(PlanRow.objects.filter(drawdown=drawdown).values_list("due_on", flat=True))


def test_an_extension_is_granted_and_booked(drawdown: Drawdown) -> None:
    [before] = due_days(drawdown)
    request = ask_extension(**more_time(drawdown))
    late.refuse(errors.ExtensionOpen, ask_extension, **more_time(drawdown))
    granted = approve_extension(request_id=request.id, answer="", actor="x", at=TEN)
    assert granted.status == "approved"
    [after] = due_days(drawdown)
    assert timedelta(10) <= after - before <= timedelta(13)
    late.refuse(
        errors.ExtensionDecided, approve_extension, request_id=request.id, answer="", actor="x",
        at=TEN,
    )  # fmt: skip
    assert late.names(drawdown.merchant_id, "credit.extension.") == [
        "credit.extension.asked", "credit.extension.approved",
    ]  # fmt: skip


def test_an_extension_is_declined_with_a_reason(drawdown: Drawdown) -> None:
    days = due_days(drawdown)
    request = ask_extension(**more_time(drawdown))
    no: dict[str, Any] = {"request_id": request.id, "actor": "x", "at": TEN}
    late.refuse(errors.NoteNeeded, decline_extension, answer="不", **no)
    assert decline_extension(answer="请先还一部分", **no).status == "declined"
    assert due_days(drawdown) == days
    ask_extension(**more_time(drawdown))
    no["request_id"] = "exr_malformed"
    late.refuse(errors.ExtensionNotFound, decline_extension, answer="请先还一部分", **no)


def test_what_cannot_be_extended_is_refused(drawdown: Drawdown) -> None:
    for days in (0, 31):
        late.refuse(errors.ExtensionDaysInvalid, ask_extension, **more_time(drawdown, days=days))
    late.refuse(errors.NoteNeeded, ask_extension, **more_time(drawdown, words=""))
    ask_extension(**more_time(drawdown))
    lives.repaid(drawdown, payoff(drawdown).payoff_minor, "PAY-1", TEN)
    late.refuse(errors.DrawdownNotRepaying, ask_extension, **more_time(drawdown))
    assert ExtensionRequest.objects.count() == 1


# --- Scopes --------------------------------------------------------------------------------------


def test_another_platform_can_do_nothing_here(
    case: CollectionCase, drawdown: Drawdown, other_tenant: Tenant
) -> None:
    contact = begin_contact(**ask(case))
    dispute = open_dispute(**objection(drawdown))
    request = ask_extension(**more_time(drawdown))
    made = make_promise(**promise(drawdown))
    before = late.everything()
    with tenant_scope(other_tenant.id):
        for error, act, arguments in (
            (errors.CaseNotFound, begin_contact, ask(case)),
            (errors.ContactNotFound, finish_contact,
             {"contact_id": contact.id, "result": ContactResult.SENT, "note": "", "actor": "x",
              "at": TEN}),
            (errors.DrawdownNotFound, open_dispute, objection(drawdown)),
            (errors.DisputeNotFound, uphold_dispute,
             {"dispute_id": dispute.id, "answer": "算错了，已更正", "actor": "x", "at": TEN}),
            (errors.DrawdownNotFound, ask_extension, more_time(drawdown)),
            (errors.ExtensionNotFound, decline_extension,
             {"request_id": request.id, "answer": "请先还一部分", "actor": "x", "at": TEN}),
            (errors.NothingToCollect, make_promise, promise(drawdown)),
            (errors.PromiseNotFound, withdraw_promise,
             {"promise_id": made.id, "actor": "x", "at": TEN}),
        ):  # fmt: skip
            with pytest.raises(error):
                act(**arguments)
    assert late.everything() == before
    with no_scope(), pytest.raises(NoScope):
        channel_verdicts(merchant_id=case.merchant_id, role="operator", at=TEN)


def test_the_page_gets_both_channels(case: CollectionCase) -> None:
    verdicts = channel_verdicts(merchant_id=case.merchant_id, role="operator", at=TEN)
    assert {name: one.code for name, one in verdicts.items()} == {
        "call": "", "sms": "contact_cap_reached",
    }  # fmt: skip
