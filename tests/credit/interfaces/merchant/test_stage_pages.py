"""What a page says in every stage, word for word, in both languages: badge, who acts, main button.

The words come from `credit/queries/stages.py`; here they are read off the pages, one life walked
through all of them. Where the page itself is what the table's button leads to, there is no button.
"""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from credit.enums import SuspensionReason
from credit.models import Application, CreditLine
from credit.operations.applications import submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.lines import resume_line, suspend_line
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_embed_origins
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import Visit, visit_of

BADGE = re.compile(r'<p class="bt-badge[^"]*">(.*?)</p>', re.DOTALL)
NEXT = re.compile(r'<p class="bt-(?:next|note bt-note_(?:warn|bad))">\s*([^<]*?)\s*(?:<a|</p>)')
BUTTON = re.compile(r'class="weui-btn weui-btn_primary"[^>]*>([^<]*)<')
START, PROGRESS, LINE = "start/", "application/progress/", "line/"
SHOP = "https://shop.example/orders"

ENGLISH = {
    "none": (
        "Open for application", "You: about three minutes, nothing is charged",
        "See what is available",
    ),
    "draft": (
        "Filled in: 66%", "You: 1 to go, about 1 min", "Go on with the application",
    ),
    "submitted": ("Being checked", "The system: usually one to three minutes", None),
    "in_review": (
        "Manual review", "A reviewer: expected to answer by 2026-03-09 Mon 18:00", None,
    ),
    "action_required": (
        "Something is missing",
        "You: please hand in what the reviewer asks for by 2026-03-02 Mon", "Hand it in",
    ),
    "declined": ("Not approved this time", "You can apply again from 2026-05-31 Sun", None),
    "withdrawn": (
        "Withdrawn by you", "You: nothing was refused; you can apply again at any time",
        "Apply again",
    ),
    "expired": (
        "Lapsed", "You: apply again whenever it suits you; what you handed in is kept",
        "Apply again",
    ),
    "approved": ("Approved", "You: the offer is valid until 2026-03-16 Mon", "See the offer"),
    "active": ("In use", "You: choose “pay later” when you place an order", "Pay an order"),
    "suspended": (
        "Suspended",
        "We and the lender: drawing is paused, repaying works as usual Reason: Risk review.",
        "Bills and repaying",
    ),
    "in_grace": (
        "Grace period", "You: repaid by 2026-04-04 Sat 24:00 it does not count as overdue",
        "Repay now",
    ),
    "overdue": (
        "Overdue, day 4", "You: after repaying, the line opens again at once", "Repay now",
    ),
    "closed": ("Line closed", "You: a new application opens a new line", "Apply again"),
}  # fmt: skip
CHINESE = {
    "none": ("可申请", "您：约 3 分钟，不收任何费用", "查看可用额度"),
    "draft": ("已填 66%", "您：还差 1 步，约 1 分钟", "继续申请"),
    "submitted": ("核验中", "系统：通常 1–3 分钟", None),
    "in_review": ("人工审核", "审核员：预计 2026-03-09 周一 18:00 前回复", None),
    "action_required": (
        "待补充", "您：请在 2026-03-02 周一 前补充审核员需要的内容", "提交补充内容",
    ),
    "declined": ("暂未通过", "2026-05-31 周日 起可再次申请", None),
    "withdrawn": ("您已撤回", "您：这不是拒绝，随时可以重新申请", "重新申请"),
    "expired": ("已失效", "您：方便时可重新申请，已提交的资料都保留着", "重新申请"),
    "approved": ("已通过", "您：方案有效至 2026-03-16 周一", "查看方案"),
    "active": ("使用中", "您：下单时选“白条支付”", "去采购"),
    "suspended": ("已暂停", "我们与资金方：支用暂停，还款照常 原因：风险复核。", "账单与还款"),
    "in_grace": ("宽限期", "您：2026-04-04 周六 24:00 前还款，不计逾期", "立即还款"),
    "overdue": (
        "已逾期 4 天", "您：还款后额度立即恢复使用；有困难请联系我们", "立即还款",
    ),
    "closed": ("额度已关闭", "您：重新申请即可开通新的额度", "重新申请"),
}  # fmt: skip


