"""One merchant's whole life in each language: from the tile to the last fen repaid.

On a phone, in a frame of another site, third-party cookies blocked, the browser's clock in
California. Every page on the way is measured (`phone.py`). In Chinese the legal representative
applies and the page is reloaded on the way; in English somebody the firm has authorized.
"""

import os
import re
import struct
import zlib
from typing import Final

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Locator, expect
from pytest_django.live_server_helper import LiveServer

from credit.models import ContractSignature, Drawdown, PlanRow
from platform_app.kernel import clock
from platform_app.kernel.templatetags.money import day
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import (
    Attachment,
    ConsentRecord,
    MerchantDraft,
    MerchantPerson,
    SettlementAccount,
    Tenant,
)
from tenants.operations.sandbox import fake_identity_no
from tests.e2e.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CODE: Final = "91000000MA0000001R"
IDENTITY: Final = fake_identity_no(1)
YUAN: Final = re.compile(r"¥\s*[\d,]+\.00")
GO_ON: Final = "Check and go on"


def png(width: int, height: int) -> bytes:
    """A picture of noise: larger as a file than we let through."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        raw = kind + body
        return struct.pack(">I", len(body)) + raw + struct.pack(">I", zlib.crc32(raw))

    rows = b"".join(b"\x00" + os.urandom(3 * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize("locale", ["zh-hans", "en"])
def test_from_the_tile_to_the_last_fen(
    browser: Browser, shop_url: str, platform: Tenant, live_server: LiveServer, locale: str
) -> None:
    phone = Phone(browser, locale=locale, shots=f"life-{locale}")
    opens_the_tile(phone, shop_url)
    sees_the_estimate(phone)
    agrees_and_names_the_firm(phone)
    is_alone = locale == "zh-hans"
    says_who(phone, is_alone=is_alone)
    confirms_the_number(phone)
    names_the_account(phone)
    sends_the_photos(phone, count=1 if is_alone else 2)
    submits(phone)
    reads_and_signs(phone)
    looks_around(phone)
    pays_the_order(phone, shop_url)
    with tenant_scope(platform.id), translation.override(locale):
        due_on = day(PlanRow.objects.get().due_on)
    repays_everything(phone, shop_url, due_on)
    kept(platform, is_alone=is_alone)
    assert [one for one in phone.complaints if "413" not in one] == []
    assert phone.context.cookies([live_server.url, shop_url]) == []
    assert all("#s=" not in frame.url for frame in phone.page.frames)
    phone.page.goto(f"{live_server.url}/m/e/")
    expect(phone.page.locator("h1")).to_have_text(
        re.compile("请重新打开本页|Please open this page again")
    )
    phone.context.close()


def shown_tile(phone: Phone, shop_url: str) -> Locator:
    """The tile in the shop; a cold server's first answer may take longer than the tile waits."""
    tile = phone.page.locator("#entry button")
    for _ in range(5):
        phone.page.goto(shop_url)
        phone.page.locator("#entry button, #entry[style*=none]").wait_for(state="attached")
        if tile.count():
            break
    box = tile.bounding_box()
    assert box is not None
    assert box["height"] <= 96
    return tile


def opens_the_tile(phone: Phone, shop_url: str) -> None:
    tile = shown_tile(phone, shop_url)
    expect(tile).to_contain_text(phone.says("See your limit"))
    assert "¥" not in tile.inner_text(), "no price before there is one"
    tile.click()


def sees_the_estimate(phone: Phone) -> None:
    phone.arrives("Buy first, pay later", is_priced=True)
    phone.presses("See what is available")
    phone.arrives_by("Estimated limit, subject to approval", is_priced=True)
    phone.presses("Apply, about three minutes")


def agrees_and_names_the_firm(phone: Phone) -> None:
    """Nothing is ticked beforehand; what is wrong is said beside its field."""
    phone.arrives("First, your consent")
    phone.presses("Agree and go on")
    expect(phone.frame.locator(".bt-error")).to_have_count(4)
    phone.measures()
    for switch in phone.frame.get_by_role("switch").all():
        assert not switch.is_checked()
        switch.check()
    phone.presses("Agree and go on")
    phone.arrives("Is this your firm?")
    code = phone.frame.locator("#registration_no")
    code.fill("91000000MA000000IR")
    expect(phone.frame.locator("#firm-hint")).to_contain_text("17")
    code.fill(CODE)
    expect(phone.frame.locator("#firm-hint .bt-good")).to_have_count(1)
    phone.presses(GO_ON)


