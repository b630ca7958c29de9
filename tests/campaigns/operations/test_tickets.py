"""A question from asking to judging: promises, repetitions, refusals that move nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns import errors
from campaigns.models import Ticket, TicketMessage
from campaigns.operations import ticket_answers as ours
from campaigns.operations import tickets as theirs
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ConsentCode
from tenants.models import Merchant, Tenant
from tenants.operations.attachments import add_attachment
from tenants.operations.consents import give_consents
from tests.campaigns import desk

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    return desk.merchant_of(inside, at)


def everything() -> tuple[Any, ...]:
    return (
        list(Ticket.objects.order_by("id").values()),
        list(TicketMessage.objects.order_by("id").values()),
        Event.objects.count(),
    )


def refuse(error: type[DomainError], act: Callable[[], object]) -> DomainError:
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    return caught.value


def by(merchant: Merchant, ticket: Ticket, at: datetime) -> dict[str, Any]:
    return {"ticket_id": ticket.id, "merchant_id": merchant.id, "actor": "m", "at": at}


def test_a_life_of_a_question(merchant: Merchant, at: datetime) -> None:
    ticket = desk.asked(merchant, at)
    assert (ticket.status, ticket.due_at) == ("open", clock.moment_on(MONDAY, 14))
    later = at + timedelta(hours=1)
    taken = ours.assign_ticket(ticket_id=ticket.id, assignee="usr_1", actor="usr_1", at=later)
    assert taken.assignee == "usr_1"
    answered = ours.answer_ticket(
        ticket_id=ticket.id, words="按天计息", key="k1", actor="usr_1", at=later
    )
    assert (answered.status, answered.due_at, answered.late_answer_count) == ("answered", None, 0)
    again = theirs.add_to_ticket(words="还是不明白", key="k2", **by(merchant, ticket, later))
    assert (again.status, again.due_at) == ("open", clock.moment_on(MONDAY, 15))
    late = clock.moment_on(MONDAY, 15, 1)
    answered = ours.answer_ticket(ticket_id=ticket.id, words="请看", key="k3", actor="u", at=late)
    assert answered.late_answer_count == 1
    said = TicketMessage.objects.order_by("at", "id")
    assert [(one.side, one.is_late) for one in said] == [
        ("merchant", False), ("desk", False), ("merchant", False), ("desk", True),
    ]  # fmt: skip
    closed = ours.resolve_ticket(ticket_id=ticket.id, actor="u", at=late)
    assert (closed.status, closed.closed_at) == ("closed", late)
    assert theirs.score_ticket(score=2, **by(merchant, ticket, late)).score == 2
    sixth = late + timedelta(days=6, hours=23)
    reopened = theirs.reopen_ticket(words="没有解决", key="k4", **by(merchant, ticket, sixth))
    assert (reopened.status, reopened.score, reopened.closed_by) == ("open", None, "")
    names = Event.objects.filter(subject=ticket.id).order_by("id").values_list("name", flat=True)
    assert [name.rpartition(".")[2] for name in names] == [
        "opened", "assigned", "answered", "added_to", "answered", "closed", "scored", "reopened",
    ]  # fmt: skip


def test_what_is_sent_twice_is_once(merchant: Merchant, at: datetime) -> None:
    first = desk.asked(merchant, at)
    theirs.add_to_ticket(words="补充一句", key="k", **by(merchant, first, at))
    ours.answer_ticket(ticket_id=first.id, words="好的", key="a", actor="u", at=at)
    theirs.close_ticket(**by(merchant, first, at))
    theirs.score_ticket(score=5, **by(merchant, first, at))
    before = everything()
    assert desk.asked(merchant, at + timedelta(minutes=1)).id == first.id
    theirs.close_ticket(**by(merchant, first, at))
    theirs.score_ticket(score=5, **by(merchant, first, at))
    theirs.reopen_ticket(words="补充一句", key="k", **by(merchant, first, at))
    ours.resolve_ticket(ticket_id=first.id, actor="u", at=at)
    assert everything() == before
    refuse(errors.TicketKeyUsed, lambda: desk.asked(merchant, at, words="别的问题"))


def test_refusals_of_asking(merchant: Merchant, at: datetime) -> None:
    for wrong in ({"kind": "nonsense"}, {"about": "drw_x"}, {"key": ""}, {"key": "k" * 65}):
        refuse(Invalid, lambda told=wrong: desk.asked(merchant, at, **told))  # type: ignore[misc]
    for words in ("", " x ", "长" * 2001):
        refuse(errors.TicketWordsNeeded, lambda w=words: desk.asked(merchant, at, words=w))  # type: ignore[misc]
    refuse(NotFound, lambda: desk.asked(merchant, at, merchant_id="mch_nobody"))
    for number in range(10):
        desk.asked(merchant, at, key=f"k{number}")
    refuse(errors.TicketsTooMany, lambda: desk.asked(merchant, at, key="k10"))


def test_refusals_of_states(merchant: Merchant, at: datetime) -> None:
    ticket = desk.asked(merchant, at)
    about = by(merchant, ticket, at)
    refuse(errors.TicketNotClosed, lambda: theirs.score_ticket(score=1, **about))
    refuse(errors.TicketNotClosed, lambda: theirs.reopen_ticket(words="再开", key="r", **about))
    refuse(Invalid, lambda: theirs.score_ticket(score=6, **about))
    refuse(errors.AnswerOwed, lambda: ours.resolve_ticket(ticket_id=ticket.id, actor="u", at=at))
    theirs.close_ticket(**about)
    act: dict[str, Any] = {"ticket_id": ticket.id, "actor": "u", "at": at}
    refuse(errors.TicketClosed, lambda: theirs.add_to_ticket(words="补充", key="z", **about))
    refuse(errors.TicketClosed, lambda: ours.assign_ticket(assignee="u", **act))
    refuse(errors.TicketClosed, lambda: ours.answer_ticket(words="答复", key="z", **act))
    week = {**about, "at": at + timedelta(days=7)}
    over = refuse(errors.ReopeningOver, lambda: theirs.reopen_ticket(words="再开", key="r", **week))
    assert over.facts == {"days": 7}


def test_a_later_promise(merchant: Merchant, at: datetime) -> None:
    ticket = desk.asked(merchant, at)
    told: dict[str, Any] = {"ticket_id": ticket.id, "actor": "u", "at": at, "words": "要问资金方"}
    tomorrow = clock.moment_on(date(2026, 3, 3), 12)
    for wrong in (at, clock.moment_on(MONDAY, 14), clock.moment_on(date(2026, 3, 9), 11)):
        refuse(
            errors.PromiseOutOfReach,
            lambda w=wrong: ours.promise_answer(by_at=w, key="p", **told),  # type: ignore[misc]
        )
    promised = ours.promise_answer(by_at=tomorrow, key="p", **told)
    assert (promised.due_at, promised.status, promised.assignee) == (tomorrow, "open", "u")
    ours.promise_answer(by_at=tomorrow, key="p", **told)
    assert TicketMessage.objects.count() == 2
    ours.answer_ticket(ticket_id=ticket.id, words="好了", key="a", actor="u", at=tomorrow)
    assert Ticket.objects.get().late_answer_count == 0
    refuse(
        errors.TicketNotWaiting,
        lambda: ours.promise_answer(by_at=tomorrow, key="p2", **told),
    )


def test_ones_own_file_beside_the_question(
    merchant: Merchant, inside: Tenant, at: datetime
) -> None:
    give_consents(
        merchant_id=merchant.id, codes=ConsentCode.values, locale="zh-hans", evidence={},
        actor="x", at=at,
    )  # fmt: skip
    kept = add_attachment(
        merchant_id=merchant.id, kind="other", upload_key="u", file_name="a.jpg", content=JPEG,
        actor="x", at=at,
    )  # fmt: skip
    ticket = desk.asked(merchant, at)
    for _ in range(2):
        theirs.add_file_to_ticket(attachment_id=kept.id, **by(merchant, ticket, at))
    assert TicketMessage.objects.filter(attachment=kept).count() == 1
    stranger = desk.merchant_of(inside, at, "M-2")
    other = desk.asked(stranger, at)
    refuse(
        Invalid,
        lambda: theirs.add_file_to_ticket(attachment_id=kept.id, **by(stranger, other, at)),
    )


def test_nobody_elses(
    merchant: Merchant, inside: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    ticket = desk.asked(merchant, at)
    stranger = desk.merchant_of(inside, at, "M-2")
    refuse(errors.TicketNotFound, lambda: theirs.close_ticket(**by(stranger, ticket, at)))
    refuse(
        errors.TicketNotFound,
        lambda: ours.resolve_ticket(ticket_id="tkt_nonsense", actor="u", at=at),
    )
    with tenant_scope(other_tenant.id):
        with pytest.raises(errors.TicketNotFound):
            theirs.close_ticket(**by(merchant, ticket, at))
        with pytest.raises(errors.TicketNotFound):
            ours.answer_ticket(ticket_id=ticket.id, words="答复", key="k", actor="u", at=at)


def test_without_a_scope_nothing_is_done(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        ours.resolve_ticket(ticket_id="tkt_1", actor="u", at=at)


def test_the_database_refuses_what_cannot_be(merchant: Merchant, at: datetime) -> None:
    desk.asked(merchant, at)
    for wrong in ({"due_at": None}, {"status": "closed"}, {"score": 6}, {"kind": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.update(**wrong)


def test_a_broken_promise_counts_though_renewed(merchant: Merchant, at: datetime) -> None:
    ticket = desk.asked(merchant, at)
    assert ticket.due_at is not None
    late = ticket.due_at + timedelta(minutes=1)
    by: dict[str, Any] = {"ticket_id": ticket.id, "actor": "usr_1", "words": "需要更多时间"}
    again = ours.promise_answer(by_at=late + timedelta(hours=1), key="p1", at=late, **by)
    assert again.late_answer_count == 1
    ours.promise_answer(by_at=late + timedelta(hours=2), key="p2", at=late, **by)
    done = ours.answer_ticket(key="p3", at=late + timedelta(minutes=5), **by)
    assert done.late_answer_count == 1


def test_the_same_form_with_other_words_behind_the_subject(
    merchant: Merchant, at: datetime
) -> None:
    desk.asked(merchant, at, words="问" * 60 + "甲", key="k9")
    assert desk.asked(merchant, at, words="问" * 60 + "甲", key="k9").key == "k9"
    refuse(errors.TicketKeyUsed, lambda: desk.asked(merchant, at, words="问" * 60 + "乙", key="k9"))
