"""A merchant signs: the agreement is set as a paper, signed as PAdES, and only then the line opens.

With test certificates all of it happens in one transaction. A bureau is outside: the paper and the
evidence are stored first, `credit.operations.signing_pursuit` talks and stores what was heard.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from credit.domain.terms import canonical_sha256
from credit.enums import DocumentKind, OfferStatus, SignatureStatus, SigningChannel
from credit.errors import ConsentMissing, SignatureUnderWay, SignsOnPages
from credit.gateways import pdf, signed_pdf
from credit.gateways.signing import SigningOrder
from credit.models import ContractSignature, CreditLine, Offer, SigningAuthority
from credit.operations.documents import keep_paper, set_paper
from credit.operations.offers import (
    Agreement,
    accept_offer,
    agree,
    check_acceptance,
    locked_offer,
)
from credit.operations.signing_authorities import signer_of, signing_authority
from credit.queries.agreements import agreement_facts
from credit.queries.onboarding import NEEDED_CONSENTS
from credit.queries.signing import signature_of_offer
from platform_app.kernel import audit, clock, events, ids, jobs
from platform_app.kernel.errors import DomainError
from tenants.enums import StepUpPurpose
from tenants.errors import FaceCheckNeeded
from tenants.models import EmbedSession
from tenants.operations.face_results import whom_index
from tenants.operations.step_up import use_step_up
from tenants.queries.consents import current_consents, ended_consents
from tenants.queries.face_checks import face_check_needed, good_face_check
from tenants.queries.identity_reviews import good_identity_review
from tenants.queries.step_up import confirming_person

REASON = "采购白条循环额度协议"


@transaction.atomic
def sign_offer(
    *,
    offer_id: str,
    cost_sheet_sha256: str,
    evidence: dict[str, Any],
    visit: EmbedSession | None,
    actor: str,
    at: datetime,
) -> CreditLine | None:
    """Sign an offer; return the line it opened, or None while a bureau is still signing.

    In a visit the code sent to the merchant's phone is spent here; a merchant without a phone, and
    a partner's own back end (`visit` is None), sign without one, and the evidence says so. Signing
    twice returns the same line. Raises OfferNotFound, OfferClosed, CostSheetUnread,
    CostSheetChanged, ConsentMissing (one was taken back since the application), FaceCheckNeeded,
    CodeNeeded, CodeExpired, SignatureUnderWay, SignsOnPages.
    """
    offer = locked_offer(offer_id)
    if offer.status == OfferStatus.ACCEPTED:
        return CreditLine.objects.get(offer=offer)
    known = signature_of_offer(offer.id)
    if known is not None and known.status != SignatureStatus.FAILED:
        raise SignatureUnderWay
    check_acceptance(offer, cost_sheet_sha256=cost_sheet_sha256, at=at)
    authority = signing_authority(at=at)
    if authority.channel == SigningChannel.BUREAU and visit is None:
        raise SignsOnPages
    ended = ended_consents(offer.merchant_id, NEEDED_CONSENTS)
    if ended:
        raise ConsentMissing(consents=", ".join(ended))
    evidence = {**evidence, **_faced(offer, visit, at)}
    row = _prepared(offer, authority, {**evidence, **_proofs(offer, visit, at)}, actor, at)
    if authority.channel == SigningChannel.BUREAU:
        jobs.enqueue("credit.pursue_signature", tenant_id=row.tenant_id, signature_id=row.id)
        return None
    return conclude(row, signer_of(authority).sign(order_of(row)).cms, at=at)


def order_of(row: ContractSignature) -> SigningOrder:
    """What a signer is told: a digest and a name, never the paper."""
    return SigningOrder(
        key=row.id,
        digest=bytes.fromhex(row.digest),
        title=f"{REASON} {row.facts['paper']['number']}",
        signer_name=row.facts["paper"]["merchant"],
        registration_no=row.facts["paper"]["registration_no"],
    )


def conclude(row: ContractSignature, cms: bytes, *, at: datetime) -> CreditLine | None:
    """Put the signature into the paper, look at it as a stranger would, then open the line.

    A signature of something else, or by somebody else, fails the signing; so does an offer that
    cannot be accepted any more. Called inside the caller's transaction, the offer locked.
    """
    room = signed_pdf.Prepared(
        content=bytes(row.prepared), digest=bytes.fromhex(row.digest), room_from=row.room_from,
        room_to=row.room_to,
    )  # fmt: skip
    try:
        content = signed_pdf.fill(room, cms)
    except ValueError:
        fail(row, "signature_too_large", at=at)
        return None
    seen = signed_pdf.inspect(content, root_pem=row.authority.root_pem, at=at)
    if not (seen.is_intact and seen.is_trusted):
        fail(row, "signature_invalid", at=at)
        return None
    paper = row.facts["paper"]
    agreement = Agreement(
        line_id=row.facts["line_id"], contract_id=row.facts["contract_id"], text=paper["text"]
    )
    try:
        line = accept_offer(
            offer_id=row.offer_id, cost_sheet_sha256=paper["cost_sheet_sha256"],
            evidence=row.evidence, actor=row.actor, at=row.asked_at, agreement=agreement,
        )  # fmt: skip
    except DomainError as refusal:
        fail(row, refusal.code, at=at)
        return None
    document = keep_paper(
        DocumentKind.CONTRACT, agreement.contract_id, paper, content, merchant_id=row.merchant_id,
        drawdown_id=None, actor=row.actor, at=at,
    )  # fmt: skip
    link = audit.record(
        actor=row.actor, action="contract.sign", subject=agreement.contract_id, at=at,
        after={"signature": row.id, "paper_sha256": row.paper_sha256,
               "signed_sha256": document.sha256, "evidence_sha256": row.evidence_sha256},
    )  # fmt: skip
    row.contract_id, row.document, row.evidence_chain = agreement.contract_id, document, link.hash
    row.status, row.ended_at, row.next_look_at = SignatureStatus.SIGNED, at, None
    row.save()
    return line


def fail(row: ContractSignature, detail: str, *, at: datetime) -> None:
    """No signature: no line. The merchant may sign again."""
    row.status, row.detail = SignatureStatus.FAILED, detail[:100]
    row.ended_at, row.next_look_at = at, None
    row.save()
    events.record(
        "credit.signature.failed", subject=row.id, merchant_id=row.merchant_id, actor=row.actor,
        at=at, props={"offer": row.offer_id, "detail": row.detail},
    )  # fmt: skip


def _prepared(
    offer: Offer, authority: SigningAuthority, evidence: dict[str, Any], actor: str, at: datetime
) -> ContractSignature:
    agreement = agree(offer, line_id=ids.new_id("lin"), on=clock.day_of(at))
    facts = agreement_facts(offer, text=agreement.text, evidence=evidence, at=at)
    paper, content = set_paper(DocumentKind.CONTRACT, agreement.contract_id, facts, at=at)
    room = signed_pdf.prepare(content, reason=REASON, at=at)
    whole = {**evidence, "text_sha256": facts["text_sha256"], "signed_at": at.isoformat()}
    row: ContractSignature = ContractSignature.objects.create(
        offer=offer,
        merchant_id=offer.merchant_id,
        authority=authority,
        facts={
            "line_id": agreement.line_id, "contract_id": agreement.contract_id, "paper": paper,
        },
        paper_sha256=pdf.sha256(content),
        prepared=room.content,
        digest=room.digest.hex(),
        room_from=room.room_from,
        room_to=room.room_to,
        evidence=whole,
        evidence_sha256=canonical_sha256(whole),
        actor=actor,
        asked_at=at,
        next_look_at=at,
    )  # fmt: skip
    return row


def _proofs(offer: Offer, visit: EmbedSession | None, at: datetime) -> dict[str, Any]:
    """What stands behind a signature: who, what was read, what was agreed to, which phone."""
    merchant, read_at = offer.merchant, offer.read_started_at
    consents = sorted(current_consents(merchant.id).values(), key=lambda one: one.id)
    return {
        "identity_check": {
            "merchant": merchant.id,
            "registration_no": merchant.registration_no,
            "verified_at": merchant.verified_at.isoformat() if merchant.verified_at else None,
        },
        "decision": offer.application.decision_id,
        "cost_sheet": {
            "id": offer.cost_sheet_id,
            "sha256": offer.cost_sheet.sha256,
            "read_started_at": read_at.isoformat() if read_at else None,
            "read_seconds": int((at - read_at).total_seconds()) if read_at else 0,
        },
        "consents": [{"id": one.id, "code": one.code} for one in consents],
        "step_up": _confirmed(offer, visit, at),
    }


def _faced(offer: Offer, visit: EmbedSession | None, at: datetime) -> dict[str, Any]:
    """The face check behind a signature, or the person's look in its place, where one is asked."""
    if not face_check_needed(offer.limit_minor):
        return {}
    if visit is None:
        raise SignsOnPages
    check = good_face_check(offer.merchant_id, offer.id, at=at)
    if check is not None and check.ended_at is not None:
        passed = {"id": check.id, "evidence": check.evidence_id}
        return {"face_check": {**passed, "passed_at": check.ended_at.isoformat()}}
    person = confirming_person(offer.merchant_id)
    whom = "" if person is None else whom_index(person)
    seen = good_identity_review(offer.merchant_id, offer.id, whom, at=at)
    if seen is None or seen.ended_at is None:
        raise FaceCheckNeeded
    passed = {"id": seen.id, "way": seen.way, "by": seen.decided_by}
    return {"identity_review": {**passed, "passed_at": seen.ended_at.isoformat()}}


def _confirmed(offer: Offer, visit: EmbedSession | None, at: datetime) -> dict[str, Any]:
    if visit is None:
        return {"skipped": "partner_channel"}
    if confirming_person(offer.merchant_id) is None:
        return {"skipped": "no_phone"}
    used = use_step_up(session=visit, purpose=StepUpPurpose.SIGN, subject=offer.id, at=at)
    passed_at = used.passed_at.isoformat() if used.passed_at else None
    return {"id": used.id, "phone": used.phone_masked, "passed_at": passed_at}
