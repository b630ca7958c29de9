"""The funding pages: who sees them, what they show, what staff write down."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.errors import NoFundingSource
from credit.gateways.funding import Script
from credit.models import (
    FundingInstruction,
    FundingSource,
    Partnership,
    PartnershipShare,
)
from credit.operations.drawdowns import request_drawdown
from credit.operations.funding import refusals_kept
from credit.operations.funding_sources import set_cap
from credit.operations.quotes import make_quotes
from platform_app.kernel import clock, ids
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.analytics import desk
from tests.callers import browser, callers, member
from tests.credit import lenders, lives

pytestmark = pytest.mark.django_db
PAGES = ("/console/funding", "/console/funding/instructions", "/console/funding/decisions")
COSTS = dict(zip(PAGES, (10, 6, 5), strict=True))


def some_captures(tenant: Tenant, at: datetime, count: int) -> list[FundingInstruction]:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        found = []
        for number in range(count):
            drawdown, _ = lenders.routed(line, 100_000, f"PO-{number}", at)
            found += lenders.captured(drawdown, 100_000, "ship", at)
        return found


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("item_count", [1, 3])
def test_a_page_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, path: str, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    some_captures(tenant, at, item_count)
    with tenant_scope(tenant.id):
        for number in range(1, item_count):
            bank = lenders.source(f"银行{number}", at)
            lenders.partnership(f"方案{number}", {bank.id: "1"}, at)
    client = desk.at_the_desk("finance", tenant, at)
    with django_assert_num_queries(COSTS[path]):
        page = client.get(path)
    assert page.status_code == 200
    rows = page.context["sources"] if path == PAGES[0] else page.context["rows"]
    assert len(rows) == item_count


def test_each_role_opens_what_its_menu_shows(tenant: Tenant, at: datetime) -> None:
    for role in ("owner", "operator", "finance", "developer", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        is_reader = role in {"owner", "finance"}
        menu = client.get("/console/").content.decode()
        assert ('href="/console/funding"' in menu) == is_reader
        for path in PAGES:
            assert client.get(path).status_code == (200 if is_reader else 403)
        for path in ("sources/new", "partnerships/new"):
            assert client.get(f"/console/funding/{path}").status_code == 403


def test_nobody_and_a_neighbor(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    (row,) = some_captures(tenant, at, 1)
    who = callers(tenant, other_tenant, at)
    path = f"/console/funding/instructions/{row.id}"
    assert who.statuses(path) == (302, 404, 200)
    assert who.neighbor.post(f"{path}/ask").status_code == 404
    assert who.neighbor.get(PAGES[1]).context["rows"] == []
    assert who.neighbor.get(PAGES[2]).context["rows"] == []
    assert who.owner.get("/console/funding/instructions/fin_malformed").status_code == 404


def test_an_empty_platform_says_so(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    texts = [client.get(path, headers={"accept-language": "en"}).content.decode()
             for path in PAGES]  # fmt: skip
    assert "there is nothing to watch" in texts[0]
    assert "No payment yet." in texts[1]
    assert "No decision here." in texts[2]


def test_a_payment_is_asked_about_from_the_page(tenant: Tenant, at: datetime) -> None:
    (row,) = some_captures(tenant, at, 1)
    with tenant_scope(tenant.id):
        lenders.look(row, lenders.scripted(Script.PAY_AND_TIME_OUT), at)
    client = desk.at_the_desk("finance", tenant, at)
    path = f"/console/funding/instructions/{row.id}"
    later = at + timedelta(hours=3)
    with clock.travel(later):
        ((_, age, is_open),) = client.get(f"{PAGES[1]}?status=unknown").context["rows"]
        assert (age.split()[0], is_open) == ("3", True)
        assert client.get(f"{PAGES[1]}?status=funded").context["rows"] == []
        page = client.get(path)
        assert [one.outcome for one in page.context["attempts"]] == ["sent", "unknown"]
        answer = client.post(f"{path}/ask")
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    with tenant_scope(tenant.id):
        row.refresh_from_db()
        assert row.next_look_at == later
        acts = AuditRecord.objects.filter(action="fundinginstruction.ask_again")
        assert acts.get().subject == row.id
        lenders.look(row, lenders.scripted(Script.DECLINE), later)


def test_staff_instruct_a_failed_payment_anew(tenant: Tenant, at: datetime) -> None:
    (row,) = some_captures(tenant, at, 1)
    path = f"/console/funding/instructions/{row.id}"
    with tenant_scope(tenant.id):
        lenders.look(row, lenders.scripted(Script.DECLINE), at)
    assert desk.at_the_desk("finance", tenant, at).post(f"{path}/anew").status_code == 403
    staff = browser(member(None, "staff", at), tenant=tenant)
    answer = staff.post(f"{path}/anew")
    with tenant_scope(tenant.id):
        again = FundingInstruction.objects.get(round_no=2)
    assert answer.headers["Location"] == f"/console/funding/instructions/{again.id}"
    refused = staff.post(f"{path}/ask", follow=True)
    tags = [message.level_tag for message in refused.context["messages"]]
    assert tags == ["success", "error"]


def test_decisions_say_why_not_in_words(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        lender = FundingSource.objects.get()
        set_cap(source_id=lender.id, cap_minor=1, per_merchant_cap_minor=None, actor="x", at=at)
        (quote,) = make_quotes(
            line_id=line.id, amount_minor=10_000, order_no="PO-1", option_codes=["bullet_30"],
            at=at,
        )  # fmt: skip
        kept = refusals_kept(line_id=line.id, quote_id=quote.id, actor="x", at=at)
        with pytest.raises(NoFundingSource), kept:
            request_drawdown(
                line_id=line.id, quote_id=quote.id, external_id="PO-1", actor="x", at=at
            )
    client = desk.at_the_desk("owner", tenant, at)
    client.cookies["django_language"] = "en"
    ((_, why),) = client.get(f"{PAGES[2]}?outcome=refused").context["rows"]
    assert why == [(lender.name, [f"{lender.name} has no room left under its cap."])]
    assert client.get(f"{PAGES[2]}?outcome=routed").context["rows"] == []


def test_the_rules_of_joint_lending_are_watched(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        lead, bank = lenders.joint(at, tier_one_minor=1_000_000)
        drawdown, _ = lenders.routed(line, 1_000_000, "PO-1", at)
        lenders.captured(drawdown, 1_000_000, "ship", at)
    page = desk.at_the_desk("owner", tenant, at).get(PAGES[0])
    found = [
        (one.code, one.subject, one.partner, one.value, one.is_met)
        for one in page.context["monitors"]
    ]
    assert found == [
        ("joint_share", lead.name, bank.name, Decimal("0.3"), True),
        ("one_partner", bank.name, lead.name, Decimal("0.3"), False),
        ("all_joint", bank.name, "", Decimal(1), False),
    ]
    (row,) = [row for row, _ in page.context["partnerships"] if row.shares.is_joint]
    assert (row.partnership.name, row.outstanding_minor) == ("联合贷方案", 1_000_000)


@pytest.fixture
def staff(tenant: Tenant, at: datetime) -> Any:
    return browser(member(None, "staff", at), tenant=tenant)


SOURCE = {
    "name": "示例银行", "licence_type": "bank", "licence_no": "B0000", "regulator": "示例局",
    "complaint_phone": "400-000-0000", "role": "co_lender", "cap": "1,000.50",
    "per_merchant_cap": "", "tier_one": "", "product_kinds": ["loan"],
}  # fmt: skip


def test_staff_write_down_a_lender(tenant: Tenant, staff: Any) -> None:
    assert staff.get("/console/funding/sources/new").status_code == 200
    answer = staff.post("/console/funding/sources/new", SOURCE)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/funding")
    with tenant_scope(tenant.id):
        row = FundingSource.objects.get(name="示例银行")
    assert (row.status, row.cap_minor, row.per_merchant_cap_minor, row.product_kinds) == (
        "draft", 100_050, None, ["loan"],
    )  # fmt: skip
    for wrong in ({"licence_no": ""}, {"cap": "1,5"}, {"role": "x"}, {}):
        again = staff.post("/console/funding/sources/new", {**SOURCE, **wrong})
        assert again.status_code == 422
    with tenant_scope(tenant.id):
        assert FundingSource.objects.count() == 2


def test_staff_write_down_a_contract(tenant: Tenant, staff: Any, at: datetime) -> None:
    with tenant_scope(tenant.id):
        lead, bank = FundingSource.objects.get(), lenders.source("乙银行", at)
    said = {
        "name": "联合贷", "lead": lead.id, "co_lender": bank.id, "principal": "30",
        "interest": "25", "penalty": "25", "fee": "0", "least_share": "10",
        "from_on": "2026-03-02", "listing_status": "unlisted", "service_fee": "10",
        "holdback": "5", "first_loss": "2.5", "settlement_days": "1",
    }  # fmt: skip
    assert staff.post("/console/funding/partnerships/new", said).status_code == 302
    with tenant_scope(tenant.id):
        row = Partnership.objects.get(name="联合贷")
        parts = {
            (one.funding_source_id, one.component): one.fraction
            for one in PartnershipShare.objects.filter(partnership=row)
        }
    assert (row.status, row.least_share_minor, row.first_loss_share) == (
        "draft", 1_000, Decimal("0.025"),
    )  # fmt: skip
    assert parts[(bank.id, "principal")] == Decimal("0.3")
    assert parts[(lead.id, "interest")] == Decimal("0.75")
    assert parts[(bank.id, "fee")] == 0
    for wrong in ({"co_lender": lead.id}, {"lead": ids.new_id("fnd")}, {"principal": "101"}, {}):
        again = staff.post("/console/funding/partnerships/new", {**said, **wrong})
        assert again.status_code == 422
    alone = {**said, "name": "独家", "co_lender": ""}
    assert staff.post("/console/funding/partnerships/new", alone).status_code == 302
    with tenant_scope(tenant.id):
        assert Partnership.objects.count() == 3


def test_staff_note_our_listing_at_a_lender(
    tenant: Tenant, other_tenant: Tenant, staff: Any, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        row = Partnership.objects.get()
    path = f"/console/funding/partnerships/{row.id}/listing"
    said = {
        "listing_status": "listed", "listed_on": "2026-02-01", "review_due_on": "2027-02-01",
        "listing_evidence": "总行名单 2026-02 第 3 页",
    }  # fmt: skip
    assert staff.get(path).context["form"].initial["listing_status"] == row.listing_status
    for wrong in ({"listing_evidence": ""}, {"listed_on": ""}, {"listing_status": "x"}):
        assert staff.post(path, {**said, **wrong}).status_code == 422
    three = callers(tenant, other_tenant, at)
    assert three.statuses(path) == (302, 403, 403)
    assert three.owner.post(path, said).status_code == 403
    with tenant_scope(tenant.id):
        assert Partnership.objects.values().get() == vars_of(row)
    assert staff.post(path, said).status_code == 302
    with tenant_scope(tenant.id):
        noted = Partnership.objects.get()
        trail = AuditRecord.objects.get(action="partnership.listing")
    assert (noted.listing_status, str(noted.review_due_on), noted.listing_evidence) == (
        "listed", "2027-02-01", "总行名单 2026-02 第 3 页",
    )  # fmt: skip
    assert trail.after["evidence"] == "总行名单 2026-02 第 3 页"
    page = three.owner.get("/console/funding")
    assert "总行名单 2026-02 第 3 页" in page.content.decode()
    assert path not in page.content.decode()
    for unknown in (ids.new_id("ptn"), "ptn_malformed"):
        assert staff.get(f"/console/funding/partnerships/{unknown}/listing").status_code == 404


def vars_of(row: Partnership) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname) for field in Partnership._meta.concrete_fields
    }


def test_staff_change_a_cap_and_a_channel(tenant: Tenant, staff: Any) -> None:
    with tenant_scope(tenant.id):
        lender = FundingSource.objects.get()
    path = f"/console/funding/sources/{lender.id}"
    assert staff.get(f"{path}/cap").status_code == 200
    assert staff.post(f"{path}/cap", {"cap": "500", "per_merchant_cap": "100"}).status_code == 302
    told = {"url": "https://bank.example/v1", "key_id": "k", "secret": "s3cret"}
    assert staff.post(f"{path}/channel", {**told, "url": "http://x.example"}).status_code == 422
    answer = staff.post(f"{path}/channel", told)
    assert answer.status_code == 302
    with tenant_scope(tenant.id):
        lender = FundingSource.objects.get()
    assert (lender.cap_minor, lender.per_merchant_cap_minor, lender.channel) == (
        50_000, 10_000, "http",
    )  # fmt: skip
    assert "s3cret" not in staff.get(f"{path}/channel").content.decode()
    for wrong in (ids.new_id("fnd"), "fnd_malformed"):
        assert staff.get(f"/console/funding/sources/{wrong}/cap").status_code == 404


def test_the_second_person_works_in_the_back_office(
    tenant: Tenant, at: datetime, staff: Any
) -> None:
    staff.post("/console/funding/sources/new", SOURCE)
    with tenant_scope(tenant.id):
        row = FundingSource.objects.get(name="示例银行")
    listing = "/admin/credit/fundingsource/"

    def press(client: Any, action: str) -> str:
        client.post(listing, {"action": action, "_selected_action": [row.pk]}, follow=True)
        with tenant_scope(tenant.id):
            return str(FundingSource.objects.get(pk=row.pk).status)

    assert press(staff, "activate") == "draft"
    second = browser(colleague(at))
    assert [press(second, name) for name in ("activate", "suspend", "end")] == [
        "active", "suspended", "ended",
    ]  # fmt: skip


def colleague(at: datetime) -> Any:
    return create_member(
        email="second@staff.example", name="赵示例", role="staff", tenant_id=None, is_staff=True,
        password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
