"""The sandbox's page: the way in and out, its clock, its merchants."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from credit.models import Repayment
from platform_app.celery import app
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Credential, Tenant, TestClock
from tenants.queries.sandboxes import sandbox_of
from tests.analytics import desk
from tests.credit import sandboxes
from tests.credit.test_sandbox_life import line_of, shipped
from tests.tenants.interfaces.api.client import Partner

PAGE = "/console/sandbox/"
POSTS = ("enter", "leave", "reset", "key", "clock", "clock/advance", "merchants/mch_1/simulate")


@pytest.fixture
def developer(tenant: Tenant, at: datetime) -> Client:
    return desk.at_the_desk("developer", tenant, at)


@pytest.fixture
def sandbox(tenant: Tenant, developer: Client) -> Tenant:
    """Opened by the developer, who has stepped into it."""
    assert developer.post(f"{PAGE}enter").status_code == 302
    found = sandbox_of(tenant.id)
    assert found is not None
    return found


def text_of(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", ["operator", "finance", "viewer"])
def test_it_is_for_developers_and_owners(tenant: Tenant, at: datetime, role: str) -> None:
    client = desk.at_the_desk(role, tenant, at)
    assert client.get(PAGE).status_code == 403
    assert {client.post(PAGE + one).status_code for one in POSTS} == {403}
    assert sandbox_of(tenant.id) is None


def test_a_stranger_is_sent_to_log_in(tenant: Tenant) -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/console/login")
    assert sandbox_of(tenant.id) is None


def test_on_the_live_platform_there_is_the_way_in_and_nothing_to_move(
    tenant: Tenant, developer: Client
) -> None:
    text = text_of(developer)
    assert "#FUNDER_TIMEOUT" in text
    assert "test-banner" not in text
    for one in ("leave", "key", "clock", "clock/advance", "merchants/mch_1/simulate"):
        assert developer.post(PAGE + one, {"name": "x", "scenario": "ship"}).status_code == 404
    with tenant_scope(tenant.id):
        assert (Credential.objects.count(), TestClock.objects.count()) == (0, 0)


def test_the_first_step_in_opens_it_and_the_way_back_is_there(
    tenant: Tenant, sandbox: Tenant, developer: Client
) -> None:
    assert "test-banner" in text_of(developer)
    assert developer.get("/console/webhooks").wsgi_request.tenant == sandbox  # type: ignore[attr-defined]
    assert developer.post(f"{PAGE}leave").status_code == 302
    assert "test-banner" not in text_of(developer)
    assert developer.get("/console/webhooks").wsgi_request.tenant == tenant  # type: ignore[attr-defined]


def test_a_member_of_another_platform_comes_into_his_own(
    tenant: Tenant, sandbox: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    neighbor = desk.at_the_desk("developer", other_tenant, at)
    session = neighbor.session
    session["in_sandbox_of"] = tenant.id
    session.save()
    assert neighbor.get(PAGE).wsgi_request.tenant == other_tenant  # type: ignore[attr-defined]


def test_nobody_is_in_the_sandbox_of_a_suspended_platform(
    tenant: Tenant, sandbox: Tenant, developer: Client
) -> None:
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    assert developer.get(PAGE).status_code == 403


def test_our_staff_go_in_and_out(tenant: Tenant, sandbox: Tenant, at: datetime) -> None:
    staff = desk.at_the_desk("staff", None, at, works_for=tenant)
    staff.post(f"{PAGE}enter")
    assert staff.get(PAGE).wsgi_request.tenant == sandbox  # type: ignore[attr-defined]
    staff.post(f"{PAGE}leave")
    assert staff.get(PAGE).wsgi_request.tenant == tenant  # type: ignore[attr-defined]


def test_a_key_is_shown_once_and_works(sandbox: Tenant, developer: Client) -> None:
    answer = developer.post(f"{PAGE}key")
    key, secret = answer.context["key"], answer.context["secret"]
    assert secret in answer.content.decode()
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert secret not in text_of(developer)
    said = Partner(key.id, secret).get("hello").json()
    assert (said["tenant"]["id"], said["tenant"]["mode"]) == (sandbox.id, "test")


def test_a_clock_is_set_advanced_and_watched(
    sandbox: Tenant, developer: Client, at: datetime
) -> None:
    assert developer.post(f"{PAGE}clock", {"name": ""}).status_code == 422
    assert developer.post(f"{PAGE}clock", {"name": "demo"}).status_code == 302
    assert "2026-03-02 10:00" in text_of(developer)
    for wrong in ({}, {"days": "63"}, {"to": "2026-03-01"}, {"to": "nonsense"}):
        assert developer.post(f"{PAGE}clock/advance", wrong).status_code == 422
    with tenant_scope(sandbox.id):
        assert TestClock.objects.get().status == "ready"
    assert developer.post(f"{PAGE}clock/advance", {"days": "1"}).status_code == 302
    moving = developer.get(f"{PAGE}clock/progress")
    assert b'hx-trigger="every 1s"' in moving.content
    assert "HX-Refresh" not in moving.headers
    with tenant_scope(sandbox.id):
        ticking = TestClock.objects.get().id
    work = app.tasks["analytics.advance_test_clock"]
    work.apply_async(kwargs={"tenant_id": sandbox.id, "clock_id": ticking})
    arrived = developer.get(f"{PAGE}clock/progress")
    assert arrived.headers["HX-Refresh"] == "true"
    assert "2026-03-03 10:00" in arrived.content.decode()


def test_buttons_do_what_the_api_does(sandbox: Tenant, developer: Client, at: datetime) -> None:
    partner = sandboxes.partner_in(sandbox, at)
    line = line_of(partner, "示例宠物店#APPROVE", "M-1", at)
    shipped(partner, line, "SO-1", 1_000_000)
    text = text_of(developer)
    assert ('value="repay"' in text, 'value="ship"' in text) == (True, False)
    path = f"{PAGE}merchants/{line['merchant']}/simulate"
    with clock.travel(at + timedelta(minutes=1)):
        assert developer.post(path, {"scenario": "repay"}).status_code == 302
        refused = developer.post(path, {"scenario": "ship"}, follow=True)
    assert "notice error" in refused.content.decode()
    assert developer.post(path, {"scenario": "nonsense"}).status_code == 404
    with tenant_scope(sandbox.id):
        assert Repayment.objects.count() == 1


def test_a_fresh_sandbox_has_to_be_meant(
    tenant: Tenant, sandbox: Tenant, developer: Client
) -> None:
    developer.post(f"{PAGE}leave")
    developer.post(f"{PAGE}reset")
    assert sandbox_of(tenant.id) == sandbox
    developer.post(f"{PAGE}reset", {"sure": "yes"})
    assert sandbox_of(tenant.id) not in {None, sandbox}


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    sandbox: Tenant, developer: Client, at: datetime, item_count: int
) -> None:
    partner = sandboxes.partner_in(sandbox, at)
    for number in range(item_count):
        facts: dict[str, Any] = {"name": f"示例{number}"}
        assert partner.put(f"merchants/ext:M-{number}", facts).status_code == 201
    with CaptureQueriesContext(connection) as counted:
        text = text_of(developer)
    assert text.count("M-") >= item_count
    assert len(counted) == 7, [one["sql"][:90] for one in counted]