def said(page: Any) -> tuple[str, str, str | None]:
    """Badge, next actor, main button of a page."""
    text = page.content.decode()
    found = [one.search(text) for one in (BADGE, NEXT, BUTTON)]
    words = [unescape(" ".join(one[1].split())) if one else None for one in found]
    return str(words[0]), str(words[1]), words[2]


class Walk:
    """One merchant's pages, remembered stage by stage."""

    def __init__(self, merchant: Merchant, locale: str) -> None:
        self.merchant = merchant
        self.locale = locale
        self.seen: dict[str, tuple[str, str, str | None]] = {}

    def visit(self) -> Visit:
        return visit_of(self.merchant, clock.now(), locale=self.locale, return_url=SHOP)

    def sees(self, stage: str, path: str) -> None:
        self.seen[stage] = said(self.visit().get(f"/m/{path}"))

    def stands(self, status: str, **facts: Any) -> None:
        """The application as it would be: how it gets there is tested where it happens."""
        with tenant_scope(self.merchant.tenant_id):
            Application.objects.filter(merchant=self.merchant).update(status=status, **facts)

    def applied(self, at: datetime) -> None:
        self.sees("draft", START)
        with tenant_scope(self.merchant.tenant_id):
            submit_application(
                merchant_id=self.merchant.id, product_code=ORDER_CREDIT, external_id=None,
                actor="x", at=at,
            )  # fmt: skip
        self.sees("submitted", PROGRESS)
        self.stands("in_review", decided_at=clock.moment_on(date(2026, 3, 6), 16))
        self.sees("in_review", PROGRESS)
        self.stands("action_required", created_at=at)
        self.sees("action_required", PROGRESS)
        for status in ("withdrawn", "expired"):
            self.stands(status)
            self.sees(status, PROGRESS)


@pytest.mark.parametrize(("locale", "wanted"), [("en", ENGLISH), ("zh-hans", CHINESE)])
def test_every_stage_says_what_it_is_who_acts_and_what_to_press(
    tenant: Tenant,
    merchant: Merchant,
    at: datetime,
    locale: str,
    wanted: dict[str, tuple[str, str, str | None]],
) -> None:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=["https://shop.example"], actor="x", at=at)
        new, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
    nobody = Walk(new, locale)
    nobody.sees("none", START)
    walk = Walk(merchant, locale)
    walk.seen.update(nobody.seen)
    walk.applied(at)
    with tenant_scope(tenant.id):
        line = lives.line_of(merchant, at)
        lives.drawn(line, 1_280_000, "SO-1", at + timedelta(minutes=1))
    walk.sees("active", LINE)
    told = {"line_id": line.id, "reason": "x", "actor": "x", "at": at}
    with tenant_scope(tenant.id):
        suspend_line(because=SuspensionReason.RISK, **told)
    walk.sees("suspended", LINE)
    with tenant_scope(tenant.id):
        resume_line(**told)
    for stage, day in (("in_grace", date(2026, 4, 2)), ("overdue", date(2026, 4, 5))):
        with tenant_scope(tenant.id):
            later = lives.close_until(day)
        with clock.travel(later):
            walk.sees(stage, LINE)
    with tenant_scope(tenant.id):
        CreditLine.objects.update(status="closed")
    walk.sees("closed", PROGRESS)
    decided = {"approved", "declined"}
    assert walk.seen == {one: words for one, words in wanted.items() if one not in decided}


@pytest.mark.parametrize(("locale", "wanted"), [("en", ENGLISH), ("zh-hans", CHINESE)])
def test_a_decided_application_says_so(
    tenant: Tenant,
    merchant: Merchant,
    visit: Visit,
    at: datetime,
    locale: str,
    wanted: dict[str, tuple[str, str, str | None]],
) -> None:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=["https://shop.example"], actor="x", at=at)
    visit.post("/m/application/")
    walk = Walk(merchant, locale)
    walk.sees("approved", PROGRESS)
    walk.stands("declined", reapply_on=date(2026, 5, 31))
    walk.sees("declined", PROGRESS)
    assert walk.seen == {stage: wanted[stage] for stage in ("approved", "declined")}
