"""Steps of the service desk, for tests: each goes through the public operations."""

from datetime import datetime
from typing import Any

from campaigns.domain.slots import Slot
from campaigns.models import Ticket
from campaigns.operations.follow_ups import book_call_back, record_call
from campaigns.operations.messages import make_message
from campaigns.operations.ticket_answers import answer_ticket
from campaigns.operations.tickets import open_ticket
from platform_app.kernel import clock, events
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant


def merchant_of(tenant: Tenant, at: datetime, external_id: str = "M-1") -> Merchant:
    with tenant_scope(tenant.id):
        return upsert_merchant(
            external_id=external_id, name=f"示例店{external_id}", actor="x", at=at
        )[0]


def asked(merchant: Merchant, at: datetime, **changes: Any) -> Ticket:
    """A question about a bill, unless told otherwise. The scope is open."""
    told: dict[str, Any] = {
        "merchant_id": merchant.id, "kind": "bill", "words": "为什么多了利息？", "about": "",
        "key": "form-1", "actor": f"merchant:{merchant.id}", "at": at,
    }  # fmt: skip
    return open_ticket(**told | changes)


def leave_one_of_everything(merchant: Merchant, at: datetime) -> None:
    """A ticket with its conversation, a call that was made, a message."""
    ticket = asked(merchant, at)
    answer_ticket(ticket_id=ticket.id, words="请看账单", key="a", actor="usr", at=at)
    slot = Slot(clock.day_of(at), 16)
    booked = book_call_back(merchant_id=merchant.id, slot=slot, words="", actor="usr", at=at)
    record_call(
        follow_up_id=booked.id, outcome="reached", note="", next_slot=None, actor="usr", at=at
    )
    make_message(
        events.record(
            "credit.line.resumed", subject="lin", merchant_id=merchant.id, actor="usr", at=at
        )
    )
