"""A merchant says a drawdown is wrong: collection rests until somebody has answered."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from credit.enums import DisputeReason, DisputeStatus
from credit.errors import (
    DisputeNotFound,
    DisputeOpen,
    DisputeResolved,
    DrawdownNotFound,
    NoteNeeded,
)
from credit.models import Dispute, Drawdown
from platform_app.kernel import clock, events

ANSWER_DAYS: Final = 15
SHORTEST: Final = 2


@transaction.atomic
def open_dispute(
    *, drawdown_id: str, reason: DisputeReason, words: str, actor: str, at: datetime
) -> Dispute:
    """Record the objection. From now on nobody is called, texted or reminded about the merchant's
    debt until it is resolved; an answer is due within fifteen days.

    Raises DrawdownNotFound, NoteNeeded, DisputeOpen.
    """
    drawdown = Drawdown.objects.filter(pk=drawdown_id, captured_minor__gt=0).first()
    if drawdown is None:
        raise DrawdownNotFound
    said = words.strip()
    if len(said) < SHORTEST:
        raise NoteNeeded(field="words", shortest=SHORTEST)
    dispute = Dispute(
        merchant_id=drawdown.merchant_id,
        drawdown=drawdown,
        reason=reason,
        words=said,
        answer_by_on=clock.day_of(at) + timedelta(days=ANSWER_DAYS),
        opened_by=actor,
        opened_at=at,
    )
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
    except IntegrityError as error:
        raise DisputeOpen from error
    _tell("opened", dispute, drawdown, actor, at)
    return dispute


@transaction.atomic
def uphold_dispute(*, dispute_id: str, answer: str, actor: str, at: datetime) -> Dispute:
    """The merchant is right; what has to be put right in the books is an act of its own.

    Raises DisputeNotFound, DisputeResolved, NoteNeeded.
    """
    return _resolve(dispute_id, DisputeStatus.UPHELD, answer, actor, at)


@transaction.atomic
def reject_dispute(*, dispute_id: str, answer: str, actor: str, at: datetime) -> Dispute:
    """The debt stands, and the answer says why. Raises as `uphold_dispute`."""
    return _resolve(dispute_id, DisputeStatus.REJECTED, answer, actor, at)


def _resolve(
    dispute_id: str, status: DisputeStatus, answer: str, actor: str, at: datetime
) -> Dispute:
    try:
        dispute = (
            Dispute.objects.select_for_update(of=("self",))
            .select_related("drawdown")
            .filter(pk=dispute_id)
            .first()
        )
    except ValueError:
        dispute = None
    if dispute is None:
        raise DisputeNotFound
    if dispute.status != DisputeStatus.OPEN:
        raise DisputeResolved
    said = answer.strip()
    if len(said) < SHORTEST:
        raise NoteNeeded(field="answer", shortest=SHORTEST)
    dispute.status, dispute.answer = status, said
    dispute.resolved_by, dispute.resolved_at = actor, at
    dispute.save(update_fields=["status", "answer", "resolved_by", "resolved_at"])
    _tell(status.value, dispute, dispute.drawdown, actor, at)
    return dispute


def _tell(what: str, dispute: Dispute, drawdown: Drawdown, actor: str, at: datetime) -> None:
    events.record(
        f"credit.dispute.{what}", subject=dispute.id, merchant_id=dispute.merchant_id,
        actor=actor, at=at,
        props={"drawdown": drawdown.id, "order_no": drawdown.order_no,
               "reason": str(dispute.reason)},
    )  # fmt: skip
