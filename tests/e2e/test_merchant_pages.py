"""From the estimate to the last cent repaid, on a phone, in a frame of another site.

Third-party cookies are blocked, the language is Chinese, and every page on the way is measured: no
horizontal scroll, no word for the console, nothing serious for axe, targets of 44 px.
"""

import os
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from pytest_django.live_server_helper import LiveServer

from credit.models import Drawdown
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import ConsentRecord, Tenant
from tenants.operations.credentials import create_hmac_key
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_embed_origins
from tenants.operations.trade import import_orders
from tenants.values import OrderRow
from tests.e2e.conftest import Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "platform_app" / "static" / "vendor" / "axe.min.js"
SHOTS = os.environ.get("E2E_SHOTS")
MERCHANT_NO = "M-0001"
CODE = "91000000MA0000001R"
ACTOR = "system:test"

SMALL = """() => [...document.querySelectorAll('.bt-dock .weui-btn, .bt-back, summary, .bt-list a,'
  + ' .bt-links a, .bt-switch, .bt-choice, .bt-plan_choice')]
  .map(e => [e.className || e.tagName, e.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && box.height < 43.5)
  .map(([name, box]) => `${name} ${box.height}`)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll('.bt-page *')].filter(e => e.children.length === 0
  && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
  && e.tagName !== 'INPUT' && !e.closest('.bt-hidden'))
  .map(e => `${e.tagName} ${e.textContent.trim()}`)"""


@pytest.fixture
def platform() -> Tenant:
    """A platform with one pooled merchant that has bought every week for a year."""
    now = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True, actor=ACTOR, at=now,
    )  # fmt: skip
    known_at = now - timedelta(hours=1)
    with tenant_scope(tenant.id):
        upsert_merchant(
            external_id=MERCHANT_NO, name="示例宠物用品店", actor=ACTOR, at=known_at,
            joined_on=clock.day_of(known_at) - timedelta(days=400),
        )  # fmt: skip
        import_orders(
            rows=[
                OrderRow(
                    order_no=f"T-{week}", merchant_no=MERCHANT_NO,
                    ordered_on=clock.day_of(known_at) - timedelta(days=7 * week + 2), quantity=1,
                    amount_minor=2_000_000,
                )
                for week in range(56)
            ],
            known_at=known_at,
            actor=ACTOR,
        )  # fmt: skip
    return tenant


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def shop_url(platform: Tenant, live_server: LiveServer, settings: Any, shop: Shop) -> str:
    """The running shop, its origin allowed to frame us."""
    settings.PUBLIC_URL = live_server.url
    settings.COST_SHEET_READ_SECONDS = 2
    port = free_port()
    with tenant_scope(platform.id):
        set_embed_origins(origins=[f"http://localhost:{port}"], actor=ACTOR, at=clock.now())
        key, secret = create_hmac_key(
            label="shop", scopes=["read", "pool", "draw"], actor=ACTOR, at=clock.now()
        )
    return shop.start(
        port=port, api=live_server.url, key_id=key.id, secret=secret, merchant_no=MERCHANT_NO
    )


