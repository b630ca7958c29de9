"""Caps and LPR in the back office: proposed on a page, decided by another member of staff."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from credit.models import CapRule, LprRate, ReferenceChange
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import PASSWORD, browser, member

pytestmark = pytest.mark.django_db
LIST = "/admin/credit/referencechange/"
LPR = {
    "term": "1Y", "on": "2026-12-21", "value": "0.029", "source_url": "https://example.com/lpr",
    "reason": "按公告更新",
}  # fmt: skip
RULE = {
    "licence_type": "trust", "from_on": "2026-06-01", "kind": "fixed", "value": "0.2",
    "severity": "block", "basis": "示例", "source": "示例通知", "reason": "新规",
}  # fmt: skip


def staff(name: str, at: datetime) -> Client:
    """A browser of one of several colleagues."""
    who = create_member(
        email=f"{name}@staff.example", name=name, role="staff", tenant_id=None, is_staff=True,
        password=PASSWORD, actor="system:test", at=at,
    )  # fmt: skip
    return browser(who)


def propose(client: Client, kind: str, data: dict[str, str]) -> Any:
    return client.post(f"{LIST}propose/{kind}/", data, follow=True)


def press(client: Client, action: str, change: ReferenceChange, **more: str) -> Any:
    data = {"action": action, "_selected_action": [change.pk], **more}
    return client.post(LIST, data, follow=True)


def test_an_lpr_by_two_colleagues(at: datetime) -> None:
    one, two = staff("one", at), staff("two", at)
    assert one.get(f"{LIST}propose/lpr_rate/").status_code == 200
    assert f"{LIST}propose/lpr_rate/" in one.get(LIST).content.decode()
    said = propose(one, "lpr_rate", LPR)
    change = ReferenceChange.objects.get()
    assert said.redirect_chain == [(LIST, 302)]
    press(one, "approve", change)
    assert LprRate.objects.count() == 1
    press(two, "approve", change)
    newest = LprRate.objects.get(on=date(2026, 12, 21))
    assert (newest.value, newest.change_id) == (Decimal("0.029"), change.id)
    again = press(two, "approve", change)
    assert [str(message)[: len(change.id)] for message in again.context["messages"]] == [change.id]


def test_a_cap_rule_is_rejected_with_a_reason(at: datetime) -> None:
    one, two = staff("one", at), staff("two", at)
    propose(one, "cap_rule", RULE)
    change = ReferenceChange.objects.get()
    asked = press(two, "reject", change)
    assert change.pk in asked.content.decode()
    change.refresh_from_db()
    assert change.status == "proposed"
    press(two, "reject", change, reason="来源不对")
    change.refresh_from_db()
    assert (change.status, change.rejected_reason) == ("rejected", "来源不对")
    assert not CapRule.objects.filter(licence_type="trust").exists()


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("lpr_rate", {**LPR, "value": "3"}, "__all__"),
        ("lpr_rate", {**LPR, "on": "soon"}, "on"),
        ("lpr_rate", {**LPR, "reason": ""}, "reason"),
        ("cap_rule", {**RULE, "value": "24"}, "__all__"),
        ("cap_rule", {**RULE, "id": "cap_nonsense"}, "id"),
    ],
)
def test_what_cannot_stand_is_said_on_the_page(
    at: datetime, kind: str, data: dict[str, str], field: str
) -> None:
    page = propose(staff("one", at), kind, data)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not ReferenceChange.objects.exists()


def test_nobody_else_proposes(tenant: Tenant, at: datetime) -> None:
    assert browser(None).post(f"{LIST}propose/lpr_rate/", LPR).status_code == 302
    owner = browser(member(tenant, "owner", at))
    assert owner.post(f"{LIST}propose/lpr_rate/", LPR, follow=True).status_code == 403
    assert not ReferenceChange.objects.exists()
    assert staff("one", at).get(f"{LIST}propose/calendar/").status_code == 404
