"""Where prices go by term, a merchant reads the highest and each plan at its own."""

from datetime import datetime

import pytest

from credit.models import Offer
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant
from tests.credit import lives
from tests.risk.prices import put_in_force
from tests.tenants.interfaces.merchant.visits import Visit, visit_of

NOTE = "at most, lower by term"


@pytest.fixture
def priced(merchant: Merchant, at: datetime) -> Merchant:
    with tenant_scope(merchant.tenant_id):
        put_in_force(at)
    return merchant


def test_the_offer_and_its_sheet(priced: Merchant, visit: Visit, at: datetime) -> None:
    with tenant_scope(priced.tenant_id):
        application = submit_application(
            merchant_id=priced.id, product_code=ORDER_CREDIT, external_id=None, actor="x", at=at
        )
        decide_application(application_id=application.id, actor="x", at=at)
        offer = Offer.objects.get()
    page = visit.get("/m/offer/").content.decode()
    assert (NOTE in page, "7.40%" in page) == (True, True)
    rates = {one.code: one.apr for one in visit.get("/m/offer/").context["samples"]}
    assert list(rates) == offer.option_codes == ["bullet_30", "bullet_60", "equal_3"]
    visit.post("/m/offer/read/")
    sheet = visit.get("/m/offer/sheet/").content.decode()
    assert (NOTE in sheet, "7.40%" in sheet) == (True, True)


def test_the_line_and_the_checkout(priced: Merchant, at: datetime) -> None:
    with tenant_scope(priced.tenant_id):
        lives.line_of(priced, at)
    visit = visit_of(
        priced, at, component="checkout", order_no="SO-1", amount_minor=1_000_000, locale="en"
    )
    for path in ("/m/line/", "/m/checkout/"):
        assert NOTE in visit.get(path).content.decode()
    plans = visit.get("/m/checkout/").context["plans"]
    told = {one["quote"].option_code: one["quote"].terms["annual_rate"] for one in plans}
    assert told == {"bullet_30": "0.07200000", "bullet_60": "0.07300000", "equal_3": "0.07400000"}


def test_without_a_table_there_is_one_rate(visit: Visit, merchant: Merchant, at: datetime) -> None:
    with tenant_scope(merchant.tenant_id):
        lives.line_of(merchant, at)
    assert NOTE not in visit.get("/m/line/").content.decode()
