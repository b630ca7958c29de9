"""Signing on a phone: the agreement, the code, the file that proves it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.models import Contract, ContractSignature, CreditLine, Offer
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, StepUp
from tenants.operations.people import set_person
from tests.credit import signing
from tests.credit.papers import pages_of
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

READ = timedelta(seconds=20)
CODE = re.compile(r"data-test-code>(\d{6})<")


@pytest.fixture
def offer(merchant: Merchant, at: datetime) -> Offer:
    with tenant_scope(merchant.tenant_id):
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例",
            phone="13800000000", actor="system:test", at=at,
        )  # fmt: skip
        return signing.offer_of(merchant, at)


def fields(offer: Offer, **more: str) -> dict[str, Any]:
    return {"agreed": "yes", "cost_sheet_sha256": offer.cost_sheet.sha256, **more}


def nothing_signed(merchant: Merchant) -> bool:
    with tenant_scope(merchant.tenant_id):
        return not (CreditLine.objects.exists() or ContractSignature.objects.exists())


def test_the_whole_way_with_a_code(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    sheet = words(visit.get("/m/offer/sheet/"))
    assert "The agreement you sign" in sheet
    assert "签署后生成" in sheet
    with clock.travel(at + READ):
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"
        page = visit.get("/m/offer/sign/").content.decode()
        assert "We sent a code of six digits to 138****0000" in page
        (code,) = CODE.findall(page)
        answer = visit.post("/m/offer/confirm/", fields(offer, code=code))
        assert gone_to(answer) == "/m/offer/done/"
        assert "Download the agreement" in words(visit.get("/m/offer/done/"))
        said = words(visit.get("/m/contract/"))
    assert "Checked just now: not one byte has changed" in said
    with tenant_scope(merchant.tenant_id):
        contract, row = Contract.objects.get(), ContractSignature.objects.get()
    assert contract.cost_sheet_sha256 == offer.cost_sheet.sha256
    assert row.evidence["step_up"]["phone"] == "138****0000"
    file = visit.get(f"/m/documents/{row.document_id}.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert offer.cost_sheet.sha256 in "".join(pages_of(file.content))


def test_a_wrong_code_signs_nothing(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with clock.travel(at + READ):
        visit.post("/m/offer/accept/", fields(offer))
        (code,) = CODE.findall(visit.get("/m/offer/sign/").content.decode())
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        answer = visit.post("/m/offer/confirm/", fields(offer, code=wrong))
    assert answer.status_code == 422
    assert "The code is not right. Tries left: 4." in words(answer)
    assert nothing_signed(merchant)
    with tenant_scope(merchant.tenant_id):
        assert StepUp.objects.get().try_count == 1


def test_without_a_consent_nothing_is_signed(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    visit.post("/m/consents/bureau_query/end/")
    with clock.travel(at + READ):
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/consents/given/"
        assert nothing_signed(merchant)
        visit.post("/m/consents/bureau_query/renew/")
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"


def test_a_code_runs_out(visit: Visit, merchant: Merchant, offer: Offer, at: datetime) -> None:
    with clock.travel(at + READ):
        visit.post("/m/offer/accept/", fields(offer))
        (code,) = CODE.findall(visit.get("/m/offer/sign/").content.decode())
    with clock.travel(at + READ + timedelta(minutes=5)):
        answer = visit.post("/m/offer/confirm/", fields(offer, code=code))
        assert "no longer valid" in words(answer)
        assert "data-test-code" not in visit.get("/m/offer/sign/").content.decode()
        assert nothing_signed(merchant)
        assert gone_to(visit.post("/m/offer/code/")) == "/m/offer/sign/"
        (fresh,) = CODE.findall(visit.get("/m/offer/sign/").content.decode())
        assert (
            gone_to(visit.post("/m/offer/confirm/", fields(offer, code=fresh))) == "/m/offer/done/"
        )


def test_another_code_is_sent_after_a_minute(visit: Visit, offer: Offer, at: datetime) -> None:
    with clock.travel(at + READ):
        visit.post("/m/offer/accept/", fields(offer))
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"
        again = visit.post("/m/offer/code/")
    assert again.status_code == 422
    assert "Please wait 60 seconds" in words(again)
    with clock.travel(at + READ + timedelta(minutes=1)):
        assert gone_to(visit.post("/m/offer/code/")) == "/m/offer/sign/"


def test_the_sheet_is_read_and_the_same_before_a_code_is_sent(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    early = visit.post("/m/offer/accept/", fields(offer))
    assert early.json()["code"] == "cost_sheet_unread"
    with clock.travel(at + READ):
        changed = visit.post("/m/offer/accept/", fields(offer) | {"cost_sheet_sha256": "0" * 64})
    assert changed.json()["code"] == "cost_sheet_changed"
    with tenant_scope(merchant.tenant_id):
        assert StepUp.objects.count() == 0


def test_a_code_of_another_visit_signs_nothing(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with clock.travel(at + READ):
        visit.post("/m/offer/accept/", fields(offer))
        (code,) = CODE.findall(visit.get("/m/offer/sign/").content.decode())
        other = visit_of(merchant, at + READ, locale="en")
        answer = other.post("/m/offer/confirm/", fields(offer, code=code))
    assert "Please confirm with the code we send to your phone." in words(answer)
    assert nothing_signed(merchant)


@pytest.mark.usefixtures("offer")
def test_nobody_else_comes_near(strangers: list[Visit]) -> None:
    for stranger in strangers:
        for path in ("sign/", "signing/"):
            assert gone_to(stranger.get(f"/m/offer/{path}")) in {"/m/home/", "/m/offer/done/"}
        for path in ("confirm/", "code/"):
            assert gone_to(stranger.post(f"/m/offer/{path}", {})) == "/m/home/"
    for path in ("sign/", "signing/"):
        assert Visit().get(f"/m/offer/{path}").status_code == 401
