"""A risk officer's sentence, in a browser, in Chinese, from a changed policy and back.

Changed, its gap found, back-tested, in shadow beside live decisions, agreed to by two others, live,
and taken back with one act.

Every page on the way is measured at 1280 × 800: no horizontal scroll, nothing serious for axe, no
word left in English. The edit itself is made with the keyboard alone.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import Purpose
from risk.models import Policy, ShadowDecision
from risk.operations.decisions import decide_many
from risk.queries import champions
from tenants.access.console import STAFF_TENANT, TOTP_OK
from tenants.models import Merchant, Tenant
from tenants.operations.members import create_member
from tenants.operations.merchants import upsert_merchant
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "platform_app" / "static" / "vendor" / "axe.min.js"
SHOTS = os.environ.get("E2E_SHOTS")
ACTOR = "system:test"
LIST = "/console/risk/policies"
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SERIOUS = """async () => (await axe.run('main', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')}`)"""
# Names of rows, letters of grades and hashes are the same in every language.
LATIN = """() => [...document.querySelectorAll('main *')]
  .filter(e => !e.closest('code, script')).flatMap(e => [...e.childNodes])
  .filter(n => n.nodeType === 3).map(n => n.textContent.trim())
  .filter(t => /[A-Za-z]{4,}/.test(t))"""


@pytest.fixture
def platform() -> Iterator[Tenant]:
    """A platform whose six merchants have bought for one to six quarters, and were decided."""
    champions.forget_versions()
    now = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True, actor=ACTOR, at=now,
    )  # fmt: skip
    known_at = now - timedelta(days=2)
    with tenant_scope(tenant.id):
        for number in range(1, 7):
            upsert_merchant(
                external_id=f"M-{number}", name=f"示例宠物店{number}", actor=ACTOR, at=known_at,
                joined_on=clock.day_of(known_at) - timedelta(days=600),
            )  # fmt: skip
        import_orders(
            rows=[
                OrderRow(
                    order_no=f"T-{number}-{week}", merchant_no=f"M-{number}",
                    ordered_on=clock.day_of(known_at) - timedelta(days=7 * week + 2), quantity=1,
                    amount_minor=1_000_000 * number,
                )
                for number in range(1, 7)
                for week in range(13 * number)
            ],
            known_at=known_at,
            actor=ACTOR,
        )  # fmt: skip
    decided(tenant)
    yield tenant
    champions.forget_versions()


def decided(tenant: Tenant) -> None:
    """Everybody is decided anew, a moment ago."""
    moment = clock.now() - timedelta(seconds=1)
    with tenant_scope(tenant.id):
        decide_many(
            merchant_ids=list(Merchant.objects.order_by("id").values_list("id", flat=True)),
            purpose=Purpose.PRESCREEN, as_of=moment, decided_at=moment, repayments={}, actor=ACTOR,
        )  # fmt: skip


def officer(browser: Browser, server: LiveServer, tenant: Tenant, number: int) -> BrowserContext:
    """A browser in which one of our risk officers has passed both steps of the login."""
    who = create_member(
        email=f"risk{number}@staff.example", name=f"风控示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor=ACTOR, at=clock.now(),
    )  # fmt: skip
    return signed_in(browser, server, who, {STAFF_TENANT: tenant.id})


def signed_in(
    browser: Browser, server: LiveServer, who: object, extra: dict[str, str]
) -> BrowserContext:
    client = Client()
    client.force_login(who)  # type: ignore[arg-type]
    session = client.session
    for name, value in ({TOTP_OK: True} | extra).items():
        session[name] = value
    session.save()
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="America/Los_Angeles",
    )  # fmt: skip
    context.set_default_timeout(15_000)
    context.add_cookies([
        {"name": name, "value": morsel.value, "url": server.url}
        for name, morsel in client.cookies.items()
    ])  # fmt: skip
    return context


def zh(message: str) -> str:
    with override("zh-hans"):
        return gettext(message)


def measured(page: Page, name: str) -> None:
    """Nothing on the page scrolls sideways, shuts anybody out, or is left in English."""
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert page.evaluate(WIDE) == 0, name
    page.evaluate(AXE.read_text())
    assert page.evaluate(SERIOUS) == [], name
    if zh("Policies") != "Policies":
        assert page.evaluate(LATIN) == [], name


def press(page: Page, verb: str, comment: str = "") -> None:
    """One act of the panel on the right."""
    form = page.locator(f'form[action$="/{verb}"]')
    if comment:
        form.locator('[name="comment"]').fill(comment)
    with page.expect_navigation():
        form.locator('button[type="submit"]').click()
    assert page.locator("#notices .error").all_inner_texts() == []


def test_a_policy_is_changed_proven_agreed_to_and_taken_back(
    browser: Browser, live_server: LiveServer, platform: Tenant
) -> None:
    one, two, three = (officer(browser, live_server, platform, n).new_page() for n in range(3))
    draft = started(one, live_server)
    edited_by_keyboard(one)
    gap_found_and_closed(one, two, draft)
    proven(two, draft, platform)
    simulated(two, draft)
    seen_by_the_partner(browser, live_server, platform, draft)
    agreed(two, three, draft)
    assert statuses(platform) == ["retired", "champion"]
    floor_proposed(one, two, live_server)
    three.goto(draft)
    press(three, "revert", "业务反馈过严")
    assert three.url.endswith(policy_id(platform, 1))
    measured(three, "11-back")
    assert statuses(platform) == ["champion", "retired"]
    for page in (one, two, three):
        page.context.close()


