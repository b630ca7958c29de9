"""帮助 and 消息 on a phone: answers, questions, a time to be called, an inbox."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from campaigns.models import FollowUp, Message, Ticket, TicketMessage
from campaigns.operations.messages import make_message
from campaigns.operations.ticket_answers import answer_ticket
from platform_app.kernel import clock, events
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ConsentCode
from tenants.models import Merchant, MerchantUser, Tenant
from tenants.operations.consents import give_consents
from tests.campaigns import desk
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

pytestmark = pytest.mark.django_db
PAGES = ("/m/help/", "/m/help/ask/", "/m/help/call/", "/m/messages/", "/m/messages/unread/")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    return desk.merchant_of(tenant, at)


@pytest.fixture
def visit(merchant: Merchant, at: datetime) -> Visit:
    return visit_of(merchant, at, component="help", locale="en")


def ask(visit: Visit, **changes: Any) -> Any:
    typed = {"kind": "bill", "words": "Why this interest?", "about": "", "key": "k1"}
    return visit.post("/m/help/ask/", typed | changes)


def only(tenant: Tenant, model: Any) -> Any:
    with tenant_scope(tenant.id):
        return model.objects.get()


def test_without_a_token_there_is_no_page() -> None:
    for path in PAGES:
        assert Visit().get(path).status_code == 401


def test_the_component_opens_help(visit: Visit) -> None:
    assert gone_to(visit.get("/m/home/")) == "/m/help/"
    text = words(visit.get("/m/help/"))
    assert "What others ask" in text
    assert "Can I pay small restocking orders with it?" in text  # a pet platform's own article
    assert "Can I have more for the season?" not in text


def test_searching_the_answers(visit: Visit) -> None:
    found = words(visit.post("/m/help/answers/", {"search": "Repay EARLY"}))
    assert found.count("Can I repay early?") == 1
    assert "What does it cost?" not in found
    empty = words(visit.post("/m/help/answers/", {"search": "zzz"}))
    assert empty == "No answer has “zzz” in it. Try another word, or ask us below."


def test_a_question_from_asking_to_one_tap(
    visit: Visit, merchant: Merchant, tenant: Tenant, at: datetime
) -> None:
    form = words(visit.get("/m/help/ask/"))
    assert "A bill or repaying answer by 2026-03-02 14:00" in form
    page = gone_to(ask(visit))
    ticket = only(tenant, Ticket)
    assert page == f"/m/help/tickets/{ticket.id}/"
    assert gone_to(ask(visit)) == page  # sent twice is once
    assert "Our turn: you have an answer by 2026-03-02 14:00" in words(visit.get(page))
    for hours, said in ((3, "bt-warn"), (4, "We are late")):
        late = at + timedelta(hours=hours)
        with clock.travel(late):
            seen = visit_of(merchant, late, locale="en").get(page)
        assert said in seen.content.decode()
    with tenant_scope(tenant.id):
        answer_ticket(
            ticket_id=ticket.id, words="By day.", key="a", actor="u", at=late + timedelta(minutes=1)
        )
    text = words(visit.get(page))
    assert "Your turn: read our answer" in text
    assert "By day. Later than the 2026-03-02 14:00 we had promised. We are sorry." in text
    assert gone_to(visit.post(f"{page}add/", {"words": "Still unclear", "key": "k2"})) == page
    assert gone_to(visit.post(f"{page}close/")) == page
    assert "How was it?" in words(visit.get(page))
    assert gone_to(visit.post(f"{page}score/", {"score": "4"})) == page
    assert "Thank you" in words(visit.get(page))
    assert only(tenant, Ticket).score == 4
    assert visit.post(f"{page}score/", {"score": "six"}).status_code == 422
    assert gone_to(visit.post(f"{page}add/", {"words": "Not settled", "key": "k3"})) == page
    assert only(tenant, Ticket).status == "open"


def test_what_is_wrong_is_said_in_place(visit: Visit, tenant: Tenant) -> None:
    refused = ask(visit, words=" ")
    assert refused.status_code == 422
    assert "Please write between 2 and 2000 characters." in words(refused)
    page = gone_to(ask(visit, words="A <b>bold</b> question"))
    assert "A &lt;b&gt;bold&lt;/b&gt; question" in visit.get(page).content.decode()
    assert visit.post(f"{page}add/", {"words": "", "key": "k"}).status_code == 422
    with tenant_scope(tenant.id):
        assert TicketMessage.objects.count() == 1


def test_a_photo_beside_the_words(
    visit: Visit, merchant: Merchant, tenant: Tenant, at: datetime
) -> None:
    page = gone_to(ask(visit))

    def sent() -> Any:
        file = SimpleUploadedFile("a.png", PNG)
        return visit.post(f"{page}photo/", {"upload_key": "u", "file": file})

    assert visit.post(f"{page}photo/", {"upload_key": "u"}).json()["code"] == "attachment_invalid"
    assert sent().json()["code"] == "sensitive_consent_missing"
    with tenant_scope(tenant.id):
        assert TicketMessage.objects.count() == 1
        give_consents(
            merchant_id=merchant.id, codes=ConsentCode.values, locale="en", evidence={},
            actor="x", at=at,
        )  # fmt: skip
    for _ in range(2):
        assert gone_to(sent()) == page
    assert visit.get(page).content.decode().count("Look at the file") == 1


def test_nobody_elses_question(
    visit: Visit, tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    page = gone_to(ask(visit))
    for platform, no in ((tenant, "M-2"), (other_tenant, "M-1")):
        stranger = visit_of(desk.merchant_of(platform, at, no), at, locale="en")
        assert stranger.get(page).status_code == 404
        for act in ("add/", "close/", "score/"):
            assert (
                stranger.post(page + act, {"words": "hello", "key": "k", "score": "1"}).json()[
                    "code"
                ]
                == "not_found"
            )
        assert "Why this interest?" not in words(stranger.get("/m/help/"))
    assert only(tenant, Ticket).status == "open"


def test_a_time_to_be_called(visit: Visit, tenant: Tenant, at: datetime) -> None:
    page = visit.get("/m/help/call/").content.decode()
    assert page.count('name="slot"') == 14
    chosen = {"slot": "2026-03-03-10", "words": "limit"}
    assert gone_to(visit.post("/m/help/call/", chosen)) == "/m/help/call/"
    assert "We call you on 2026-03-03 Tue, 10:00–12:00" in words(visit.get("/m/help/call/"))
    for path in ("/m/help/", "/m/help/call/slip/"):
        assert "We call you 2026-03-03 Tue · 10:00–12:00" in words(visit.get(path))
    visit.post("/m/help/call/", {"slot": "2026-03-04-16"})
    row = only(tenant, FollowUp)
    assert (row.on, row.hour) == (date(2026, 3, 4), 16)
    for wrong in ("", "x", "2026-03-07-10", "2026-03-04-99", "2026-03-04-11"):
        assert visit.post("/m/help/call/", {"slot": wrong}).status_code == 422
    assert gone_to(visit.post("/m/help/call/cancel/")) == "/m/help/"
    assert only(tenant, FollowUp).status == "canceled"
    assert "Let us call you" in words(visit.get("/m/help/call/slip/"))


def test_the_inbox_and_its_dot(
    visit: Visit, merchant: Merchant, tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    assert words(visit.get("/m/messages/unread/")) == ""
    assert "Nothing has happened yet" in words(visit.get("/m/messages/"))
    stranger = visit_of(desk.merchant_of(other_tenant, at), at, locale="en")
    with tenant_scope(tenant.id):
        make_message(
            events.record(
                "credit.line.suspended", subject="x", merchant_id=merchant.id, actor="x", at=at
            )
        )
    assert words(visit.get("/m/messages/unread/")) == "1 unread message"
    page = f"/m/messages/{only(tenant, Message).id}/"
    assert stranger.get(page).status_code == 404
    assert "Your line is paused" not in words(stranger.get("/m/messages/"))
    opened = visit.get(page)
    assert "Nothing new can be drawn for now." in words(opened)
    assert 'href="/m/line/"' in opened.content.decode()
    assert words(visit.get("/m/messages/unread/")) == ""
    assert gone_to(visit.post("/m/messages/read/")) == "/m/messages/"


@pytest.mark.parametrize("item_count", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    visit: Visit,
    merchant: Merchant,
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(tenant.id):
        for number in range(item_count):
            desk.asked(merchant, at, key=str(number))
            make_message(
                events.record(
                    "credit.line.resumed", subject="x", merchant_id=merchant.id, actor="x", at=at
                )
            )
    visit.get("/m/help/")  # the calendar is read once
    for path, count in (("/m/help/", 4), ("/m/messages/", 3), ("/m/messages/unread/", 2)):
        with django_assert_num_queries(count):
            visit.get(path)


@pytest.mark.parametrize("role", ["buyer", "finance", "viewer"])
def test_every_user_of_the_firm_finds_help(
    merchant: Merchant, tenant: Tenant, at: datetime, role: str
) -> None:
    with tenant_scope(tenant.id):
        user = MerchantUser.objects.create(
            merchant=merchant,
            external_id="U-7",
            role=role,
            status="active",
            invited_at=at,
            joined_at=at,
        )
    his = visit_of(merchant, at, user="U-7", locale="en")
    for path in (*PAGES, "/m/help/call/slip/"):
        assert his.get(path).status_code == 200, path
    page = gone_to(ask(his))
    assert page.startswith("/m/help/tickets/")
    assert only(tenant, TicketMessage).actor == user.id
    assert his.post(f"{page}close/").status_code == 204
    assert his.post(f"{page}score/", {"score": "9" * 5000}).json()["code"] == "invalid"


def test_a_call_we_did_not_make_is_owned_up_to(
    visit: Visit, merchant: Merchant, at: datetime
) -> None:
    visit.post("/m/help/call/", {"slot": "2026-03-02-14"})
    later = at.replace(hour=16)
    with clock.travel(later):
        visit = visit_of(merchant, later, locale="en")
        for path in ("/m/help/", "/m/help/call/slip/"):
            text = words(visit.get(path))
            assert "We owe you a call" in text
            assert "2026-03-02" not in text.split("We owe you a call")[1]
        assert "We should have called you on 2026-03-02 Mon, 14:00–16:00" in words(
            visit.get("/m/help/call/")
        )
