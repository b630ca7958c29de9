"""The firm's data: the code is checked position by position."""

from datetime import datetime

import pytest

from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ConsentCode, KybStatus
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import upsert_merchant
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

GOOD = "91000000MA0000001R"


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-1", name="示例宠物店", actor="x", at=at)
        give_consents(
            merchant_id=merchant.id, codes=ConsentCode.values, locale="en", evidence={},
            actor="system:test", at=at,
        )  # fmt: skip
        return merchant


@pytest.fixture
def visit(merchant: Merchant, at: datetime) -> Visit:
    return visit_of(merchant, at, locale="en")


@pytest.mark.usefixtures("merchant")
def test_without_a_token_there_is_no_page() -> None:
    assert Visit().get("/m/firm/").status_code == 401
    assert Visit().post("/m/firm/check/").status_code == 401


def test_consents_come_first(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        fresh, _ = upsert_merchant(external_id="M-2", name="示例宠物店", actor="x", at=at)
    assert gone_to(visit_of(fresh, at).get("/m/firm/")) == "/m/consents/"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter the 18 characters printed on the business license."),
        ("9100", "4 characters so far, 18 are needed."),
        ("91000000MA000000IR", "Character 17 is “I”, which is never used. Is it “1”?"),
        ("91000000MA-000001R", "Character 11, “-”, is neither a digit nor a capital letter."),
        (
            "91000000MA00000019",
            "The check character does not match. Please look at character 18 and those before.",
        ),
    ],
)
def test_a_wrong_code_is_answered_with_its_place(
    visit: Visit, merchant: Merchant, typed: str, says: str
) -> None:
    answer = visit.post("/m/firm/", {"registration_no": typed})
    assert answer.status_code == 422
    assert says in words(answer)
    assert 'aria-invalid="true"' in answer.content.decode()
    with tenant_scope(merchant.tenant_id):
        merchant.refresh_from_db()
    assert merchant.kyb_status == KybStatus.POOLED


def test_the_check_while_typing_says_the_same(visit: Visit) -> None:
    assert "Is it “1”?" in words(
        visit.post("/m/firm/check/", {"registration_no": "91000000MA000000IR"})
    )
    assert words(visit.post("/m/firm/check/", {"registration_no": GOOD})) == (
        "The code is well formed."
    )
    assert words(visit.post("/m/firm/check/")) == "18 characters, printed on the business license."


def test_a_right_code_verifies_the_firm(visit: Visit, merchant: Merchant) -> None:
    answer = visit.post("/m/firm/", {"registration_no": GOOD.lower()})
    assert gone_to(answer) == "/m/application/"
    with tenant_scope(merchant.tenant_id):
        merchant.refresh_from_db()
    assert (merchant.kyb_status, merchant.registration_no) == (KybStatus.VERIFIED, GOOD)


def test_a_verified_firm_goes_on_with_one_tap(visit: Visit) -> None:
    visit.post("/m/firm/", {"registration_no": GOOD})
    html = visit.get("/m/firm/").content.decode()
    assert GOOD in html
    assert 'name="registration_no"' not in html
    assert gone_to(visit.post("/m/firm/")) == "/m/application/"