def says_who(phone: Phone, *, is_alone: bool) -> None:
    phone.arrives("Who is the legal representative?")
    phone.types("Full name", "张示例")
    phone.types("Identity number", IDENTITY[:-1] + ("9" if IDENTITY[-1] != "9" else "8"))
    if is_alone:
        reloads_and_mistypes(phone)
    phone.types("Mobile number", "13800000001")
    phone.types("Identity number", IDENTITY)
    if not is_alone:
        phone.frame.get_by_label(phone.says("No, the firm has authorized me")).check()
        phone.presses(GO_ON)
        phone.arrives("And who are you?")
        phone.types("Full name", "李示例")
        phone.types("Identity number", fake_identity_no(2))
        phone.types("Mobile number", "13800000002")
    phone.presses(GO_ON)


def reloads_and_mistypes(phone: Phone) -> None:
    """The host is asked for a new visit, the same step comes back, what was typed is there."""
    phone.frame.get_by_label(phone.says("Mobile number"), exact=True).focus()
    expect(phone.frame.locator("[data-saved]")).to_have_text(phone.says("Saved automatically"))
    phone.frame.evaluate("() => location.reload()")
    phone.arrives("Who is the legal representative?")
    name = phone.frame.get_by_label(phone.says("Full name"), exact=True)
    expect(name).to_have_value("张示例")
    phone.types("Mobile number", "13800000001")
    phone.presses(GO_ON)
    expect(phone.frame.get_by_label(phone.says("Identity number"), exact=True)).to_be_focused()
    phone.measures()


def confirms_the_number(phone: Phone) -> None:
    phone.arrives("Is this your number?")
    phone.presses("Send the code")
    code = phone.frame.get_by_label(phone.says("Code from the message"), exact=True)
    code.fill("123456")
    phone.presses("Confirm the number")
    expect(phone.frame.locator(".bt-error").first).to_contain_text("4")
    phone.measures()
    code.fill("000000")
    code.press("Enter")


def names_the_account(phone: Phone) -> None:
    phone.arrives("Which account do you repay from?")
    holder = phone.frame.get_by_label(phone.says("Account holder"), exact=True)
    expect(holder).to_have_value("示例宠物用品店")
    phone.types("Bank of the account", "示例银行杭州支行")
    phone.types("Account number", "11001234567890")
    phone.presses(GO_ON)


def sends_the_photos(phone: Phone, *, count: int) -> None:
    phone.arrives("One photo each")
    expect(phone.frame.locator(".bt-upload")).to_have_count(count)
    expect(phone.frame.locator(".bt-dock .weui-btn")).to_have_count(0)
    if count == 1:
        phone.sends("不是照片".encode(), "a.jpg", "image/jpeg")
        expect(phone.frame.locator("#bt-notice")).to_contain_text("JPEG")
    for number, size in enumerate([(1000, 700)] if count == 1 else [(40, 30), (40, 30)]):
        field = phone.frame.locator("input[type=file]").nth(number)
        field.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": png(*size)})
        arrived = phone.frame.locator(".bt-upload .bt-good")
        expect(arrived).to_have_count(number + 1, timeout=30_000)
    phone.measures()
    phone.presses("Go on")


def submits(phone: Phone) -> None:
    phone.arrives("Everything right?")
    phone.presses("Submit the application")
    phone.arrives("Good news: you are approved")
    phone.presses("See the offer")
    phone.arrives_by("Your approved limit", is_priced=True)
    phone.frame.locator("#amount").fill("2000000")
    expect(phone.frame.locator(".bt-amount")).to_have_text(re.compile(r"¥\s*20,000\.00"))


