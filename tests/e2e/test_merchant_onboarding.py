"""The pages a visit to a branch used to take: people, code, account, photo, questions, withdrawal.

On a phone, in Chinese, in a frame; every page on the way is measured as in `test_merchant_pages`.
"""

import os
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from credit.models import Application, ApplicationAsk, Review
from credit.operations.asks import ask_merchant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed
from tenants.models import Attachment, MerchantDraft, MerchantPerson, SettlementAccount, Tenant
from tenants.operations.sandbox import fake_identity_no
from tenants.operations.tenants import set_application_needs
from tests.credit import referrals
from tests.e2e.test_merchant_pages import (
    CODE,
    Phone,
    platform,  # noqa: F401 -- a fixture
    shop_url,  # noqa: F401 -- a fixture
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
IDENTITY = fake_identity_no(1)


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


@pytest.fixture
def phone(browser: Browser, shop_url: str, platform: Tenant) -> Phone:  # noqa: F811
    """At the first page after the firm's, on a platform that asks for everything."""
    with tenant_scope(platform.id):
        set_application_needs(
            needs=list(ApplicationNeed.values), actor="system:test", at=clock.now()
        )
    visitor = Phone(browser, shots="onboarding")
    up_to_the_firm(visitor, shop_url)
    visitor.arrives("法定代表人是谁？")
    return visitor


def up_to_the_firm(phone: Phone, address: str) -> None:
    phone.page.goto(f"{address}visit/line")
    phone.arrives("先采购，后付款")
    phone.presses("查看可用额度")
    phone.presses("去申请")
    phone.arrives("先征得您的同意")
    for switch in phone.frame.get_by_role("switch").all():
        switch.check()
    phone.presses("同意并继续")
    phone.arrives("这是您的企业吗？")
    phone.frame.get_by_label("统一社会信用代码").fill(CODE)
    phone.presses("核对并继续")


def typed(phone: Phone, label: str, text: str) -> None:
    phone.frame.get_by_label(label, exact=True).fill(text)


def person(phone: Phone) -> None:
    typed(phone, "姓名", "张示例")
    typed(phone, "身份证号", IDENTITY[:-1] + ("9" if IDENTITY[-1] != "9" else "8"))
    expect(phone.frame.locator("#identity_no-hint")).to_contain_text("校验码不符")
    phone.frame.get_by_label("手机号", exact=True).focus()
    expect(phone.frame.locator("[data-saved]")).to_have_text("已自动保存")
    phone.frame.evaluate("() => location.reload()")
    phone.arrives("法定代表人是谁？")
    expect(phone.frame.locator("[data-saved]")).to_have_text("已恢复您上次填写的内容。")
    expect(phone.frame.get_by_label("姓名", exact=True)).to_have_value("张示例")
    typed(phone, "手机号", "13800000001")
    phone.presses("核对并继续")
    expect(phone.frame.get_by_label("身份证号", exact=True)).to_be_focused()
    phone.arrives("法定代表人是谁？")
    typed(phone, "身份证号", IDENTITY)
    expect(phone.frame.locator("#identity_no-hint")).to_contain_text("校验通过")
    phone.presses("核对并继续")


def code(phone: Phone) -> None:
    phone.arrives("这是您的手机号吗？")
    phone.presses("发送验证码")
    expect(phone.frame.get_by_label("验证码", exact=True)).to_be_visible()
    phone.arrives("这是您的手机号吗？")
    typed(phone, "验证码", "123456")
    phone.presses("验证手机号")
    expect(phone.frame.locator(".bt-error").first).to_contain_text("还可以试 4 次")
    typed(phone, "验证码", "000000")
    phone.frame.get_by_label("验证码", exact=True).press("Enter")


def account(phone: Phone) -> None:
    phone.arrives("用哪个账户还款？")
    expect(phone.frame.get_by_label("户名", exact=True)).to_have_value("示例宠物用品店")
    typed(phone, "开户银行", "示例银行杭州支行")
    typed(phone, "账号", "11001234567890")
    expect(phone.frame.locator("#number-hint")).to_contain_text("校验通过")
    phone.presses("核对并继续")


def sends(phone: Phone, content: bytes, name: str, media: str) -> None:
    phone.frame.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": media, "buffer": content}
    )