class Phone:
    """The page in a narrow browser and the frame inside it."""

    def __init__(self, browser: Browser, *, shots: str = "", **options: Any) -> None:
        self.shots = shots
        self.context = browser.new_context(
            **{
                "viewport": {"width": 390, "height": 844},
                "device_scale_factor": 2,
                "has_touch": True,
                "is_mobile": True,
                "locale": "zh-CN",
                "timezone_id": "America/Los_Angeles",
                "reduced_motion": "reduce",
                **options,
            }
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._shots = 0

    def _heard(self, message: Any) -> None:
        """A refused form (422) is noted by the browser itself and is no fault."""
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.complaints.append(message.text)

    @property
    def frame(self) -> Frame:
        """The merchant pages."""
        element = self.page.wait_for_selector("iframe", state="attached")
        found = element.content_frame() if element else None
        assert found is not None
        return found

    def arrives(self, heading: str | re.Pattern[str]) -> None:
        """Wait for a page by its heading, then measure it."""
        expect(self.frame.locator("h1").first).to_have_text(heading)
        expect(self.frame.locator("#bt-main")).not_to_have_attribute("aria-busy", "true")
        self._measure()
        self._shoot(f"{self._shots:02d}")

    def presses(self, name: str | re.Pattern[str]) -> None:
        """Press the button or follow the link with this name."""
        self.frame.locator(".bt-dock .weui-btn, .bt-list a, .bt-links a").filter(
            has_text=name
        ).first.click()

    def _measure(self) -> None:
        assert self.page.evaluate(WIDE) == 0
        assert self.frame.evaluate(WIDE) == 0
        assert self.frame.evaluate(SMALL) == []
        assert self.frame.evaluate(CLIPPED) == []
        assert "资金方：示例小额贷款有限公司" in self.frame.locator(".bt-lender").inner_text()
        self.frame.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
        violations = self.frame.evaluate("() => axe.run().then(found => found.violations)")
        serious = [
            (found["id"], [node["html"] for node in found["nodes"]])
            for found in violations
            if found["impact"] in {"serious", "critical"}
        ]
        assert serious == []

    def _shoot(self, name: str) -> None:
        self._shots += 1
        if SHOTS and self.shots:
            size = self.page.viewport_size or {"width": 390, "height": 844}
            height = int(self.page.evaluate("() => document.documentElement.scrollHeight"))
            self.page.set_viewport_size({"width": size["width"], "height": height})
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=f"{SHOTS}/{self.shots}-{name}.png")
            self.page.set_viewport_size(size)


def test_from_the_estimate_to_repaid(
    browser: Browser, shop_url: str, platform: Tenant, live_server: LiveServer
) -> None:
    phone = Phone(browser, shots="merchant")
    phone.page.goto(shop_url)
    phone.page.get_by_text("全价猫粮").click()
    apply_for_a_line(phone)
    pay_the_order(phone)
    phone.page.click("#ship")
    expect(phone.page.locator("#state")).to_have_text("已发货")
    phone.page.goto(f"{shop_url}visit/bills")
    repay_everything(phone)

    with tenant_scope(platform.id):
        assert Drawdown.objects.get().status == "paid_off"
        assert ConsentRecord.objects.count() == 4
    assert phone.complaints == []
    assert phone.context.cookies([live_server.url, shop_url]) == []
    assert all("#s=" not in frame.url for frame in phone.page.frames)


def apply_for_a_line(phone: Phone) -> None:
    phone.arrives("先采购，后付款")
    phone.presses("查看可用额度")
    phone.arrives(re.compile(r"¥\s*[\d,]+\.00\s*–"))
    expect(phone.frame.locator(".bt-eyebrow")).to_have_text("预计额度，以审批为准")
    phone.presses("去申请")
    phone.arrives("先征得您的同意")
    phone.presses("同意并继续")
    expect(phone.frame.locator(".bt-error")).to_have_count(4)
    for switch in phone.frame.get_by_role("switch").all():
        assert not switch.is_checked()
        switch.check()
    phone.presses("同意并继续")
    phone.arrives("这是您的企业吗？")
    code = phone.frame.get_by_label("统一社会信用代码")
    code.fill("91000000MA000000IR")
    expect(phone.frame.locator("#firm-hint")).to_contain_text("第 17 位“I”")
    code.fill(CODE)
    expect(phone.frame.locator("#firm-hint")).to_contain_text("校验通过")
    phone.presses("核对并继续")
    phone.arrives("请核对")
    phone.presses("提交申请")
    phone.arrives("好消息，已经通过")
    phone.presses("查看方案")
    phone.arrives(re.compile(r"¥\s*[\d,]+\.00"))
    phone.frame.locator("#amount").fill("2000000")
    expect(phone.frame.locator(".bt-amount")).to_have_text(re.compile(r"¥\s*20,000\.00"))
    phone.presses("阅读费用明示表")
    read_and_sign(phone)
    phone.arrives(re.compile(r"¥\s*[\d,]+\.00"))


