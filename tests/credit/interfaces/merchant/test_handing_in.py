"""The pages before an application: one task each, drafts, and what each refuses."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from credit.models import Application, ApplicationAsk
from credit.operations.applications import NEEDED_CONSENTS
from credit.operations.asks import ask_merchant
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed
from tenants.models import (
    Attachment,
    Merchant,
    MerchantDraft,
    MerchantPerson,
    SettlementAccount,
    Tenant,
)
from tenants.operations.consents import withdraw_consent
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tenants.operations.sandbox import fake_card_no, fake_identity_no, fake_photo
from tenants.operations.tenants import set_application_needs
from tests.credit import referrals
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

PERSON = {
    "name": "张示例", "identity_no": fake_identity_no(1), "phone": "13800000001", "applies": "self",
}  # fmt: skip
ACCOUNT = {
    "kind": "corporate", "bank_name": "示例银行", "holder_name": "宠物店M-1",
    "number": "11001234567890",
}  # fmt: skip
PAGES = (
    "people/legal/", "people/applicant/", "people/phone/", "people/face/", "account/", "files/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _asks_for_everything(tenant: Tenant, at: datetime, request: pytest.FixtureRequest) -> None:
    """Before anybody applies; who has a line in a test got it when nothing was asked for.

    All but a face, which has tests of its own: `test_face_at_application.py`.
    """
    if not {"line", "strangers"} & set(request.fixturenames):
        needs = [need for need in ApplicationNeed.values if need != "face"]
        with tenant_scope(tenant.id):
            set_application_needs(needs=needs, actor="x", at=at)


def photo(number: int = 1, **changes: str) -> dict[str, Any]:
    return {
        "kind": "business_license", "upload_key": f"u{number}", "ask": "",
        "file": SimpleUploadedFile("a.jpg", fake_photo(number), "image/jpeg"),
    } | changes  # fmt: skip


def rows(tenant: Tenant, *models: Any) -> list[int]:
    with tenant_scope(tenant.id):
        return [model.objects.count() for model in models]


def test_one_page_after_the_other_until_it_is_submitted(visit: Visit, tenant: Tenant) -> None:
    assert gone_to(visit.get("/m/application/")) == "/m/people/legal/"
    assert gone_to(visit.post("/m/people/legal/", PERSON)) == "/m/people/phone/"
    assert gone_to(visit.post("/m/people/phone/send/")) == "/m/people/phone/"
    assert gone_to(visit.post("/m/people/phone/", {"code": "000000"})) == "/m/account/"
    assert gone_to(visit.post("/m/account/", ACCOUNT)) == "/m/files/"
    assert "The button appears" in words(visit.get("/m/files/"))
    assert gone_to(visit.post("/m/files/upload/", photo())) == "/m/files/"
    assert "Go on" in words(visit.get("/m/files/"))
    said = words(visit.get("/m/application/"))
    assert "张* 138****0001" in said
    assert "示例银行 **** 7890" in said
    assert "1 photo" in said
    assert "Step 7 of 7" in said
    assert PERSON["identity_no"] not in said
    assert gone_to(visit.post("/m/application/")) == "/m/application/progress/"
    assert rows(tenant, Application, MerchantDraft) == [1, 0]


def test_done_pages_show_masks_and_offer_to_change(visit: Visit) -> None:
    visit.post("/m/people/legal/", PERSON)
    said = words(visit.get("/m/people/legal/"))
    assert ("张*" in said, "张示例" in said, PERSON["identity_no"][-4:] in said) == (
        True, False, True,
    )  # fmt: skip
    assert 'name="identity_no"' in visit.get("/m/people/legal/?change").content.decode()
    visit.post("/m/account/", ACCOUNT)
    assert "**** 7890" in words(visit.get("/m/account/"))
    assert 'name="number"' in visit.get("/m/account/?change").content.decode()


def test_a_draft_survives_a_reload_and_another_session(
    visit: Visit, merchant: Merchant, at: datetime
) -> None:
    """P47: what was typed is on the server before the camera opens."""
    half = {"name": "张示例", "identity_no": "0000001980", "phone": ""}
    assert visit.post("/m/draft/legal/", half).status_code == 204
    for phone in (visit, visit_of(merchant, at, locale="en")):
        page = phone.get("/m/people/legal/").content.decode()
        assert 'value="张示例"' in page
        assert 'value="0000001980"' in page
        assert "What you typed before is here again." in words(phone.get("/m/people/legal/"))
    visit.post("/m/people/legal/", PERSON)
    assert 'value="张示例"' not in visit.get("/m/people/legal/?change").content.decode()


@pytest.mark.parametrize(
    ("path", "fields", "error"),
    [
        ("people/legal/", PERSON | {"name": ""}, "Enter the name exactly as on the identity card."),
        (
            "people/legal/", PERSON | {"identity_no": "0" * 17 + "Y"},
            "This identity number cannot be right: character 18 is a digit or the letter X.",
        ),
        ("people/legal/", PERSON | {"phone": "1"}, "not a mainland mobile number of 11 digits"),
        ("account/", ACCOUNT | {"bank_name": " "}, "Enter the name of the bank."),
        ("account/", ACCOUNT | {"holder_name": ""}, "Enter the name the account is in."),
        ("account/", ACCOUNT | {"holder_name": "别家"}, "The holder has to be the firm"),
        (
            "account/", ACCOUNT | {"kind": "card", "number": fake_card_no(1)[:-1] + "x"},
            "This account number cannot be right: it has digits only.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    visit: Visit, tenant: Tenant, path: str, fields: dict[str, str], error: str
) -> None:
    """P29: no raw code, no field lost."""
    answer = visit.post(f"/m/{path}", fields)
    page = answer.content.decode()
    assert (answer.status_code, page.count('aria-invalid="true"')) == (422, 1)
    assert error in words(answer)
    kept = fields["phone"] if path.startswith("people") else fields["number"]
    assert f'value="{kept}"' in page
    assert rows(tenant, MerchantPerson, SettlementAccount) == [0, 0]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("identity_no", {"identity_no": "12O"}, "3 characters so far, 18 are needed."),
        ("identity_no", {"identity_no": PERSON["identity_no"]}, "The number is well formed."),
        ("phone", {"phone": "138 0000 0001"}, "The number is well formed."),
        ("number", {"number": "123", "kind": "card"}, "a card has 13 to 19 digits, these are 3."),
        ("number", {"number": ""}, ""),
    ],
)
def test_numbers_are_checked_while_typed(
    visit: Visit, field: str, typed: dict[str, str], said: str
) -> None:
    found = words(visit.post(f"/m/check/{field}/", typed))
    assert found.endswith(said)
    assert bool(found) == bool(said)


def test_a_field_or_page_that_is_none_of_ours(visit: Visit) -> None:
    assert visit.post("/m/check/horoscope/").status_code == 404
    assert visit.post("/m/draft/horoscope/").status_code == 422


def test_whoever_is_authorized_is_asked_for_too(visit: Visit) -> None:
    other = PERSON | {"applies": "other"}
    assert gone_to(visit.post("/m/people/legal/", other)) == "/m/people/applicant/"
    assert gone_to(visit.get("/m/people/legal/")) == "/m/people/applicant/"
    assert gone_to(visit.get("/m/people/phone/")) == "/m/people/legal/"
    who = PERSON | {"name": "李示例", "identity_no": fake_identity_no(2), "phone": "13800000002"}
    assert gone_to(visit.post("/m/people/applicant/", who)) == "/m/people/phone/"
    assert "138****0002" in words(visit.get("/m/people/phone/"))
    assert "Letter of authorization" in words(visit.get("/m/files/"))


def test_a_natural_person_is_asked_for_no_firm(tenant: Tenant, at: datetime) -> None:
    """P26: no company name, no license, no firm's account."""
    with tenant_scope(tenant.id):
        person, _ = upsert_merchant(
            external_id="N-1", name="王示例", kind="natural_person", actor="x", at=at
        )
        verify_merchant(merchant_id=person.id, registration_no=None, actor="x", at=at)
    visit = visit_of(person, at, locale="en")
    visit.post("/m/consents/", {"agreed": list(NEEDED_CONSENTS)})
    assert "Who are you?" in words(visit.get("/m/people/legal/"))
    who = PERSON | {"name": "王示例"}
    assert gone_to(visit.post("/m/people/legal/", who)) == "/m/people/phone/"
    visit.post("/m/people/phone/send/")
    visit.post("/m/people/phone/", {"code": "000000"})
    page = visit.get("/m/account/").content.decode()
    assert ('value="corporate"' in page, 'value="card"' in page) == (False, True)
    card = {"kind": "card", "bank_name": "示例银行", "holder_name": "王示例"}
    done = visit.post("/m/account/", card | {"number": fake_card_no(1)})
    assert gone_to(done) == "/m/application/"


