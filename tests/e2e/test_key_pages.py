"""A developer's first key, its secret copied, its successor and its end, in a browser.

Every page is measured at 1280 × 800 and 390 wide: no horizontal scroll, nothing serious for axe.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from tenants.access.console import TOTP_OK
from tenants.models import Credential, Tenant
from tenants.operations.members import create_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "platform_app" / "static" / "vendor" / "axe.min.js"
SHOTS = os.environ.get("E2E_SHOTS")
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SERIOUS = """async () => (await axe.run('main', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')}`)"""


@pytest.fixture
def tenant() -> Tenant:
    return launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True,
        actor="system:test", at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, tenant: Tenant) -> Iterator[Page]:
    """A developer of the platform, both steps of the login passed."""
    who = create_member(
        email="developer@pets.example", name="开发示例", role="developer", tenant_id=tenant.id,
        password="a-long-sample-phrase", actor="system:test", at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(who)
    session = client.session
    session[TOTP_OK] = True
    session.save()
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", base_url=live_server.url,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    context.set_default_timeout(15_000)
    context.add_cookies([
        {"name": name, "value": morsel.value, "url": live_server.url}
        for name, morsel in client.cookies.items()
    ])  # fmt: skip
    yield context.new_page()
    context.close()


def measured(page: Page, name: str) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        assert page.evaluate(WIDE) == 0, (name, width)
    page.evaluate(AXE.read_text())
    assert page.evaluate(SERIOUS) == [], name


def test_a_key_from_its_making_to_its_end(page: Page) -> None:
    page.goto("/console/keys")
    expect(page.locator(".empty")).to_be_visible()
    measured(page, "keys-empty")

    page.locator("[name=label]").fill("订单系统")
    page.locator("[name=scopes][value=draw]").check()
    page.locator("[name=allowed_ips]").fill("203.0.113.0/24")
    page.locator("form.decide button").click()
    secret = page.locator("#key-secret").inner_text()
    page.locator("[data-copy=key-secret]").click()
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    measured(page, "key-secret")

    page.locator("a.btn-primary").click()
    expect(page.locator("[name=allowed_ips]")).to_have_value("203.0.113.0/24")
    measured(page, "key")
    page.locator("form[action$=rotate] button").click()
    expect(page.locator("#key-secret")).not_to_have_text(secret)

    page.goto("/console/keys")
    expect(page.locator("tbody tr")).to_have_count(2)
    measured(page, "keys")
    page.locator("tbody tr").last.locator("a").click()
    page.locator("form[action$=revoke] button").click()
    expect(page.locator("form[action$=revoke] .wrong")).to_be_visible()
    measured(page, "key-unsure")
    page.locator("[name=sure]").check()
    page.locator("form[action$=revoke] button").click()
    expect(page.locator(".empty")).to_be_visible()
    assert Credential.doors.filter(revoked_at=None).count() == 1