def reads_and_signs(phone: Phone) -> None:
    """The button opens after the seconds and the end, not before; a wrong code signs nothing."""
    phone.presses("Read the cost sheet")
    button = phone.frame.locator("[data-read]")
    expect(button).to_be_disabled()
    phone.measures(is_priced=True)
    phone.frame.locator("[data-end]").scroll_into_view_if_needed()
    phone.frame.get_by_role("checkbox").check()
    expect(button).to_be_enabled(timeout=8_000)
    button.click()
    phone.arrives("Sign the agreement", is_priced=True)
    code = phone.frame.locator("[data-test-code]").inner_text()
    field = phone.frame.locator("#code")
    field.fill("000000" if code != "000000" else "000001")
    sign = phone.frame.locator(".bt-dock .weui-btn")
    sign.click()
    expect(phone.frame.locator("#code-error")).to_contain_text("4")
    phone.measures(is_priced=True)
    field.fill(code)
    sign.click()


def looks_around(phone: Phone) -> None:
    """The agreement, and that consents are taken back as easily as given."""
    phone.arrives_by("Your line is open, available", is_priced=True)
    phone.frame.locator(".bt-links a").first.click()
    phone.arrives("The agreement")
    phone.frame.locator("#bt-back").click()
    phone.presses("See my line")
    phone.arrives_by("Available", is_priced=True)
    as_of = phone.frame.locator(".bt-links").inner_text()
    assert f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H}" in as_of
    phone.presses("Your consents")
    phone.arrives("What you agreed to")
    phone.presses("Take it back")
    phone.arrives("Take this consent back?")
    phone.presses("Keep it")
    phone.arrives("What you agreed to")


def pays_the_order(phone: Phone, shop_url: str) -> None:
    tile = shown_tile(phone, shop_url)
    expect(tile).to_contain_text("¥")
    expect(tile).to_contain_text("a year (simple)" if phone.locale == "en" else "年化利率（单利）")
    phone.page.get_by_text("全价猫粮").click()
    expect(phone.frame.get_by_role("radio")).to_have_count(3)
    phone.arrives(re.compile(r"¥\s*12,800\.00"), is_priced=True)
    phone.presses("Next: check and confirm")
    confirm = phone.button("Confirm, draw ¥%(amount)s", amount="12,800.00")
    expect(confirm).to_be_visible()
    phone.measures(is_priced=True)
    confirm.click()
    phone.arrives("Reserved for your order")
    expect(phone.page.locator("#state")).to_have_text("已付款")
    phone.page.click("#ship")
    expect(phone.page.locator("#state")).to_have_text("已发货")


def repays_everything(phone: Phone, shop_url: str, due_on: str) -> None:
    phone.page.goto(f"{shop_url}visit/bills")
    phone.arrives_by("To repay by the plans")
    row = phone.frame.locator(".bt-list a").first
    expect(row).to_contain_text(due_on)
    row.click()
    phone.arrives(re.compile(r"¥\s*12,800\.00"))
    phone.presses("Repay")
    phone.arrives("How much would you like to repay?")
    phone.frame.get_by_label(phone.says("Another amount, in yuan")).fill("2,800")
    phone.presses("Repay ¥%(amount)s by bank transfer", amount="2,800.00")
    phone.arrives_by("Received, thank you")
    phone.presses("See my line")
    phone.arrives_by("Available", is_priced=True)
    phone.frame.locator(".bt-due").click()
    phone.arrives(re.compile(r"¥\s*10,000\.00"))
    phone.presses("Repay")
    phone.presses("Repay ¥%(amount)s by bank transfer", amount="10,000.00")
    phone.arrives_by("Paid off. Thank you!")


def kept(platform: Tenant, *, is_alone: bool) -> None:
    """What the life left behind."""
    with tenant_scope(platform.id):
        assert Drawdown.objects.get().status == "paid_off"
        assert ContractSignature.objects.get().status == "signed"
        assert ConsentRecord.objects.count() == 4
        assert MerchantDraft.objects.count() == 0
        people = MerchantPerson.objects.order_by("role")
        assert [one.identity_masked[-4:] for one in people] == (
            [IDENTITY[-4:]] if is_alone else [fake_identity_no(2)[-4:], IDENTITY[-4:]]
        )
        assert SettlementAccount.objects.get().number_masked == "**** 7890"
        sent = list(Attachment.objects.order_by("kind"))
        assert [one.kind for one in sent] == (
            ["business_license"] if is_alone else ["authorization_letter", "business_license"]
        )
        assert {one.content_type for one in sent} == {"image/jpeg"}
        assert max(one.byte_count for one in sent) <= 2_000_000
