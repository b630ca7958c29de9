"""The table of stages: what the shell says in every state, in both languages."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from credit.enums import ApplicationStatus, LineStatus
from credit.interfaces.merchant.home import FIRST_PAGE
from credit.models import Application, CreditLine, Offer
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.withdrawals import withdraw_application
from credit.queries.journey import Journey, journey
from credit.queries.onboarding import Progress
from credit.queries.stages import STAGES
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tenants.operations.tenants import set_application_needs
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
    "draft": ("onboarding", "已填 66%", "继续申请", "您：还差 1 步，约 1 分钟"),
    "action_required": (
        "onboarding", "待补充", "提交补充内容", "您：请在 2026-12-05 周六 前补充审核员需要的内容",
    ),
    "expired": (
        "onboarding", "已失效", "重新申请", "您：方便时可重新申请，已提交的资料都保留着",
    ),
    "withdrawn": ("onboarding", "您已撤回", "重新申请", "您：这不是拒绝，随时可以重新申请"),
    "closed": ("onboarding", "额度已关闭", "重新申请", "您：重新申请即可开通新的额度"),
}  # fmt: skip


PROGRESS = Progress(steps=("consents", "firm", "submit"), left=("submit",))
# ux.md §1, and the statuses of applications and lines, none missing.
ALL = {
    "none", "draft", "submitted", "in_review", "action_required", "approved", "declined", "active",
    "suspended", "in_grace", "overdue", "expired", "withdrawn", "closed",
}  # fmt: skip


def test_the_table_is_complete() -> None:
    """P35: state and wording come from one table, and every state is in it."""
    assert set(TABLE) == set(STAGES) == ALL
    assert set(ApplicationStatus.values) - {"activated"} | set(LineStatus.values) <= ALL


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_page_and_says_who_acts(stage: str) -> None:
    assert (STAGES[stage].section == "servicing") == (stage not in {*FIRST_PAGE, "draft"})
    assert STAGES[stage].actor in {"merchant", "us"}
    assert STAGES[stage].tone in {"calm", "good", "warn", "bad", "muted"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_in_chinese(stage: str) -> None:
    where = Journey(stage=stage, until_on=DAY, days=3, progress=PROGRESS)
    with translation.override("zh-hans"):
        said = (where.section, where.badge, where.button, where.next_line)
    assert said == TABLE[stage]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_in_english(stage: str) -> None:
    where = Journey(stage=stage, until_on=DAY, days=3, progress=PROGRESS)
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


def test_before_anything(tenant: Tenant, merchant: Merchant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        new, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
    assert stage_of(new, at).stage == "none"
    where = stage_of(merchant, at)
    assert (where.stage, where.progress and where.progress.percent) == ("draft", 66)


def test_how_far_a_draft_is(tenant: Tenant, merchant: Merchant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        set_application_needs(needs=list(ApplicationNeed.values), actor="x", at=at)
    progress = stage_of(merchant, at).progress
    assert progress is not None
    assert (progress.percent, progress.left_count, progress.next_page) == (25, 6, "person-legal")


def test_a_withdrawn_application_and_a_closed_line(
    merchant: Merchant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        CreditLine.objects.filter(pk=line.pk).update(status="closed")
    assert stage_of(merchant, at).stage == "closed"
    again = submitted(merchant, at + timedelta(hours=1))
    with tenant_scope(merchant.tenant_id):
        withdraw_application(application_id=again.id, reason="", actor="x", at=at)
    assert stage_of(merchant, at).stage == "withdrawn"


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
    assert stage_of(merchant, clock.moment_on(date(2026, 5, 31))).stage == "draft"


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