def test_a_wrong_code_is_said_and_counted(visit: Visit) -> None:
    visit.post("/m/people/legal/", PERSON)
    early = visit.post("/m/people/phone/", {"code": "000000"})
    assert "This code is no longer valid" in words(early)
    visit.post("/m/people/phone/send/")
    wrong = visit.post("/m/people/phone/", {"code": "111111"})
    assert (wrong.status_code, "4 more tries" in words(wrong)) == (422, True)
    soon = visit.post("/m/people/phone/send/")
    assert (soon.status_code, "Please wait 60 seconds" in words(soon)) == (422, True)


def test_an_upload_is_kept_once_and_shown_to_its_owner_only(
    visit: Visit, strangers: list[Visit], tenant: Tenant
) -> None:
    """P48: a retry under the same key is the same file."""
    for _ in range(2):
        visit.post("/m/files/upload/", photo())
    with tenant_scope(tenant.id):
        kept = Attachment.objects.get()
    shown = visit.get(f"/m/files/{kept.id}/")
    assert (shown.status_code, shown.content) == (200, fake_photo(1))
    assert shown.headers["Content-Type"] == "image/jpeg"
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="tenants.attachment.open").count() == 1
    for stranger in strangers:
        assert stranger.get(f"/m/files/{kept.id}/").status_code == 404
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="tenants.attachment.open").count() == 1
    wrong = photo(2)
    wrong["file"] = SimpleUploadedFile("a.jpg", b"MZ no photo", "image/jpeg")
    refused = visit.post("/m/files/upload/", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "attachment_invalid")
    assert visit.post("/m/files/upload/", {"kind": "other"}).status_code == 422
    assert rows(tenant, Attachment) == [1]


