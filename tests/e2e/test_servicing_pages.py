"""Pages that a smooth life never meets: declined, asked for more, withdrawn, suspended, overdue.

Without a frame, as after a redirect; in Chinese; measured as every page (`phone.py`). And what our
people see of a signature.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from credit.enums import SuspensionReason
from credit.models import Application, ApplicationAsk, CreditLine, Drawdown, Review
from credit.operations.applications import (
    NEEDED_CONSENTS,
    decide_application,
    submit_application,
)
from credit.operations.asks import ask_merchant
from credit.operations.launch import ORDER_CREDIT, launch_tenant
from credit.operations.lines import suspend_line
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.embed_sessions import open_session
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tenants.operations.sandbox import fake_registration_no
from tests.callers import browser as console_of
from tests.callers import member
from tests.credit import lives, referrals
from tests.e2e.conftest import ACTOR
from tests.e2e.phone import AXE, SHOTS, WIDE, Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Visits = Callable[[Merchant], Phone]
DAYS = 36
CONSOLE_SERIOUS = """async () => (await axe.run('main', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')}`)"""


@pytest.fixture
def tenant() -> Tenant:
    """A platform that opened five weeks ago."""
    then = clock.now() - timedelta(days=DAYS)
    return launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.day_of(then), is_virtual=True, actor=ACTOR,
        at=then,
    )  # fmt: skip


@pytest.fixture
def visits(browser: Browser, live_server: LiveServer, tenant: Tenant) -> Visits:
    """A phone on which a merchant of the platform opens its pages by a link."""
    phone = Phone(browser, shots="servicing", is_framed=False)

    def visit(merchant: Merchant) -> Phone:
        with tenant_scope(tenant.id):
            _, secret = open_session(
                merchant_id=merchant.id, component="line", origin="", return_url="",
                locale="zh-hans", order_no="", amount_minor=0, actor=ACTOR, at=clock.now(),
            )  # fmt: skip
        phone.page.goto("about:blank")
        phone.page.goto(f"{live_server.url}/m/e/?t={tenant.id}&l=zh-hans#s={secret}")
        return phone

    return visit


def newcomer(number: int, at: datetime) -> Merchant:
    """A verified shop that has given its consents and never bought anything."""
    merchant, _ = upsert_merchant(
        external_id=f"N-{number}", name=f"示例新店{number}", actor=ACTOR, at=at
    )
    verify_merchant(
        merchant_id=merchant.id, registration_no=fake_registration_no(number), actor=ACTOR, at=at
    )
    give_consents(
        merchant_id=merchant.id, codes=list(NEEDED_CONSENTS), locale="zh-hans", evidence={},
        actor=ACTOR, at=at,
    )  # fmt: skip
    return merchant


def decided(merchant: Merchant, at: datetime) -> Application:
    submitted = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=ACTOR, at=at
    )
    return decide_application(
        application_id=submitted.id, actor=ACTOR, at=at + timedelta(milliseconds=1)
    )


def test_pages_beside_the_way(
    tenant: Tenant, visits: Visits, browser: Browser, live_server: LiveServer
) -> None:
    then, now = clock.now() - timedelta(days=DAYS), clock.now()
    with tenant_scope(tenant.id):
        late = lives.merchant_with_trade("M-1", then - timedelta(hours=1))
        lives.drawn(lives.line_of(late, then), 1_280_000, "SO-1", then + timedelta(minutes=1))
        lives.close_until(clock.today())
        declined = newcomer(1, now - timedelta(hours=1))
        assert decided(declined, now).status == "declined"
        referrals.refer_everybody()
        asked = lives.merchant_with_trade("M-2", now - timedelta(hours=1))
        decided(asked, now)
        asks_of(asked, now)
    is_late(visits(late))
    is_suspended(visits, late)
    is_declined(visits(declined))
    phone = visits(asked)
    answers_and_withdraws(phone, asked)
    assert phone.complaints == []
    phone.context.close()
    looks_at_the_desk(browser, live_server, tenant, late)


def asks_of(merchant: Merchant, at: datetime) -> None:
    words: dict[str, Any] = {
        "application_id": Application.objects.get(merchant=merchant).id,
        "due_on": clock.today() + timedelta(days=7), "actor": "usr", "at": at,
    }  # fmt: skip
    ask_merchant(
        kind="document", document_kind="lease_contract", message="请上传两家门店的租赁合同", **words
    )
    ask_merchant(kind="answer", document_kind="", message="去年十月订单减少的原因是什么？", **words)


