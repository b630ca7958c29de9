"""客服台: the queue by its promises, answering, the calls of the day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaigns.domain.slots import Slot
from campaigns.models import FollowUp, FollowUpCall, FollowUpSlot, Ticket, TicketMessage
from campaigns.operations.follow_ups import book_call_back
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.callers import browser, callers, member
from tests.campaigns import desk

pytestmark = pytest.mark.django_db
DESK = "/console/service"
CALLS = "/console/service/calls"
MONDAY = date(2026, 3, 2)


def question(tenant: Tenant, at: datetime, number: int = 1) -> Ticket:
    merchant = desk.merchant_of(tenant, at, f"M-{number}")
    with tenant_scope(tenant.id):
        return desk.asked(merchant, at + timedelta(minutes=number), words=f"问题{number}")


def call(tenant: Tenant, at: datetime, number: int = 1) -> FollowUp:
    merchant = desk.merchant_of(tenant, at, f"M-{number}")
    with tenant_scope(tenant.id):
        return book_call_back(
            merchant_id=merchant.id, slot=Slot(MONDAY, 14), words="额度", actor="m", at=at
        )


def only(tenant: Tenant, model: Any) -> Any:
    with tenant_scope(tenant.id):
        return model.objects.get()


@pytest.fixture
def operator(tenant: Tenant, at: datetime) -> Client:
    client = browser(member(tenant, "operator", at))
    client.cookies["django_language"] = "en"
    return client


def test_who_comes_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    ticket, row = question(tenant, at), call(tenant, at)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(DESK) == (302, 200, 200)
    assert who.statuses(CALLS) == (302, 200, 200)
    for path in (f"{DESK}/{ticket.id}", f"{CALLS}/{row.id}"):
        assert who.statuses(path) == (302, 404, 200)
    for path in (DESK, f"{CALLS}?on=2026-03-02"):
        assert "示例店" not in who.neighbor.get(path).content.decode()
        assert "示例店M-1" in who.owner.get(path).content.decode()
    assert who.neighbor.post(f"{DESK}/{ticket.id}/assign").status_code == 404
    assert who.neighbor.post(f"{CALLS}/{row.id}/assign").status_code == 404
    assert browser(member(tenant, "developer", at)).get(DESK).status_code == 403
    viewer = browser(member(tenant, "viewer", at))
    assert viewer.get(f"{DESK}/{ticket.id}").status_code == 200
    for path in (f"{DESK}/{ticket.id}/assign", f"{CALLS}/{row.id}/assign", f"{CALLS}/capacity"):
        assert viewer.post(path).status_code == 403
    assert (only(tenant, Ticket).assignee, only(tenant, FollowUp).assignee) == ("", "")


def test_the_nearest_promise_first(operator: Client, tenant: Tenant, at: datetime) -> None:
    assert "Nobody waits for an answer." in operator.get(DESK).content.decode()
    for number in (2, 1):
        question(tenant, at, number)
    page = operator.get(DESK).content.decode()
    assert page.index("问题1") < page.index("问题2")
    with clock.travel(clock.moment_on(MONDAY, 14, 1)):
        page = operator.get(DESK).content.decode()
    assert "2 answers are late" not in page
    assert "1 answer is late" in page
    assert page.count('class="state bad"') == 1
    assert page.count('class="state warn"') == 1
    assert "问题" not in operator.get(f"{DESK}?status=closed").content.decode()
    assert "问题" not in operator.get(f"{DESK}?whose=mine").content.decode()
    assert "问题1" in operator.get(f"{DESK}?status=all&kind=bill").content.decode()


def test_taking_answering_and_closing(operator: Client, tenant: Tenant, at: datetime) -> None:
    ticket = question(tenant, at)
    page = f"{DESK}/{ticket.id}"
    assert operator.post(f"{page}/nonsense").status_code == 404
    operator.post(f"{page}/assign")
    saved = operator.get(f"{page}?article=early").content.decode()
    assert "Interest counts only to the day you pay" in saved
    early = operator.post(f"{page}/resolve", follow=True).content.decode()
    assert "The merchant still waits for our answer." in early
    empty = operator.post(f"{page}/answer", {"words": "", "key": "k"})
    assert empty.status_code == 422
    far = {"words": "要查一下", "key": "p", "on": "2026-04-30", "hour": "12"}
    refused = operator.post(f"{page}/promise", far)
    assert refused.status_code == 422
    assert "Promise a later moment, within 5 working days." in refused.content.decode()
    assert only(tenant, Ticket).version == 2
    assert operator.post(f"{page}/promise", far | {"on": "2026-03-03"}).status_code == 302
    assert only(tenant, Ticket).due_at == clock.moment_on(date(2026, 3, 3), 12)
    for _ in range(2):
        answered = operator.post(f"{page}/answer", {"words": "可以", "key": "k"}, follow=True)
        assert "Answered. The merchant is told." in answered.content.decode()
    operator.post(f"{page}/resolve")
    closed = only(tenant, Ticket)
    assert (closed.status, closed.assignee.startswith("usr_")) == ("closed", True)
    with tenant_scope(tenant.id):
        assert TicketMessage.objects.count() == 3
    assert 'name="words"' not in operator.get(page).content.decode()


def test_a_question_shows_the_others_of_its_merchant(
    operator: Client, tenant: Tenant, at: datetime
) -> None:
    first = question(tenant, at)
    question(tenant, at, 2)
    with tenant_scope(tenant.id):
        desk.asked(first.merchant, at, key="second", words="还有一问")
    page = operator.get(f"{DESK}/{first.id}").content.decode()
    assert "还有一问" in page
    assert "问题2" not in page


def test_the_calls_of_a_day(operator: Client, tenant: Tenant, at: datetime) -> None:
    assert "Nobody is to be called" in operator.get(CALLS).content.decode()
    row = call(tenant, at)
    page = f"{CALLS}/{row.id}"
    with clock.travel(clock.moment_on(MONDAY, 14, 5)):
        assert "Now" in operator.get(CALLS).content.decode()
        operator.post(f"{page}/assign")
        asked_later = operator.post(f"{page}/record", {"outcome": "later"})
        assert asked_later.status_code == 422
        again = {"outcome": "later", "next": "2026-03-04-10", "note": "周三再打"}
        assert operator.post(f"{page}/record", again).status_code == 302
    assert only(tenant, FollowUp).slot == Slot(date(2026, 3, 4), 10)
    text = operator.get(page).content.decode()
    assert "周三再打" in text
    assert operator.post(f"{page}/record", {"outcome": "reached"}).status_code == 302
    assert only(tenant, FollowUp).status == "done"
    assert operator.post(f"{page}/nonsense").status_code == 404


def test_at_night_no_call_is_written_down(operator: Client, tenant: Tenant, at: datetime) -> None:
    row = call(tenant, at)
    with clock.travel(clock.moment_on(MONDAY, 22)):
        assert "Nobody is contacted at this hour." in operator.get(CALLS).content.decode()
        refused = operator.post(f"{CALLS}/{row.id}/record", {"outcome": "reached"})
    assert refused.status_code == 422
    assert "Possible again from 2026-03-03 08:00." in refused.content.decode()
    with tenant_scope(tenant.id):
        assert FollowUpCall.objects.count() == 0


def test_how_many_calls_a_time_holds(
    operator: Client, tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    owner = callers(tenant, other_tenant, at).owner
    owner.cookies["django_language"] = "en"
    call(tenant, at)
    told = {"on": "2026-03-02", "hour": "14", "capacity": "0"}
    assert operator.post(f"{CALLS}/capacity", told).status_code == 403
    refused = owner.post(f"{CALLS}/capacity", told)
    assert refused.status_code == 422
    assert "1 merchants have chosen this time already." in refused.content.decode()
    assert owner.post(f"{CALLS}/capacity", told | {"capacity": "2"}).status_code == 302
    assert only(tenant, FollowUpSlot).capacity == 2


@pytest.mark.parametrize("item_count", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    operator: Client,
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count):
        question(tenant, at, number)
        call(tenant, at, number)
    operator.get(DESK)
    for path, count in ((DESK, 5), (CALLS, 7)):
        with django_assert_num_queries(count):
            operator.get(path)
