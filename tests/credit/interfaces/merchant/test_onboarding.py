"""From the landing page to an open line."""

from datetime import datetime, timedelta

import pytest

from credit.models import Application, Contract, CreditLine, Offer, Review
from credit.operations.applications import NEEDED_CONSENTS
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Decision
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tests.credit import referrals
from tests.credit.operations.test_product_versions import with_fees
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

APR = "Annual rate (simple)"


@pytest.fixture
def applied(visit: Visit) -> Visit:
    assert gone_to(visit.post("/m/application/")) == "/m/application/progress/"
    return visit


@pytest.mark.parametrize("has_fees", [False, True])
def test_the_sheet_names_fees_and_what_lateness_costs(
    tenant: Tenant, visit: Visit, at: datetime, *, has_fees: bool
) -> None:
    if has_fees:
        with tenant_scope(tenant.id):
            with_fees(at)
    visit.post("/m/application/")
    visit.post("/m/offer/read/")
    said = words(visit.get("/m/offer/sheet/"))
    assert ("服务费" in said, "逾期管理费" in said) == (has_fees, has_fees)
    assert ("No opening fee" in said) != has_fees
    assert "paid late" in said
    assert said.count(APR) == 4


def sheet_of(merchant: Merchant) -> str:
    with tenant_scope(merchant.tenant_id):
        offer = Offer.objects.select_related("cost_sheet").get(merchant=merchant)
        return str(offer.cost_sheet.sha256)


