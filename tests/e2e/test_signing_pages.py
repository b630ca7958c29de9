"""From the tile in the shop to the signed agreement, with a code, on a phone and at a desk."""

import os
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from credit.models import CreditLine
from credit.operations.applications import (
    NEEDED_CONSENTS,
    decide_application,
    submit_application,
)
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import verify_merchant
from tenants.operations.people import set_person
from tests.callers import browser as console_of
from tests.callers import member
from tests.e2e.test_merchant_pages import ACTOR, AXE, CODE, WIDE, Phone, platform, shop_url

__all__ = ["platform", "shop_url"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("E2E_SHOTS")
SERIOUS = """async () => (await axe.run('main', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')}`)"""


def approved(tenant: Tenant) -> Merchant:
    """The shop's buyer with a phone and an open offer."""
    now = clock.now()
    with tenant_scope(tenant.id):
        merchant = Merchant.objects.get()
        verify_merchant(merchant_id=merchant.id, registration_no=CODE, actor=ACTOR, at=now)
        give_consents(
            merchant_id=merchant.id, codes=list(NEEDED_CONSENTS), locale="zh-hans", evidence={},
            actor=ACTOR, at=now,
        )  # fmt: skip
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例",
            phone="13800000000", actor=ACTOR, at=now,
        )  # fmt: skip
        application = submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=ACTOR,
            at=now,
        )  # fmt: skip
        decided = decide_application(
            application_id=application.id, actor=ACTOR, at=now + timedelta(milliseconds=1)
        )
        assert decided.status == "approved"
        return merchant


def test_from_the_tile_to_the_signed_agreement(
    browser: Browser, live_server: LiveServer, platform: Tenant, shop_url: str
) -> None:
    merchant = approved(platform)
    phone = Phone(browser, shots="sign")
    opens_the_tile(phone, shop_url)
    phone.arrives(re.compile("¥"))
    phone.presses("阅读费用明示表")
    phone.arrives("综合融资成本明示表")
    phone.frame.locator("input[name=agreed]").check()
    phone.frame.locator("[data-end]").scroll_into_view_if_needed()
    phone.frame.locator("button[data-read]:not([disabled])").click()
    phone.arrives("签署协议")
    signs_with_a_code(phone)
    phone.arrives(re.compile("¥"))
    phone.presses("下载合同")
    phone.frame.locator(".bt-links a").first.click()
    expect(phone.frame.get_by_text("未改动过一个字节")).to_be_visible()
    phone._measure()
    phone._shoot("contract")
    assert phone.complaints == []
    looks_at_the_desk(browser, live_server, platform, merchant)


def opens_the_tile(phone: Phone, shop_url: str) -> None:
    tile = phone.page.locator("#entry button")
    for _ in range(5):  # a first answer of a cold server may take longer than the tile waits
        phone.page.goto(shop_url)
        phone.page.locator("#entry button, #entry[style*=none]").wait_for(state="attached")
        if tile.count():
            break
    expect(tile).to_contain_text("年化利率（单利）")
    box = tile.bounding_box()
    assert box is not None
    assert box["height"] <= 96
    phone._shoot("tile")
    tile.click()


def signs_with_a_code(phone: Phone) -> None:
    """A wrong code is answered in place, the right one signs."""
    expect(phone.frame.get_by_text("138****0000")).to_be_visible()
    code = phone.frame.locator("[data-test-code]").inner_text()
    phone.frame.locator("#code").fill("000000" if code != "000000" else "000001")
    phone.presses("签署")
    expect(phone.frame.locator("#code-error")).to_contain_text("还可以再试 4 次")
    phone._measure()
    phone._shoot("wrong")
    phone.frame.locator("#code").fill(code)
    phone.presses("签署")
    expect(phone.frame.get_by_text("下载合同")).to_be_visible()


def looks_at_the_desk(
    browser: Browser, live_server: LiveServer, tenant: Tenant, merchant: Merchant
) -> None:
    """The evidence, and why the entry is shown: as wide as the window, nothing serious for axe."""
    with tenant_scope(tenant.id):
        line = CreditLine.objects.get()
    client = console_of(member(tenant, "owner", clock.now()))
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    for name, path in (
        ("evidence", f"/console/lines/{line.id}/agreement"),
        ("why", f"/console/merchants/{merchant.id}/entry"),
    ):
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/sign-{name}.png", full_page=True)
        assert page.evaluate(WIDE) == 0
        page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
        assert page.evaluate(SERIOUS) == []
    context.close()
