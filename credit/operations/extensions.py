"""A merchant asks for more time; a person decides; the booking moves the due date."""

from datetime import datetime
from typing import Final, Protocol

from django.db import IntegrityError, transaction

from credit.enums import DrawdownStatus, ExtensionStatus
from credit.errors import (
    DrawdownNotRepaying,
    ExtensionDaysInvalid,
    ExtensionDecided,
    ExtensionNotFound,
    ExtensionOpen,
    ExtensionUnavailable,
    NoteNeeded,
)
from credit.models import Drawdown, ExtensionRequest
from credit.queries.delinquency import collection_rules
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events

SHORTEST: Final = 2


class BookExtension(Protocol):
    """Moves what is due of a drawdown by `days`, in the caller's transaction, once per `key`."""

    def __call__(
        self, *, drawdown_id: str, days: int, key: str, actor: str, at: datetime
    ) -> object: ...


_booking: list[BookExtension] = []


def book_with(book: BookExtension | None) -> None:
    """Name the operation that books an approved extension (in `ready`); None: none can be."""
    _booking[:] = [] if book is None else [book]


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

    Raises ExtensionNotFound, ExtensionDecided, ExtensionUnavailable while no booking is named (see
    `book_with`), and what the booking refuses.
    """
    request, drawdown = _undecided(request_id)
    if not _booking:
        raise ExtensionUnavailable
    book = _booking[0]
    book(drawdown_id=drawdown.id, days=request.days, key=request.id, actor=actor, at=at)
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