def is_late(phone: Phone) -> None:
    phone.arrives_by("Available", is_priced=True)
    phone.frame.get_by_role(
        "link", name=phone.says("See what is past due, and what you can do")
    ).click()
    expect(phone.button("Repay now")).to_be_visible()
    phone.measures()
    for link, heading in (
        ("Ask for more time", "How much more time do you need?"),
        ("This is not right", "What is not right?"),
    ):
        phone.presses(link)
        phone.arrives(heading)
        phone.frame.locator("#bt-back").click()
    phone.frame.get_by_role(
        "button", name=phone.says("Tell us the day")
    ).scroll_into_view_if_needed()
    phone.presses("Repay now")
    phone.arrives("How much would you like to repay?")


def is_suspended(visits: Visits, merchant: Merchant) -> None:
    with tenant_scope(merchant.tenant_id):
        line = CreditLine.objects.get()
        lives.repaid(Drawdown.objects.get(), 1_400_000, "PAY-1", clock.now())
        suspend_line(
            line_id=line.id, because=SuspensionReason.CONSENT, reason="x", actor=ACTOR,
            at=clock.now(),
        )  # fmt: skip
    phone = visits(merchant)
    phone.arrives_by("Available", is_priced=True)
    expect(phone.frame.locator(".bt-note_warn")).to_contain_text("原因：商户撤回了授权同意")
    phone.presses("Bills and repaying")
    phone.arrives("Bills")
    phone.presses("Statements and documents")
    phone.arrives("Documents")


def is_declined(phone: Phone) -> None:
    phone.arrives("Not this time")
    phone.frame.get_by_role("link", name=phone.says("Ask a person to look at it")).click()
    phone.arrives("Ask a person to look at it")


def answers_and_withdraws(phone: Phone, merchant: Merchant) -> None:
    """What was typed is there after the file has arrived; withdrawing is no refusal."""
    phone.arrives("The reviewer needs something more")
    answer = phone.frame.get_by_label("您的说明")
    answer.fill("门店装修，停业三周。")
    phone.sends(b"%PDF-1.7 sample", "lease.pdf", "application/pdf")
    expect(phone.frame.locator(".bt-upload .bt-good")).to_have_count(1)
    expect(answer).to_have_value("门店装修，停业三周。")
    phone.measures()
    phone.presses("Hand it in")
    phone.arrives("A reviewer is looking at it")
    phone.presses("Withdraw the application")
    phone.arrives("Withdraw the application?")
    phone.frame.locator(".bt-dock .weui-btn").first.click()
    phone.arrives("You took the application back")
    with tenant_scope(merchant.tenant_id):
        assert set(ApplicationAsk.objects.values_list("status", flat=True)) == {"answered"}
        application = Application.objects.get(merchant=merchant)
        assert (application.status, Review.objects.get().status) == ("withdrawn", "dropped")
    phone.presses("Apply again")
    phone.arrives("Buy first, pay later", is_priced=True)


def looks_at_the_desk(
    browser: Browser, server: LiveServer, tenant: Tenant, merchant: Merchant
) -> None:
    """The evidence of a signature, why the entry is shown, a guide: nothing serious for axe."""
    with tenant_scope(tenant.id):
        line = CreditLine.objects.get()
    client = console_of(member(tenant, "owner", clock.now()))
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}]
    )
    page = context.new_page()
    for path in (
        f"lines/{line.id}/agreement", f"merchants/{merchant.id}/entry", "developer/guides/",
        "developer/guides/quick-start",
    ):  # fmt: skip
        page.goto(f"{server.url}/console/{path}")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/desk-{path.replace('/', '-')}.png")
        assert page.evaluate(WIDE) == 0
        page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
        assert page.evaluate(CONSOLE_SERIOUS) == []
    part = page.locator("details[data-fold=books]")
    assert part.get_attribute("open") is not None
    part.locator("summary").focus()
    page.keyboard.press("Enter")
    assert part.get_attribute("open") is None
    page.reload()
    assert part.get_attribute("open") is None
    context.close()
