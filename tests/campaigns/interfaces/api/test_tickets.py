"""Questions of merchants over HTTP: whose turn it is, and by when."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.operations.ticket_answers import answer_ticket
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.campaigns import desk
from tests.tenants.interfaces.api.client import Partner

pytestmark = pytest.mark.django_db


def test_a_question_whole(tenant: Tenant, owner: Partner, neighbor: Partner, at: datetime) -> None:
    merchant = desk.merchant_of(tenant, at)
    with tenant_scope(tenant.id):
        ticket = desk.asked(merchant, at)
    (told,) = owner.get("tickets").json()["data"]
    assert told == {
        "id": ticket.id, "object": "ticket", "mode": "live", "external_id": None, "status": "open",
        "version": 1,
        "next_action": {
            "actor": "us", "code": "answer_ticket", "deadline": "2026-03-02T14:00:00+08:00",
            "message": told["next_action"]["message"],
            "message_en": "The service desk answers by the promised moment.",
        },
        "created_at": "2026-03-02T10:00:00+08:00", "merchant": merchant.id, "kind": "bill",
        "subject": "为什么多了利息？", "drawdown": None, "application": None,
        "due_at": "2026-03-02T14:00:00+08:00", "late_answer_count": 0, "closed_at": None,
        "score": None,
    }  # fmt: skip
    with tenant_scope(tenant.id):
        answer_ticket(ticket_id=ticket.id, words="请看账单", key="a", actor="u", at=at)
    assert owner.get("tickets?status=open").json()["data"] == []
    (told,) = owner.get(f"tickets?status=answered&merchant={merchant.id}").json()["data"]
    assert (told["next_action"]["actor"], told["due_at"]) == ("merchant", None)
    assert neighbor.get("tickets").json()["data"] == []
    assert neighbor.get(f"tickets?merchant={merchant.id}").status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_costs_the_same_however_long(
    tenant: Tenant,
    owner: Partner,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    merchant = desk.merchant_of(tenant, at)
    with tenant_scope(tenant.id):
        for number in range(item_count):
            desk.asked(merchant, at, key=str(number))
    owner.get("tickets")
    with django_assert_num_queries(2):
        assert len(owner.get("tickets").json()["data"]) == item_count


def test_numbers_of_people_are_covered(tenant: Tenant, owner: Partner, at: datetime) -> None:
    merchant = desk.merchant_of(tenant, at)
    with tenant_scope(tenant.id):
        desk.asked(merchant, at, words="请打 138-0000 0001，订单 12345，11010119900101123X")
    (told,) = owner.get("tickets").json()["data"]
    assert told["subject"] == f"请打 {'*' * 13}，订单 12345，{'*' * 18}"