def test_from_the_person_to_the_offer_with_a_reload_on_the_way(
    phone: Phone,
    platform: Tenant,  # noqa: F811
) -> None:
    person(phone)
    code(phone)
    account(phone)
    phone.arrives("每份资料拍一张照片")
    expect(phone.frame.locator(".bt-dock .weui-btn")).to_have_count(0)
    sends(phone, "不是照片".encode(), "a.jpg", "image/jpeg")
    expect(phone.frame.locator("#bt-notice")).to_contain_text("不是 JPEG")
    sends(phone, png(1200, 1000), "license.png", "image/png")
    arrived = phone.frame.locator(".bt-upload .bt-good")
    expect(arrived).to_contain_text("已收到", timeout=30_000)
    phone.arrives("每份资料拍一张照片")
    phone.presses("继续")
    phone.arrives("请核对")
    phone.presses("提交申请")
    phone.arrives("好消息，已经通过")
    with tenant_scope(platform.id):
        sent = Attachment.objects.get()
        assert (sent.content_type, sent.kind) == ("image/jpeg", "business_license")
        assert sent.byte_count <= 2_000_000
        assert MerchantPerson.objects.get().identity_masked == "*" * 14 + IDENTITY[-4:]
        assert SettlementAccount.objects.get().number_masked == "**** 7890"
        assert MerchantDraft.objects.count() == 0
    assert [one for one in phone.complaints if "413" not in one] == []


def test_whoever_is_authorized_is_asked_for_a_letter(phone: Phone) -> None:
    typed(phone, "姓名", "张示例")
    typed(phone, "身份证号", IDENTITY)
    typed(phone, "手机号", "13800000001")
    phone.frame.get_by_label("不是，我是企业授权的经办人").check()
    phone.presses("核对并继续")
    phone.arrives("您是哪一位？")
    typed(phone, "姓名", "李示例")
    typed(phone, "身份证号", fake_identity_no(2))
    typed(phone, "手机号", "13800000002")
    phone.presses("核对并继续")
    code(phone)
    account(phone)
    phone.arrives("每份资料拍一张照片")
    expect(phone.frame.locator(".bt-upload")).to_have_count(2)
    expect(phone.frame.locator(".bt-upload").last).to_contain_text("授权委托书")


def test_a_reviewer_asks_the_merchant_answers_and_withdraws(
    browser: Browser,
    shop_url: str,  # noqa: F811
    platform: Tenant,  # noqa: F811
) -> None:
    with tenant_scope(platform.id):
        referrals.refer_everybody()
    phone = Phone(browser, shots="asked")
    up_to_the_firm(phone, shop_url)
    phone.presses("提交申请")
    phone.arrives("审核员正在处理")
    words: dict[str, Any] = {
        "due_on": clock.today() + timedelta(days=7), "actor": "usr", "at": clock.now(),
    }  # fmt: skip
    with tenant_scope(platform.id):
        number = Application.objects.get().id
        ask_merchant(
            application_id=number, kind="document", document_kind="lease_contract",
            message="请上传两家门店的租赁合同", **words,
        )  # fmt: skip
        ask_merchant(
            application_id=number, kind="answer", document_kind="",
            message="去年十月订单减少的原因是什么？", **words,
        )  # fmt: skip
    phone.page.goto(f"{shop_url}visit/line")
    phone.arrives("审核员需要您补充一点内容")
    phone.frame.get_by_label("您的说明").fill("门店装修，停业三周。")
    sends(phone, b"%PDF-1.7 sample", "lease.pdf", "application/pdf")
    expect(phone.frame.locator(".bt-upload .bt-good")).to_contain_text("已收到")
    expect(phone.frame.get_by_label("您的说明")).to_have_value("门店装修，停业三周。")
    phone.arrives("审核员需要您补充一点内容")
    phone.presses("提交补充内容")
    phone.arrives("审核员正在处理")
    with tenant_scope(platform.id):
        assert set(ApplicationAsk.objects.values_list("status", flat=True)) == {"answered"}
    phone.presses("撤回申请")
    phone.arrives("要撤回申请吗？")
    phone.presses("确认撤回")
    phone.arrives("您已撤回申请")
    with tenant_scope(platform.id):
        assert (Application.objects.get().status, Review.objects.get().status) == (
            "withdrawn",
            "dropped",
        )
    phone.presses("重新申请")
    phone.arrives("先采购，后付款")
    assert phone.complaints == []