def read_and_sign(phone: Phone) -> None:
    """The button opens after the seconds and the end, not before."""
    button = phone.frame.locator("[data-read]")
    expect(button).to_be_disabled()
    expect(button).to_have_text(re.compile("请阅读"))
    phone.arrives("综合融资成本明示表")
    phone.frame.locator("[data-end]").scroll_into_view_if_needed()
    phone.frame.get_by_role("checkbox").check()
    expect(button).to_be_enabled(timeout=8000)
    phone.presses("签署协议")
    expect(phone.frame.locator(".bt-eyebrow")).to_have_text("额度已开通，可用")


def pay_the_order(phone: Phone) -> None:
    phone.presses("去支付这笔订单")
    expect(phone.frame.get_by_role("radio")).to_have_count(3)
    phone.arrives(re.compile(r"¥\s*12,800\.00"))
    phone.presses("下一步")
    expect(phone.frame.locator(".bt-eyebrow")).to_contain_text("请再核对一次")
    phone.arrives(re.compile(r"¥\s*12,800\.00"))
    phone.presses("确认支用 ¥12,800.00")
    phone.arrives("已为订单锁定额度")
    expect(phone.page.locator("#state")).to_have_text("已付款")


def repay_everything(phone: Phone) -> None:
    phone.arrives(re.compile(r"¥\s*12,8\d\d\.\d\d"))
    phone.frame.locator(".bt-list a").first.click()
    expect(phone.frame.locator(".bt-eyebrow")).to_contain_text("全部还清需")
    phone.arrives(re.compile(r"¥\s*12,800\.00"))
    phone.presses("还款")
    phone.arrives("这次还多少？")
    phone.frame.get_by_label("其他金额，单位元").fill("2,800")
    phone.presses("转账还款 ¥2,800.00")
    phone.arrives(re.compile(r"¥\s*2,800\.00"))
    phone.presses("查看我的额度")
    expect(phone.frame.locator(".bt-eyebrow")).to_have_text("可用额度")
    phone.arrives(re.compile(r"¥\s*[\d,]+\.00"))
    phone.frame.locator(".bt-due").click()
    phone.arrives(re.compile(r"¥\s*10,000\.00"))
    phone.presses("还款")
    phone.arrives("这次还多少？")
    phone.presses("转账还款 ¥10,000.00")
    expect(phone.frame.locator(".bt-eyebrow")).to_have_text("已结清，谢谢您")
    phone.arrives(re.compile(r"¥\s*10,000\.00"))


def test_a_reload_asks_the_host_and_comes_back_to_the_same_step(
    browser: Browser, shop_url: str
) -> None:
    phone = Phone(browser)
    phone.page.goto(f"{shop_url}visit/line")
    phone.arrives("先采购，后付款")
    phone.presses("查看可用额度")
    phone.presses("去申请")
    phone.arrives("先征得您的同意")
    phone.frame.evaluate("() => location.reload()")
    phone.arrives("先征得您的同意")
    assert phone.complaints == []


def test_large_text_on_a_small_phone_is_not_clipped(browser: Browser, shop_url: str) -> None:
    phone = Phone(browser, shots="merchant-large", viewport={"width": 360, "height": 740})
    phone.page.goto(f"{shop_url}visit/line")
    phone.arrives("先采购，后付款")
    phone.frame.evaluate("() => { document.documentElement.style.fontSize = '130%' }")
    phone.arrives("先采购，后付款")
    phone.presses("查看可用额度")
    phone.arrives(re.compile(r"¥\s*[\d,]+\.00\s*–"))


def test_without_a_host_the_page_says_what_to_do(browser: Browser, live_server: LiveServer) -> None:
    phone = Phone(browser)
    phone.page.goto(f"{live_server.url}/m/e/")
    expect(phone.page.locator("h1")).to_have_text("请重新打开本页")
