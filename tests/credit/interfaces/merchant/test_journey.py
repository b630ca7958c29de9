"""The table of stages: what the shell says in every state, in both languages."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from credit.models import Application, CreditLine, Offer
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.queries.journey import STAGES, Journey, journey
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tests.credit import lives

DAY = date(2026, 12, 5)

TABLE = {
    "none": ("onboarding", "可申请", "查看可用额度", "您：约 3 分钟，不收任何费用"),
    "submitted": ("onboarding", "核验中", "查看进度", "系统：通常 1–3 分钟"),
    "in_review": (
        "onboarding", "人工审核", "查看进度", "审核员：预计 2026-12-05 周六 18:00 前回复",
    ),
    "approved": ("offer", "已通过", "查看方案", "您：方案有效至 2026-12-05 周六"),
    "declined": ("onboarding", "暂未通过", "看看怎么办", "2026-12-05 周六 起可再次申请"),
    "active": ("servicing", "使用中", "去采购", "您：下单时选“白条支付”"),
    "suspended": ("servicing", "已暂停", "了解原因", "我们与资金方：支用暂停，还款照常"),
    "in_grace": (
        "servicing", "宽限期", "立即还款", "您：2026-12-05 周六 24:00 前还款，不计逾期",
    ),
    "overdue": (
        "servicing", "已逾期 3 天", "立即还款", "您：还款后额度立即恢复使用；有困难请联系我们",
    ),
    "expired": (
        "onboarding", "方案已过期", "联系客服", "方案已于 2026-12-05 周六 到期，请联系我们重新出具",
    ),
}  # fmt: skip


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_in_chinese(stage: str) -> None:
    where = Journey(stage=stage, until_on=DAY, days=3)
    with translation.override("zh-hans"):
        said = (where.section, where.badge, where.button, where.next_line)
    assert said == TABLE[stage]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_in_english(stage: str) -> None:
    where = Journey(stage=stage, until_on=DAY, days=3)
    with translation.override("en"):
        said = [where.badge, where.button, where.next_line]
    assert all(text and text.isprintable() and "{" not in text for text in said)
    assert not any("\u4e00" <= letter <= "\u9fff" for text in said for letter in text)


def stage_of(merchant: Merchant, at: datetime) -> Journey:
    with tenant_scope(merchant.tenant_id):
        return journey(merchant.id, at=at)


def submitted(merchant: Merchant, at: datetime) -> Application:
    with tenant_scope(merchant.tenant_id):
        return submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="x", at=at
        )


def test_before_anything(merchant: Merchant, at: datetime) -> None:
    assert stage_of(merchant, at).stage == "none"


def test_submitted_then_approved_then_expired(merchant: Merchant, at: datetime) -> None:
    application = submitted(merchant, at)
    assert stage_of(merchant, at).stage == "submitted"
    with tenant_scope(merchant.tenant_id):
        decide_application(application_id=application.id, actor="x", at=at)
        expires_at = Offer.objects.get().expires_at
    where = stage_of(merchant, at)
    assert (where.stage, where.until_on) == ("approved", date(2026, 3, 16))
    assert stage_of(merchant, expires_at - timedelta(seconds=1)).stage == "approved"
    assert stage_of(merchant, expires_at).stage == "expired"


def test_a_review_is_promised_for_the_next_working_day(merchant: Merchant, at: datetime) -> None:
    application = submitted(merchant, at)
    friday = clock.moment_on(date(2026, 3, 6), 16)
    with tenant_scope(merchant.tenant_id):
        Application.objects.filter(pk=application.pk).update(status="in_review", decided_at=friday)
    where = stage_of(merchant, at)
    assert (where.stage, where.until_on) == ("in_review", date(2026, 3, 9))


def test_declined_until_the_day_of_the_next_try(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
        verify_merchant(
            merchant_id=merchant.id, registration_no="91000000MA0000001R", actor="x", at=at
        )
        give_consents(
            merchant_id=merchant.id, codes=list(NEEDED_CONSENTS), locale="en", evidence={},
            actor="x", at=at,
        )  # fmt: skip
    application = submitted(merchant, at)
    with tenant_scope(tenant.id):
        decide_application(application_id=application.id, actor="x", at=at)
    where = stage_of(merchant, at)
    assert (where.stage, where.until_on) == ("declined", date(2026, 5, 31))
    assert stage_of(merchant, clock.moment_on(date(2026, 5, 31))).stage == "none"


@pytest.mark.usefixtures("line", "drawn")
def test_the_line_from_active_to_overdue(merchant: Merchant, at: datetime) -> None:
    assert stage_of(merchant, at).stage == "active"
    due_on = date(2026, 4, 1)
    with tenant_scope(merchant.tenant_id):
        lives.close_until(due_on)
    assert stage_of(merchant, at).stage == "active"
    with tenant_scope(merchant.tenant_id):
        lives.close_until(due_on + timedelta(days=1))
    where = stage_of(merchant, at)
    assert (where.stage, where.until_on) == ("in_grace", date(2026, 4, 4))
    with tenant_scope(merchant.tenant_id):
        lives.close_until(due_on + timedelta(days=4))
    where = stage_of(merchant, at)
    assert (where.stage, where.days) == ("overdue", 4)


def test_a_suspended_line(merchant: Merchant, line: CreditLine, at: datetime) -> None:
    with tenant_scope(merchant.tenant_id):
        CreditLine.objects.filter(pk=line.pk).update(status="suspended")
    assert stage_of(merchant, at).stage == "suspended"


@pytest.mark.usefixtures("line")
def test_a_merchant_of_another_platform_stands_nowhere(
    merchant: Merchant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        assert journey(merchant.id, at=at).stage == "none"
