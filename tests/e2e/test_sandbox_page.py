"""The sandbox's page in a browser: opened, its clock given and sent on, a merchant moved."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from credit.operations.launch import launch_tenant
from platform_app.celery import app
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.access.console import TOTP_OK
from tenants.models import Tenant, TestClock
from tenants.operations.members import create_member
from tenants.operations.merchants import upsert_merchant
from tenants.queries.sandboxes import sandbox_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "platform_app" / "static" / "vendor" / "axe.min.js"
SHOTS = os.environ.get("E2E_SHOTS")
ACTOR = "system:test"
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SERIOUS = """async () => (await axe.run('main', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')}`)"""


@pytest.fixture
def platform() -> Tenant:
    now = clock.now()
    return launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True, actor=ACTOR, at=now,
    )  # fmt: skip


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, platform: Tenant) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        locale="zh-CN", viewport={"width": 1280, "height": 800}
    )
    who = create_member(
        email="dev@pets.example", name="李示例", role="developer", tenant_id=platform.id,
        password="correct horse battery staple", actor=ACTOR, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(who)
    session = client.session
    session[TOTP_OK] = True
    session.save()
    context.add_cookies(
        [{"name": "sessionid", "value": str(session.session_key), "url": live_server.url},
         {"name": "django_language", "value": "zh-hans", "url": live_server.url}]
    )  # fmt: skip
    yield context.new_page()
    context.close()


def measured(page: Page, name: str) -> None:
    """No horizontal scroll, nothing serious for axe."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    assert page.evaluate(WIDE) == 0
    page.evaluate(AXE.read_text())
    assert page.evaluate(SERIOUS) == []


def test_a_developer_opens_the_sandbox_and_moves_its_day(
    page: Page, live_server: LiveServer, platform: Tenant
) -> None:
    page.goto(f"{live_server.url}/console/sandbox/")
    measured(page, "sandbox-live")
    page.locator("form[action$='sandbox/enter'] button").click()
    expect(page.locator(".test-banner")).to_be_visible()
    sandbox = sandbox_of(platform.id)
    assert sandbox is not None
    with tenant_scope(sandbox.id):
        upsert_merchant(external_id="M-1", name="示例宠物店#APPROVE", actor=ACTOR, at=clock.now())
    page.locator("form[action$='sandbox/key'] button").click()
    expect(page.get_by_text("sk_")).to_be_visible()
    page.locator("#id_name").fill("演练")
    page.locator("form[action$='sandbox/clock'] button").click()
    measured(page, "sandbox-clock")
    before = page.locator("#sandbox-clock strong").inner_text()
    page.locator("button[name=days][value='1']").click()
    expect(page.locator("#sandbox-clock .state.good")).to_be_visible(timeout=60_000)
    assert page.locator("#sandbox-clock strong").inner_text() > before
    measured(page, "sandbox-advanced")
    page.set_viewport_size({"width": 390, "height": 844})
    measured(page, "sandbox-phone")
    with tenant_scope(sandbox.id):
        assert TestClock.objects.get().status == "ready"
    assert app.conf.task_always_eager
