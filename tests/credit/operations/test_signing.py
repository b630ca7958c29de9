"""An agreement is signed, kept as it was signed, and can be proven."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from credit.domain.terms import canonical_sha256
from credit.errors import (
    CostSheetChanged,
    CostSheetUnread,
    LineNotFound,
    OfferClosed,
    OfferNotFound,
)
from credit.gateways import pdf
from credit.models import Contract, ContractSignature, CreditLine, Document, Offer, SigningAuthority
from credit.operations.contract_proofs import verify_contract
from credit.operations.documents import issue_contract, set_paper
from credit.operations.offers import expire_offers
from credit.operations.signing import sign_offer
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import CodeNeeded
from tenants.models import EmbedSession, Merchant, StepUp, Tenant
from tenants.operations.embed_sessions import open_session
from tenants.operations.people import set_person
from tenants.operations.step_up import check_code, send_code
from tenants.queries.step_up import shown_code
from tests.credit import lives, signing
from tests.credit.papers import pages_of

pytestmark = pytest.mark.usefixtures("inside")
LATER = timedelta(seconds=30)
WATCHED: list[type[Model]] = [
    AuditRecord, Contract, ContractSignature, CreditLine, Document, Event, Offer, SigningAuthority,
    StepUp,
]  # fmt: skip


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    return lives.merchant_with_trade("M-1", at - timedelta(hours=1))


@pytest.fixture
def offer(merchant: Merchant, at: datetime) -> Offer:
    return signing.offer_of(merchant, at)


def visit_to(merchant: Merchant, at: datetime) -> EmbedSession:
    session, _secret = open_session(
        merchant_id=merchant.id, component="apply", origin="", return_url="", locale="zh-hans",
        order_no="", amount_minor=0, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    return session


def with_phone(merchant: Merchant, at: datetime) -> None:
    set_person(
        merchant_id=merchant.id, role="legal_representative", name="张示例", phone="13800000000",
        actor=lives.ACTOR, at=at,
    )  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model._default_manager.order_by("id").values()) for model in WATCHED
    }


def refuse(error: type[DomainError], act: Callable[[], object]) -> None:
    before = everything()
    with pytest.raises(error):
        act()
    assert everything() == before


def test_the_line_opens_with_the_signed_agreement(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    contract, row = Contract.objects.get(), ContractSignature.objects.get()
    document = Document.objects.get()
    assert (line.status, row.status, row.facts["line_id"]) == ("active", "signed", line.id)
    assert (row.contract_id, row.document_id, document.key) == (
        contract.id, document.id, contract.id,
    )  # fmt: skip
    assert contract.cost_sheet_sha256 == offer.cost_sheet.sha256
    assert contract.evidence == row.evidence
    assert canonical_sha256(row.evidence) == row.evidence_sha256
    told = row.evidence
    assert (told["ip"], told["cost_sheet"]["id"], told["cost_sheet"]["read_seconds"]) == (
        "192.0.2.1", offer.cost_sheet_id, 29,
    )  # fmt: skip
    assert told["identity_check"]["merchant"] == offer.merchant_id
    assert len(told["consents"]) == 4
    assert told["step_up"] == {"skipped": "partner_channel"}
    link = AuditRecord.objects.get(action="contract.sign")
    assert link.hash == row.evidence_chain
    assert link.after["signed_sha256"] == hashlib.sha256(bytes(document.content)).hexdigest()


def test_signing_again_returns_the_same_line(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    before = everything()
    again = signing.signed(offer, at + LATER + LATER)
    assert line is not None
    assert again is not None
    assert (again.id, everything()) == (line.id, before)


def test_the_paper_has_the_clauses_the_sheet_and_what_proves_it(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    document = issue_contract(line_id=line.id, actor=lives.ACTOR, at=at + LATER)
    text = "".join(pages_of(bytes(document.content)))
    contract = Contract.objects.get()
    for words in (
        "采购白条循环额度协议", line.id, "示例小额贷款有限公司", "附件一综合融资成本明示表",
        "一、正常履约时的成本", "二、晚还时可能增加的成本", "罚息", "附件二还款计划依据",
        "到期一次还本付息，约30天", contract.text_sha256, offer.cost_sheet.sha256,
        "2026-03-0210:00:30（北京时间）",
    ):  # fmt: skip
        assert words in text, words
    rate = f"{float(offer.cost_sheet.body['samples'][0]['apr_simple']) * 100:.2f}%"
    assert rate in text


def test_the_same_facts_make_the_same_paper(offer: Offer, at: datetime) -> None:
    signing.signed(offer, at + LATER)
    row = ContractSignature.objects.get()
    facts = {key: value for key, value in row.facts["paper"].items() if key != "number"}
    _made, content = set_paper("contract", row.facts["contract_id"], facts, at=at + LATER)  # type: ignore[arg-type]
    assert pdf.sha256(content) == row.paper_sha256


def test_what_was_signed_is_proven(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    proof = verify_contract(line_id=line.id)
    assert (proof.is_proven, proof.is_test, proof.signed_at) == (True, True, at + LATER)
    assert proof.signer == "TEST Baitiao signing (no legal force)"


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.97])
def test_one_byte_changed_is_not_intact(offer: Offer, at: datetime, place: float) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    copy = bytearray(bytes(Document.objects.get().content))
    copy[int(len(copy) * place)] ^= 1
    assert verify_contract(line_id=line.id, content=bytes(copy)).is_intact is False


@pytest.mark.parametrize("copy", [b"", b"%PDF-1.4 nothing", b"\x00" * 100])
def test_what_is_no_agreement_is_not_intact(offer: Offer, at: datetime, copy: bytes) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    proof = verify_contract(line_id=line.id, content=copy)
    assert (proof.is_intact, proof.is_trusted, proof.is_proven) == (False, False, False)


def test_something_added_after_signing_is_not_intact(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    longer = bytes(Document.objects.get().content) + b"\n%% added"
    assert verify_contract(line_id=line.id, content=longer).is_intact is False


def test_evidence_that_was_changed_is_found(offer: Offer, at: datetime) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    row = ContractSignature.objects.get()
    ContractSignature.objects.filter(pk=row.pk).update(evidence={**row.evidence, "ip": "192.0.2.9"})
    proof = verify_contract(line_id=line.id)
    assert (proof.is_intact, proof.is_evidence_same, proof.is_proven) == (True, False, False)
    changed = canonical_sha256({**row.evidence, "ip": "192.0.2.9"})
    ContractSignature.objects.filter(pk=row.pk).update(evidence_sha256=changed)
    proof = verify_contract(line_id=line.id)
    assert (proof.is_evidence_same, proof.is_chained, proof.is_proven) == (False, False, False)


def test_an_agreement_without_a_signature_is_not_proven(merchant: Merchant, at: datetime) -> None:
    line = lives.line_of(merchant, at)
    proof = verify_contract(line_id=line.id)
    assert (proof.signature, proof.is_proven, proof.is_text_same) == (None, False, True)
    for unknown in (ids.new_id("lin"), "nonsense"):
        with pytest.raises(LineNotFound):
            verify_contract(line_id=unknown)


def test_what_is_refused_moves_nothing(offer: Offer, at: datetime) -> None:
    facts: dict[str, Any] = {
        "evidence": {}, "visit": None, "actor": lives.ACTOR,
        "cost_sheet_sha256": offer.cost_sheet.sha256,
    }  # fmt: skip

    def sign(**change: Any) -> Callable[[], object]:
        return lambda: sign_offer(**{"offer_id": offer.id, "at": at + LATER, **facts, **change})

    refuse(CostSheetUnread, sign(at=at + timedelta(seconds=8)))
    refuse(CostSheetChanged, sign(cost_sheet_sha256="0" * 64))
    refuse(OfferClosed, sign(at=at + timedelta(days=15)))
    refuse(OfferNotFound, sign(offer_id=ids.new_id("ofr")))


def test_a_merchant_with_a_phone_signs_with_its_code(
    offer: Offer, merchant: Merchant, at: datetime
) -> None:
    with_phone(merchant, at)
    visit = visit_to(merchant, at)
    refuse(CodeNeeded, lambda: signing.signed(offer, at + LATER, visit))
    sent = send_code(
        session=visit, purpose="sign", subject=offer.id, actor=lives.ACTOR, at=at + LATER
    )
    refuse(CodeNeeded, lambda: signing.signed(offer, at + LATER, visit))
    check_code(
        session=visit, purpose="sign", subject=offer.id, code=shown_code(sent, at=at + LATER),
        at=at + LATER,
    )  # fmt: skip
    assert signing.signed(offer, at + LATER, visit) is not None
    told = ContractSignature.objects.get().evidence["step_up"]
    assert (told["id"], told["phone"]) == (sent.id, "138****0000")
    text = "".join(pages_of(bytes(Document.objects.get().content)))
    assert "短信验证码，发送至138＊＊＊＊0000" in text


def test_a_merchant_without_a_phone_signs_and_the_evidence_says_so(
    offer: Offer, merchant: Merchant, at: datetime
) -> None:
    assert signing.signed(offer, at + LATER, visit_to(merchant, at)) is not None
    assert ContractSignature.objects.get().evidence["step_up"] == {"skipped": "no_phone"}


def test_another_platform_signs_with_certificates_of_its_own(
    offer: Offer, other_tenant: Tenant, at: datetime
) -> None:
    line = signing.signed(offer, at + LATER)
    assert line is not None
    with tenant_scope(other_tenant.id):
        theirs = signing.signed_line(lives.merchant_with_trade("M-1", at), at + LATER)
        with pytest.raises(LineNotFound):
            verify_contract(line_id=line.id)
        with pytest.raises(OfferNotFound):
            signing.signed(offer, at + LATER)
        copy = bytes(Document.objects.get().content)
        assert verify_contract(line_id=theirs.id).is_proven
    proof = verify_contract(line_id=line.id, content=copy)
    assert (proof.is_intact, proof.is_trusted) == (False, False)


def test_an_offer_that_ran_out_is_expired_unless_it_is_being_signed(
    offer: Offer, at: datetime
) -> None:
    assert expire_offers(at=offer.expires_at) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"status": "lost"}, {"status": "failed"}, {"ended_at": None}, {"contract_id": None},
        {"document_id": None},
    ],
)  # fmt: skip
def test_the_database_keeps_the_states(offer: Offer, at: datetime, change: dict[str, Any]) -> None:
    signing.signed(offer, at + LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractSignature.objects.update(**change)


def test_a_platform_has_one_authority(offer: Offer, at: datetime) -> None:
    signing.signed(offer, at + LATER)
    row = SigningAuthority.objects.get()
    row.pk = ids.new_id("sga")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningAuthority.objects.update(key_sealed=None)
