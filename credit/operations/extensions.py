"""A merchant asks for more time; a person decides; the booking moves the due date."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from credit.enums import DrawdownStatus, ExtensionStatus
from credit.errors import (
    DrawdownNotRepaying,
    ExtensionDaysInvalid,
    ExtensionDecided,
    ExtensionNotFound,
    ExtensionOpen,
    NoteNeeded,
)
from credit.models import Drawdown, ExtensionRequest, PlanRow
from credit.operations.servicing import Act, extend
from credit.queries.delinquency import collection_rules
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events

SHORTEST: Final = 2


@transaction.atomic
def ask_extension(
    *, drawdown_id: str, days: int, words: str, actor: str, at: datetime
) -> ExtensionRequest:
    """Ask for `days` more days for a drawdown that is being repaid; nothing moves yet.

    Raises DrawdownNotFound, DrawdownNotRepaying, ExtensionDaysInvalid, NoteNeeded, ExtensionOpen.
    """
    drawdown, _line = locked_drawdown(drawdown_id)
    if drawdown.status != DrawdownStatus.REPAYING:
        raise DrawdownNotRepaying
    longest = collection_rules().extension_days
    if not 1 <= days <= longest:
        raise ExtensionDaysInvalid(field="days", longest=longest)
    said = words.strip()
    if len(said) < SHORTEST:
        raise NoteNeeded(field="words", shortest=SHORTEST)
    request = ExtensionRequest(
        merchant_id=drawdown.merchant_id,
        drawdown=drawdown,
        days=days,
        words=said,
        asked_by=actor,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise ExtensionOpen from error
    _tell("asked", request, drawdown, actor, at)
    return request


@transaction.atomic
def approve_extension(
    *, request_id: str, answer: str, actor: str, at: datetime
) -> ExtensionRequest:
    """Grant the days and book them, both or neither.

    The oldest unpaid installment and all after it move. Raises ExtensionNotFound, ExtensionDecided,
    and what the booking refuses (`servicing.extend`).
    """
    request, drawdown = _undecided(request_id)
    act = Act(drawdown_id=drawdown.id, external_id=request.id, actor=actor, at=at)
    extend(act, row_seq=_first_open(drawdown), days=request.days)
    return _decide(request, drawdown, ExtensionStatus.APPROVED, answer.strip(), actor, at)


@transaction.atomic
def decline_extension(
    *, request_id: str, answer: str, actor: str, at: datetime
) -> ExtensionRequest:
    """Say no, and why. Raises ExtensionNotFound, ExtensionDecided, NoteNeeded."""
    request, drawdown = _undecided(request_id)
    said = answer.strip()
    if len(said) < SHORTEST:
        raise NoteNeeded(field="answer", shortest=SHORTEST)
    return _decide(request, drawdown, ExtensionStatus.DECLINED, said, actor, at)


def _first_open(drawdown: Drawdown) -> int:
    rows = PlanRow.objects.filter(drawdown=drawdown, paid_off_on=None, unpaid_minor__gt=0)
    first = rows.order_by("seq").values_list("seq", flat=True).first()
    if first is None:
        raise DrawdownNotRepaying
    return int(first)


def _undecided(request_id: str) -> tuple[ExtensionRequest, Drawdown]:
    """The request and its drawdown, the line and the drawdown locked first."""
    try:
        known = ExtensionRequest.objects.filter(pk=request_id).first()
    except ValueError:
        known = None
    if known is None:
        raise ExtensionNotFound
    drawdown, _line = locked_drawdown(known.drawdown_id)
    request = ExtensionRequest.objects.select_for_update().get(pk=known.pk)
    if request.status != ExtensionStatus.ASKED:
        raise ExtensionDecided
    return request, drawdown


def _decide(
    request: ExtensionRequest, drawdown: Drawdown, status: ExtensionStatus, answer: str,
    actor: str, at: datetime,
) -> ExtensionRequest:  # fmt: skip
    request.status, request.answer = status, answer
    request.decided_by, request.decided_at = actor, at
    request.save(update_fields=["status", "answer", "decided_by", "decided_at"])
    _tell(status.value, request, drawdown, actor, at)
    return request


def _tell(
    what: str, request: ExtensionRequest, drawdown: Drawdown, actor: str, at: datetime
) -> None:
    events.record(
        f"credit.extension.{what}", subject=request.id, merchant_id=request.merchant_id,
        actor=actor, at=at,
        props={"drawdown": drawdown.id, "order_no": drawdown.order_no, "days": request.days},
    )  # fmt: skip
