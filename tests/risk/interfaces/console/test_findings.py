"""The queue of linked merchants: our own staff only; masked, with a picture, answered once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from risk.models import FraudFinding, WatchEntry
from risk.operations.findings import find_fraud
from tenants.models import Tenant
from tenants.operations.people import set_person
from tests.callers import browser, callers
from tests.risk.interfaces.console.test_policies import person
from tests.risk.links import ring

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/linked"
PHONE = "13800001234"


def staff(tenant: Tenant, at: datetime) -> Client:
    return browser(person(at, 0), tenant=tenant)


def linked(tenant: Tenant, at: datetime, count: int = 1) -> list[FraudFinding]:
    """So many rings of five, each around an account of its own."""
    with tenant_scope(tenant.id):
        for number in range(count):
            ring(5, at, f"62220200000012345{number:02d}")
        find_fraud(actor="system:fraud", at=at)
        return list(FraudFinding.objects.order_by("id"))


def answer(**changes: Any) -> dict[str, Any]:
    until = clock.today() + timedelta(days=30)
    return {"watch": "block", "expires_on": until.isoformat(), "reason": "同一账户"} | changes


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    [row] = linked(tenant, at)
    who = callers(tenant, other_tenant, at)
    for page in (PAGE, f"{PAGE}/{row.id}"):
        assert who.statuses(page) == (302, 403, 403)
    assert who.owner.post(f"{PAGE}/{row.id}/confirm", answer()).status_code == 403
    elsewhere = staff(other_tenant, at)
    assert elsewhere.get(PAGE).context["rows"] == []
    for key in (row.id, "nonsense"):
        assert elsewhere.get(f"{PAGE}/{key}").status_code == 404
        assert elsewhere.post(f"{PAGE}/{key}/confirm", answer()).status_code == 404
        assert elsewhere.post(f"{PAGE}/{key}/dismiss", {"reason": "x"}).status_code == 404
    with tenant_scope(tenant.id):
        assert FraudFinding.objects.get().status == "open"
        assert WatchEntry.objects.count() == 0


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_queue_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    linked(tenant, at, item_count)
    client = staff(tenant, at)
    with django_assert_num_queries(5):
        page = client.get(PAGE)
    assert [late for _row, _words, late in page.context["rows"]] == [False] * item_count
    with clock.travel(at + timedelta(days=2)):
        later = client.get(PAGE).context["rows"]
    assert [late for _row, _words, late in later] == [True] * item_count
    assert client.get(PAGE, {"kind": "self_trade"}).context["rows"] == []
    assert client.get(PAGE, {"status": "dismissed"}).context["rows"] == []


def test_one_finding_with_its_picture(
    tenant: Tenant, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    [row] = linked(tenant, at)
    client = staff(tenant, at)
    with django_assert_num_queries(6):
        page = client.get(f"{PAGE}/{row.id}")
    graph = page.context["graph"]
    assert (len(graph.merchants), len(graph.things), len(graph.lines)) == (5, 1, 5)
    assert (graph.merchants[0].x, graph.merchants[0].y) == (450.0, 40.0)
    assert graph.left_out_count == 0
    text = page.content.decode()
    assert "****4500" in text
    assert "6222020000001234500" not in text


def test_a_shared_phone_is_masked_until_a_reason_is_given(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        firms = ring(5, at)
        people = [
            set_person(
                merchant_id=one.id, role="applicant", name="张示例", phone=PHONE, actor="usr",
                at=at,
            )
            for one in firms[:2]
        ]  # fmt: skip
        find_fraud(actor="system:fraud", at=at)
        row = FraudFinding.objects.get()
    client = staff(tenant, at)
    page = client.get(f"{PAGE}/{row.id}").content.decode()
    assert "138****1234" in page
    assert PHONE not in page
    shown = client.post(f"/console/people/{people[0].id}/reveal", {"reason": "核对关联"})
    assert PHONE in shown.content.decode()
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.get(action="tenants.person.reveal").reason == "核对关联"


def test_confirmed_or_dismissed(tenant: Tenant, at: datetime) -> None:
    one, other = linked(tenant, at, 2)
    client = staff(tenant, at)
    for wrong in ({"watch": "grey"}, {"expires_on": "soon"}, {"reason": ""}):
        page = client.post(f"{PAGE}/{one.id}/confirm", answer(**wrong))
        assert (page.status_code, list(page.context["form"].errors)) == (422, list(wrong))
    past = client.post(f"{PAGE}/{one.id}/confirm", answer(expires_on="2020-01-01"), follow=True)
    assert past.context["row"].status == "open"
    done = client.post(f"{PAGE}/{one.id}/confirm", answer(), follow=True)
    assert done.context["row"].status == "confirmed"
    gone = client.post(f"{PAGE}/{other.id}/dismiss", {"reason": "代账"}, follow=True)
    assert (gone.context["row"].status, gone.context["row"].reason) == ("dismissed", "代账")
    assert client.post(f"{PAGE}/{one.id}/burn").status_code == 404
    assert client.get(PAGE).context["rows"] == []
    with tenant_scope(tenant.id):
        assert WatchEntry.objects.count() == 5
