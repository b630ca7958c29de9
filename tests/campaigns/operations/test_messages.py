"""The inbox: one row for an event and its merchant, in both languages, with the figures of it."""

from datetime import datetime
from typing import Any

import pytest

from campaigns.errors import MessageNotFound
from campaigns.models import Message
from campaigns.operations.messages import (
    CONSUMER,
    make_message,
    read_all_messages,
    read_message,
)
from campaigns.queries.messages import INBOX, has_unread, inbox, unread_count
from credit.models import CreditLine
from platform_app.kernel import events
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns import desk
from tests.credit import lives

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    return desk.merchant_of(inside, at)


def happened(merchant: Merchant, at: datetime, name: str, **props: Any) -> str:
    return events.record(
        name, subject="drw_1", merchant_id=merchant.id, actor="x", at=at, props=props
    )


@pytest.mark.parametrize(
    ("name", "props", "text", "page"),
    [
        (
            "credit.application.approved", {"limit_minor": 5_000_000},
            "A limit of ¥50,000.00 is ready for you. Look at the offer and decide.", "offer-show",
        ),
        (
            "credit.application.action_required", {"due_on": "2026-03-09"},
            "The reviewer needs something more from you by 2026-03-09 Mon.", "application-asks",
        ),
        (
            "credit.installment.reminder",
            {"kind": "due_today", "unpaid_minor": 980, "order_no": "S1", "due_on": "2026-03-02"},
            "¥9.80 for order S1 is due on 2026-03-02 Mon, until 24:00.", "bill-show",
        ),
        (
            "campaigns.follow_up.booked", {"on": "2026-03-02", "hour": 14},
            "We call you on 2026-03-02 Mon, 14:00–16:00. You can change the time until then.",
            "follow_up-book",
        ),
        (
            "campaigns.ticket.promised", {"by_at": "2026-03-02T06:00:00+00:00"},
            "We are sorry. You have our answer by 2026-03-02 14:00.", "ticket-show",
        ),
    ],
)  # fmt: skip
def test_the_figures_of_the_event(
    merchant: Merchant, at: datetime, name: str, props: dict[str, Any], text: str, page: str
) -> None:
    event_id = happened(merchant, at, name, **props)
    for _ in range(2):
        make_message(event_id)
    row = Message.objects.get()
    assert (row.text_en, row.page, row.at, row.kind) == (text, page, at, name)
    assert "{" not in row.text_zh + row.title_zh


def test_a_refusal_is_told_without_its_reason(merchant: Merchant, at: datetime) -> None:
    make_message(happened(merchant, at, "credit.application.declined", limit_minor=0))
    row = Message.objects.get()
    assert row.text_en == (
        "This does not affect your purchases. The page says what you can do next."
    )


def test_what_concerns_nobody_is_left_alone(merchant: Merchant, at: datetime) -> None:
    make_message(happened(merchant, at, "credit.drawdown.captured"))
    make_message(happened(merchant, at, "credit.installment.reminder", kind="unheard_of"))
    make_message(events.record("credit.line.changed", subject="lin", actor="x", at=at))
    assert Message.objects.count() == 0
    assert not CONSUMER.wants("credit.drawdown.captured")


def test_reading(merchant: Merchant, inside: Tenant, at: datetime) -> None:
    for name in ("credit.line.suspended", "credit.line.resumed"):
        make_message(happened(merchant, at, name))
    assert unread_count(merchant.id, role="owner") == 2
    first = inbox(merchant.id, role="owner")[0]
    stranger = desk.merchant_of(inside, at, "M-2")
    for message_id, reader in ((first.id, stranger), ("msg_x", merchant)):
        with pytest.raises(MessageNotFound):
            read_message(message_id=message_id, merchant_id=reader.id, role="owner", at=at)
    assert unread_count(merchant.id, role="owner") == 2
    read_message(message_id=first.id, merchant_id=merchant.id, role="owner", at=at)
    assert [one.is_read for one in inbox(merchant.id, role="owner")] == [True, False]
    assert read_all_messages(merchant_id=stranger.id, role="owner", at=at) == 0
    assert [read_all_messages(merchant_id=merchant.id, role="owner", at=at) for _ in range(2)] == [
        1,
        0,
    ]


def test_another_tenant_reads_nothing(
    merchant: Merchant, other_tenant: Tenant, at: datetime
) -> None:
    make_message(happened(merchant, at, "credit.line.resumed"))
    row = Message.objects.get()
    with tenant_scope(other_tenant.id):
        assert (inbox(merchant.id, role="owner"), unread_count(merchant.id, role="owner")) == (
            [],
            0,
        )
        with pytest.raises(MessageNotFound):
            read_message(message_id=row.id, merchant_id=merchant.id, role="owner", at=at)


def test_without_a_scope_nothing_is_done(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        read_all_messages(merchant_id="mch_1", role="owner", at=at)


def test_a_credit_life_fills_the_inbox(inside: Tenant, at: datetime) -> None:
    """Approved, signed, repaid: by the outbox, as in the real thing."""
    line: CreditLine = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    paid = lives.repaid(drawdown, 100_000, "PAY-1", at)
    waiting = Dispatch.objects.filter(consumer=CONSUMER.name)
    names = Event.objects.filter(pk__in=waiting.values("event_id")).values_list("name", flat=True)
    assert sorted(names) == [
        "credit.application.approved", "credit.line.activated", "credit.repayment.succeeded",
    ]  # fmt: skip
    for row in waiting:
        make_message(row.event_id)
    kept = {row.kind: row for row in Message.objects.all()}
    assert kept["credit.repayment.succeeded"].text_en == "¥1,000.00 was booked. Thank you."
    assert kept["credit.repayment.succeeded"].page_of == paid.id


def test_a_role_reads_what_concerns_it(merchant: Merchant, at: datetime) -> None:
    for name, props in (
        ("credit.application.declined", {}),
        ("credit.repayment.succeeded", {"amount_minor": 100}),
        ("credit.line.resumed", {}),
    ):
        make_message(happened(merchant, at, name, **props))
    seen = {
        role: sorted(one.page for one in inbox(merchant.id, role=role))
        for role in ("owner", "finance", "buyer", "viewer")
    }
    assert seen == {
        "owner": ["application-progress", "line-show", "repayment-show"],
        "finance": ["line-show", "repayment-show"],
        "buyer": ["line-show"],
        "viewer": ["line-show"],
    }
    kept = Message.objects.get(page="repayment-show")
    with pytest.raises(MessageNotFound):
        read_message(message_id=kept.id, merchant_id=merchant.id, role="buyer", at=at)
    assert read_all_messages(merchant_id=merchant.id, role="buyer", at=at) == 1
    assert [unread_count(merchant.id, role=role) for role in ("owner", "buyer")] == [2, 0]


def test_what_is_unread_behind_the_newest_can_be_marked(merchant: Merchant, at: datetime) -> None:
    for _ in range(INBOX + 1):
        make_message(happened(merchant, at, "credit.line.resumed"))
    newest = [one.id for one in inbox(merchant.id, role="owner")]
    Message.objects.filter(pk__in=newest).update(read_at=at)
    letters = inbox(merchant.id, role="owner")
    assert [one for one in letters if not one.is_read] == []
    assert has_unread(letters, merchant.id, role="owner")
    assert read_all_messages(merchant_id=merchant.id, role="owner", at=at) == 1
    assert not has_unread(letters, merchant.id, role="owner")
