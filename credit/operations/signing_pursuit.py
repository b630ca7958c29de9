"""Talking to an e-sign bureau outside any transaction, and storing what was heard.

As with money (`credit.operations.funding_pursuit`): the row says what is about to be done before it
is done; silence is *unknown* and is asked about; only a bureau that says it never received the key,
long enough after it was sent, is sent the same key again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from credit.enums import SignatureStatus, SigningOutcome
from credit.gateways.signing import ContractSigner, SigningAnswer, SigningOrder
from credit.models import ContractSignature, SigningAuthority
from credit.operations.offers import locked_offer
from credit.operations.signing import conclude, fail, order_of
from credit.operations.signing_authorities import signer_of
from credit.queries.signing import OPEN
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound

# After each look without an outcome, when to look again; the last one repeats.
LADDER: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
SEND_AGAIN_AFTER: Final = timedelta(minutes=10)

Signers = Callable[[SigningAuthority], ContractSigner]


@dataclass(frozen=True, slots=True)
class _Errand:
    """What to do outside the transaction, and with whom."""

    is_request: bool
    order: SigningOrder
    signer: ContractSigner


def pursue_signature(
    *, signature_id: str, signers: Signers = signer_of, now: Callable[[], datetime] = clock.now
) -> SignatureStatus:
    """Do the next thing a signature needs: ask for it, or ask what became of it; once.

    One whose time has not come, or that has an outcome, is left alone. Must run outside a
    transaction. Raises NotFound.
    """
    errand = _set_out(signature_id, signers, now())
    if errand is None:
        return SignatureStatus(ContractSignature.objects.get(pk=signature_id).status)
    if errand.is_request:
        answer = errand.signer.sign(errand.order)
    else:
        answer = errand.signer.ask(errand.order.key)
    return store_signature(
        signature_id=signature_id, is_request=errand.is_request, answer=answer, at=now()
    )


@transaction.atomic(durable=True)
def _set_out(signature_id: str, signers: Signers, at: datetime) -> _Errand | None:
    row = _locked(signature_id)
    if row.status not in OPEN or row.next_look_at is None or row.next_look_at > at:
        return None
    is_request = row.status == SignatureStatus.PREPARED
    if is_request:
        row.status, row.requested_at = SignatureStatus.REQUESTED, at
    row.attempt_count += 1
    row.next_look_at = at + _wait(row)
    row.save(update_fields=["status", "requested_at", "attempt_count", "next_look_at"])
    return _Errand(is_request, order_of(row), signers(row.authority))


@transaction.atomic(durable=True)
def store_signature(
    *, signature_id: str, is_request: bool, answer: SigningAnswer, at: datetime
) -> SignatureStatus:
    """Write down what the bureau said and what follows. Said twice, it counts once.

    Raises NotFound.
    """
    row = _locked(signature_id)
    if row.status not in OPEN:
        return SignatureStatus(row.status)
    if answer.outcome == SigningOutcome.SIGNED:
        conclude(row, answer.cms, at=at)
    elif answer.outcome == SigningOutcome.FAILED:
        fail(row, answer.detail or "refused", at=at)
    else:
        _look_again(row, answer, is_request=is_request, at=at)
    return SignatureStatus(row.status)


def _look_again(
    row: ContractSignature, answer: SigningAnswer, *, is_request: bool, at: datetime
) -> None:
    is_lost = answer.outcome == SigningOutcome.NOT_FOUND and not is_request
    row.detail = answer.detail[:100]
    if is_lost and at - (row.requested_at or at) >= SEND_AGAIN_AFTER:
        row.status, row.next_look_at = SignatureStatus.PREPARED, at
    else:
        is_pending = answer.outcome == SigningOutcome.PENDING
        row.status = SignatureStatus.REQUESTED if is_pending else SignatureStatus.UNKNOWN
        row.next_look_at = at + _wait(row)
    row.save(update_fields=["status", "next_look_at", "detail"])


def _wait(row: ContractSignature) -> timedelta:
    return LADDER[min(max(row.attempt_count, 1), len(LADDER)) - 1]


def _locked(signature_id: str) -> ContractSignature:
    """The row with its offer held, the offer first, as signing holds them. Raises NotFound."""
    try:
        offer_id = (
            ContractSignature.objects.filter(pk=signature_id)
            .values_list("offer_id", flat=True)
            .first()
        )
    except ValueError:
        offer_id = None
    if offer_id is None:
        raise NotFound(noun="signature")
    locked_offer(offer_id)
    row: ContractSignature = (
        ContractSignature.objects.select_for_update(of=("self",))
        .select_related("authority")
        .get(pk=signature_id)
    )
    return row