@pytest.mark.parametrize(
    "path",
    [
        "home/", "start/", "application/", "application/progress/", "offer/", "offer/sheet/",
        "offer/done/", "contract/", "checkout/", "line/", "bills/",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("db")
def test_without_a_token_there_is_no_page(path: str) -> None:
    answer = Visit().get(f"/m/{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_unknown")


def test_the_door_leads_to_the_landing_page_or_on_with_a_draft(
    tenant: Tenant, visit: Visit, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
    assert gone_to(visit_of(merchant, at).get("/m/home/")) == "/m/start/"
    assert gone_to(visit.get("/m/home/")) == "/m/application/"


def test_the_landing_page_prices_its_example_with_the_engine(visit: Visit) -> None:
    """¥10,000 for 30 days, 15 of them free, at 11.40 %: 10,000 × 0.114 × 15 / 365 = 46.85."""
    said = words(visit.get("/m/start/"))
    assert "¥46.85" in said
    assert said.count(APR) == 2
    assert "7.20%" in said
    assert "11.40%" in said
    assert "The lender is 示例小额贷款有限公司" in said


def test_the_estimate_is_a_range_and_says_that_it_is_one(visit: Visit, merchant: Merchant) -> None:
    said = words(visit.post("/m/estimate/"))
    assert "subject to approval" in said
    assert APR in said
    with tenant_scope(merchant.tenant_id):
        decision = Decision.objects.get(merchant_id=merchant.id)
    assert decision.purpose == "prescreen"


def test_a_merchant_without_trade_is_told_what_would_help(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
    said = words(visit_of(merchant, at, locale="en").post("/m/estimate/"))
    assert "There is no limit to offer yet" in said
    assert "This does not affect your purchases on the platform." in said


def test_applying_needs_consents_and_a_verified_firm(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-9", name="新店", actor="x", at=at)
    visit = visit_of(merchant, at)
    assert gone_to(visit.post("/m/application/")) == "/m/consents/"
    visit.post("/m/consents/", {"agreed": list(NEEDED_CONSENTS)})
    assert gone_to(visit.post("/m/application/")) == "/m/firm/"
    with tenant_scope(tenant.id):
        assert Application.objects.count() == 0


def test_submitting_twice_makes_one_application(applied: Visit, merchant: Merchant) -> None:
    assert gone_to(applied.post("/m/application/")) == "/m/home/"
    with tenant_scope(merchant.tenant_id):
        assert Application.objects.count() == 1


def test_the_progress_page_shows_the_result_and_the_way_on(applied: Visit) -> None:
    html = applied.get("/m/application/progress/").content.decode()
    assert 'data-status="approved"' in html
    assert "data-poll" not in html
    assert "/m/offer/" in html


def test_the_offer_names_limit_price_and_lender(applied: Visit, merchant: Merchant) -> None:
    with tenant_scope(merchant.tenant_id):
        offer = Offer.objects.get(merchant=merchant)
    said = words(applied.get("/m/offer/"))
    assert "¥ " + f"{offer.limit_minor // 100:,}.00" in said
    assert said.count(APR) == 1 + len(offer.option_codes)
    assert "The lender is 示例小额贷款有限公司" in said


def test_the_slider_asks_the_engine(applied: Visit) -> None:
    """¥20,000: twice the fixed example; beyond the limits it stops there."""
    assert "¥ 20,000.00" in words(applied.post("/m/offer/sample/", {"amount": "2000000"}))
    assert "¥ 100.00" in words(applied.post("/m/offer/sample/", {"amount": "1"}))


def test_the_sheet_opens_only_through_the_servers_stamp(applied: Visit) -> None:
    assert gone_to(applied.get("/m/offer/sheet/")) == "/m/home/"
    assert gone_to(applied.post("/m/offer/read/")) == "/m/offer/sheet/"
    html = applied.get("/m/offer/sheet/").content.decode()
    assert 'data-read="8"' in html
    assert "disabled" in html


def test_signing_before_the_seconds_are_over_is_refused(applied: Visit, merchant: Merchant) -> None:
    applied.post("/m/offer/read/")
    fields = {"agreed": "yes", "cost_sheet_sha256": sheet_of(merchant)}
    answer = applied.post("/m/offer/accept/", fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "cost_sheet_unread")
    with tenant_scope(merchant.tenant_id):
        assert CreditLine.objects.count() == 0


@pytest.mark.usefixtures("merchant")
def test_signing_needs_the_tick_and_the_sheet_that_was_shown(applied: Visit, at: datetime) -> None:
    applied.post("/m/offer/read/")
    with clock.travel(at + timedelta(seconds=9)):
        assert applied.post("/m/offer/accept/", {}).status_code == 422
        changed = applied.post("/m/offer/accept/", {"agreed": "yes", "cost_sheet_sha256": "0" * 64})
    assert (changed.status_code, changed.json()["code"]) == (409, "cost_sheet_changed")


def test_signing_opens_the_line_with_the_shown_sheets_hash(
    applied: Visit, merchant: Merchant, at: datetime
) -> None:
    applied.post("/m/offer/read/")
    fields = {"agreed": "yes", "cost_sheet_sha256": sheet_of(merchant)}
    with clock.travel(at + timedelta(seconds=9)):
        assert gone_to(applied.post("/m/offer/accept/", fields)) == "/m/offer/done/"
        html = applied.get("/m/offer/done/").content.decode()
    assert 'data-done-key="credit_line_id"' in html
    with tenant_scope(merchant.tenant_id):
        contract = Contract.objects.get()
    assert contract.cost_sheet_sha256 == fields["cost_sheet_sha256"]
    assert contract.evidence["cost_sheet"]["sha256"] == fields["cost_sheet_sha256"]
    assert contract.evidence["step_up"] == {"skipped": "no_phone"}
    assert "采购白条循环额度协议" in words(applied.get("/m/contract/"))


@pytest.mark.usefixtures("applied")
def test_nobody_elses_offer_can_be_signed(merchant: Merchant, strangers: list[Visit]) -> None:
    for stranger in strangers:
        answer = stranger.post("/m/offer/accept/", {"agreed": "yes"})
        assert gone_to(answer) == "/m/home/"
    with tenant_scope(merchant.tenant_id):
        assert Offer.objects.get(merchant=merchant).status == "open"


def test_a_declined_merchant_asks_a_person(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        application = referrals.declined("P-NO", at)
    merchant = application.merchant
    with clock.travel(at + timedelta(minutes=1)):
        visit = visit_of(merchant, at, locale="en")
        assert "Ask a person to look at it" in words(visit.get("/m/application/progress/"))
        assert "next working day" in words(visit.get("/m/application/review/"))
        sent = visit.post("/m/application/review/", {"note": "我们换了系统"})
        assert gone_to(sent) == "/m/application/progress/"
        said = words(visit.get("/m/application/progress/"))
    assert "A person is looking at this result and answers by" in said
    assert "Ask a person" not in said
    with tenant_scope(tenant.id):
        assert Review.objects.get().note == "我们换了系统"
    with clock.travel(at + timedelta(days=31)):
        later = visit_of(merchant, at + timedelta(days=31), locale="en")
        assert gone_to(later.post("/m/application/review/")) == "/m/application/progress/"
    with tenant_scope(tenant.id):
        assert Review.objects.count() == 1


def test_nobody_asks_for_a_person_before_there_is_a_refusal(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        application = referrals.declined("P-NO", at)
    with clock.travel(at + timedelta(days=31)):
        visit = visit_of(application.merchant, at + timedelta(days=31), locale="en")
        assert "Ask a person" not in words(visit.get("/m/application/progress/"))
        refused = visit.post("/m/application/review/", {"note": "x"})
    assert refused.status_code == 422
    assert "within 30 days" in words(refused)
    with tenant_scope(tenant.id):
        assert not Review.objects.exists()