def started(page: Page, server: LiveServer) -> str:
    """The drafter starts from the policy in force; the address of the draft."""
    page.goto(server.url + LIST)
    measured(page, "1-list")
    page.locator("table a").first.click()
    expect(page.locator("h1")).to_contain_text("1")
    measured(page, "2-version-in-force")
    press(page, "draft")
    return page.url.removesuffix("/edit")


def edited_by_keyboard(page: Page) -> None:
    """No merchant younger than a year, without touching the mouse."""
    page.locator('[name="r3-tenure_days-high"]').focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("365")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator('[name="r3-tenure_days-high"]')).to_have_value("365")
    page.locator('button[value="save"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#notices .success")).to_be_visible()
    measured(page, "3-editor")


def gap_found_and_closed(page: Page, second: Page, draft: str) -> None:
    """Grade C is forgotten; the editor and the second person's gate both say so."""
    page.goto(f"{draft}/edit?stage=outcome")
    page.locator('button[value="remove:4"]').click()
    page.locator('[name="r3-grade-low"]').fill("A, B")
    page.locator('button[value="check"]:visible').last.click()
    gap = page.locator("#findings .wrong")
    expect(gap).to_contain_text("C")
    page.locator('button[value="save"]').click()
    expect(page.locator("#notices .success")).to_be_visible()
    expect(gap).to_contain_text("C")
    measured(page, "4-gap")
    second.goto(draft)
    second.locator('form[action$="/validate"] [name="comment"]').fill("看过")
    second.locator('form[action$="/validate"] button').click()
    expect(second.locator("#notices .error").first).to_be_visible()
    measured(second, "5-refused")
    page.locator('[name="r3-grade-low"]').fill("A, B, C")
    page.locator('button[value="add:4"]').last.click()
    page.locator('[name="r4-id"]').fill("grade-other")
    page.locator('button[value="save"]').click()
    expect(page.locator("#notices .success")).to_be_visible()
    expect(page.locator("#findings .wrong")).to_have_count(0)


def proven(page: Page, draft: str, tenant: Tenant) -> None:
    """Validated, back-tested, and in shadow beside six live decisions."""
    page.goto(draft)
    press(page, "validate", "逐行核对过")
    press(page, "backtest")
    expect(page.locator("#backtest .preview-figures")).to_be_visible()
    expect(page.locator("#moved canvas")).to_be_visible()
    measured(page, "6-back-test")
    press(page, "shadow")
    decided(tenant)
    page.reload()
    expect(page.locator("#shadow table tbody tr").first).to_be_visible()
    measured(page, "7-shadow")
    with tenant_scope(tenant.id):
        assert ShadowDecision.objects.count() == 6


def simulated(page: Page, draft: str) -> None:
    """One merchant's own facts, and the row that turns it away now."""
    page.goto(f"{draft}/simulator")
    page.locator("#merchant").fill("M-2")
    page.locator('button[value="pick"]').click()
    expect(page.locator("#hits")).to_contain_text("tenure-too-short")
    expect(page.locator("#answer .notice")).to_be_visible()
    measured(page, "8-simulator")


def seen_by_the_partner(browser: Browser, server: LiveServer, tenant: Tenant, draft: str) -> None:
    """Version and simulator, and nothing to move."""
    who = create_member(
        email="risk@pets.example", name="合作方示例", role="viewer", tenant_id=tenant.id,
        is_staff=False, password="a-long-sample-phrase", actor=ACTOR, at=clock.now(),
    )  # fmt: skip
    page = signed_in(browser, server, who, {}).new_page()
    page.goto(draft)
    expect(page.locator("#stage-eligibility")).to_be_visible()
    assert page.locator("main form[method=post]").count() == 0
    measured(page, "9-partner")
    page.goto(f"{draft}/simulator")
    measured(page, "9-partner-simulator")
    page.context.close()


def agreed(second: Page, third: Page, draft: str) -> None:
    """Too early without a waiver; with it two people agree, and it decides."""
    second.goto(draft)
    second.locator('form[action$="/approve"] [name="comment"]').fill("影子一致")
    second.locator('form[action$="/approve"] button').click()
    expect(second.locator("#notices .error")).to_contain_text("14")
    press(second, "waive", "变更很小，影响已看清")
    press(second, "approve", "影子与回测一致")
    third.goto(draft)
    press(third, "approve", "同意启用")
    expect(third.locator("#decide form[action$='/revert']")).to_be_visible()
    measured(third, "10-live")


def floor_proposed(page: Page, second: Page, server: LiveServer) -> None:
    """A floor for all platforms: from then on the version in force stands on an older one."""
    page.goto(f"{server.url}/console/risk/floors")
    page.locator("#layer").select_option("platform")
    page.locator("#max_limit").fill("150000")
    page.locator("#fact-1").select_option("return_rate")
    page.locator('[name="low-1"]').fill("30")
    page.locator("#reason").fill("监管要求")
    page.locator("form button.btn-primary").last.click()
    expect(page.locator("#notices .success")).to_be_visible()
    second.goto(f"{server.url}/console/risk/floors")
    second.locator('form[action$="/approve"] button').click()
    expect(second.locator("#notices .success")).to_be_visible()
    measured(second, "10-floors")


def statuses(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        return list(Policy.objects.order_by("version").values_list("status", flat=True))


def policy_id(tenant: Tenant, version: int) -> str:
    with tenant_scope(tenant.id):
        return str(Policy.objects.get(version=version).id)