def test_without_consent_nothing_is_taken(
    visit: Visit, tenant: Tenant, merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        withdraw_consent(
            merchant_id=merchant.id, code="sensitive_data", evidence={}, actor="x", at=at
        )
    for path in PAGES:
        assert gone_to(visit.get(f"/m/{path}")) == "/m/consents/"
    assert gone_to(visit.post("/m/people/legal/", PERSON)) == "/m/consents/"
    assert visit.post("/m/files/upload/", photo()).json()["code"] == "sensitive_consent_missing"
    assert visit.post("/m/draft/legal/", PERSON).status_code == 422
    assert rows(tenant, MerchantPerson, Attachment, MerchantDraft) == [0, 0, 0]


@pytest.mark.parametrize("path", [*PAGES, "application/asks/", "application/withdraw/"])
@pytest.mark.usefixtures("line")
def test_with_a_line_there_is_nothing_to_hand_in(
    tenant: Tenant, merchant: Merchant, at: datetime, path: str
) -> None:
    visit = visit_of(merchant, at, component="line")
    assert gone_to(visit.get(f"/m/{path}")) == "/m/home/"
    assert rows(tenant, MerchantPerson) == [0]


@pytest.mark.parametrize("path", [*PAGES, "application/asks/", "application/withdraw/"])
@pytest.mark.usefixtures("db")
def test_without_a_token_there_is_no_page(path: str) -> None:
    assert Visit().get(f"/m/{path}").status_code == 401


@pytest.fixture
def asked(tenant: Tenant, at: datetime) -> Visit:
    """In review, asked for a lease contract and for an answer."""
    with tenant_scope(tenant.id):
        set_application_needs(needs=[], actor="x", at=at)
        referrals.refer_everybody()
        review = referrals.referred("M-7", at)
        for kind, document in (("document", "lease_contract"), ("answer", "")):
            ask_merchant(
                application_id=review.application_id, kind=kind, document_kind=document,
                message=f"请补充 {kind}", due_on=date(2026, 3, 9), actor="usr", at=at,
            )  # fmt: skip
        merchant = review.application.merchant
    return visit_of(merchant, at + timedelta(minutes=1), locale="en")


def test_what_is_asked_is_answered_on_one_page(asked: Visit, tenant: Tenant) -> None:
    assert gone_to(asked.get("/m/home/")) == "/m/application/asks/"
    said = words(asked.get("/m/application/asks/"))
    assert ("请补充 document" in said, "by 2026-03-09" in said) == (True, True)
    early = asked.post("/m/application/asks/", {"answer_2": "三周装修"})
    assert (early.status_code, "still missing" in words(early)) == (422, True)
    with tenant_scope(tenant.id):
        first = ApplicationAsk.objects.order_by("id")[0].id
    asked.post("/m/draft/asks/", {"answer_2": "三周装修，已恢复"})
    sent = photo(1, kind="lease_contract", ask=first)
    assert gone_to(asked.post("/m/files/upload/", sent)) == "/m/application/asks/"
    assert "三周装修，已恢复" in words(asked.get("/m/application/asks/"))
    done = asked.post("/m/application/asks/", {"answer_2": "三周装修，已恢复"})
    assert gone_to(done) == "/m/application/progress/"
    with tenant_scope(tenant.id):
        assert Application.objects.get().status == "in_review"
        assert MerchantDraft.objects.count() == 0
    assert gone_to(asked.get("/m/application/asks/")) == "/m/home/"


def test_withdrawing_says_that_it_is_no_refusal(asked: Visit, tenant: Tenant) -> None:
    """P36: one's own step back is not reported as a failure."""
    assert "It is no refusal" in words(asked.get("/m/application/withdraw/"))
    assert rows(tenant, Application) == [1]
    done = asked.post("/m/application/withdraw/", {"reason": "暂时不需要"})
    assert gone_to(done) == "/m/application/progress/"
    page = asked.get("/m/application/progress/")
    assert 'data-status="withdrawn"' in page.content.decode()
    assert "You took the application back" in words(page)
    assert "Not this time" not in words(page)
    assert gone_to(asked.get("/m/application/withdraw/")) == "/m/home/"
