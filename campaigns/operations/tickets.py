"""The merchant's side of the service desk: asking, adding, closing, reopening, judging.

Every question is promised an answer in working time. A form sent twice is one ticket, one message.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from campaigns.domain import sla
from campaigns.enums import TicketKind, TicketSide, TicketStatus
from campaigns.errors import (
    ReopeningOver,
    TicketClosed,
    TicketKeyUsed,
    TicketNotClosed,
    TicketNotFound,
    TicketsTooMany,
    TicketWordsNeeded,
)
from campaigns.models import Ticket, TicketMessage
from credit.models import Application, Drawdown
from credit.queries.calendar import workday_test
from platform_app.kernel import events
from platform_app.kernel.errors import Invalid
from tenants.models import Attachment
from tenants.operations.merchants import lock_merchant

SHORTEST: Final = 2
LONGEST: Final = 2000
SUBJECT: Final = 60
MOST_OPEN: Final = 10
LONGEST_KEY: Final = 64
SCORES: Final = range(1, 6)


@transaction.atomic
def open_ticket(
    *,
    merchant_id: str,
    kind: str,
    words: str,
    about: str,
    key: str,
    actor: str,
    at: datetime,
) -> Ticket:
    """Ask a question; `about` is an own drawdown or application, or empty. Answered by `due_at`.

    The same `key` again is the first ticket. Raises NotFound, Invalid (kind, about, key),
    TicketWordsNeeded, TicketKeyUsed, TicketsTooMany.
    """
    if kind not in TicketKind.values:
        raise Invalid(field="kind")
    text = checked_words(words)
    lock_merchant(merchant_id)
    before = Ticket.objects.filter(merchant_id=merchant_id, key=checked_key(key)).first()
    if before is not None:
        said = TicketMessage.objects.get(ticket=before, key=key).words
        if (before.kind, said) != (kind, text):
            raise TicketKeyUsed(field="key")
        return before
    waiting = Ticket.objects.filter(merchant_id=merchant_id, status=TicketStatus.OPEN)
    if waiting.count() >= MOST_OPEN:
        raise TicketsTooMany(most=MOST_OPEN)
    ticket = Ticket.objects.create(
        merchant_id=merchant_id, kind=kind, subject=text[:SUBJECT], key=key, opened_at=at,
        due_at=sla.answer_by(kind, at, workday_test()), **_about(merchant_id, about),
    )  # fmt: skip
    write(ticket, TicketSide.MERCHANT, text, key, actor=actor, at=at)
    tell(ticket, "opened", actor=actor, at=at, kind=kind)
    return ticket


@transaction.atomic
def add_to_ticket(
    *, ticket_id: str, merchant_id: str, words: str, key: str, actor: str, at: datetime
) -> Ticket:
    """Say more. After an answer it is our turn again, by a new promise; before, the old one holds.

    Raises TicketNotFound, TicketClosed, TicketWordsNeeded, Invalid (key).
    """
    return _add(ticket_id, merchant_id, checked_words(words), key, None, actor=actor, at=at)


@transaction.atomic
def add_file_to_ticket(
    *, ticket_id: str, merchant_id: str, attachment_id: str, actor: str, at: datetime
) -> Ticket:
    """Lay one of the merchant's own files beside the question, once.

    Raises TicketNotFound, TicketClosed, Invalid.
    """
    if not Attachment.objects.filter(pk=attachment_id, merchant_id=merchant_id).exists():
        raise Invalid(field="file")
    return _add(ticket_id, merchant_id, "", attachment_id, attachment_id, actor=actor, at=at)


@transaction.atomic
def close_ticket(*, ticket_id: str, merchant_id: str, actor: str, at: datetime) -> Ticket:
    """The merchant has what he needs. Closing twice changes nothing. Raises TicketNotFound."""
    ticket = own_ticket(ticket_id, merchant_id)
    if ticket.status != TicketStatus.CLOSED:
        end(ticket, actor=actor, at=at)
    return ticket


@transaction.atomic
def reopen_ticket(
    *, ticket_id: str, merchant_id: str, words: str, key: str, actor: str, at: datetime
) -> Ticket:
    """It is not settled after all: within seven days of closing, with a new promise.

    The same `key` again changes nothing. Raises TicketNotFound, TicketNotClosed, ReopeningOver,
    TicketWordsNeeded, Invalid (key).
    """
    ticket = own_ticket(ticket_id, merchant_id)
    text = checked_words(words)
    if _is_said(ticket, checked_key(key)):
        return ticket
    if ticket.status != TicketStatus.CLOSED or ticket.closed_at is None:
        raise TicketNotClosed
    if at >= ticket.closed_at + timedelta(days=sla.REOPEN_DAYS):
        raise ReopeningOver(days=sla.REOPEN_DAYS)
    ticket.status, ticket.closed_at, ticket.closed_by = TicketStatus.OPEN, None, ""
    ticket.due_at, ticket.score = sla.answer_by(ticket.kind, at, workday_test()), None
    keep(ticket, "status", "closed_at", "closed_by", "due_at", "score")
    write(ticket, TicketSide.MERCHANT, text, key, actor=actor, at=at)
    tell(ticket, "reopened", actor=actor, at=at)
    return ticket


@transaction.atomic
def score_ticket(
    *, ticket_id: str, merchant_id: str, score: int, actor: str, at: datetime
) -> Ticket:
    """How content the merchant is with a closed ticket, 1 to 5; the last tap counts.

    Raises TicketNotFound, TicketNotClosed, Invalid (score).
    """
    if score not in SCORES:
        raise Invalid(field="score")
    ticket = own_ticket(ticket_id, merchant_id)
    if ticket.status != TicketStatus.CLOSED:
        raise TicketNotClosed
    if ticket.score != score:
        ticket.score = score
        keep(ticket, "score")
        tell(ticket, "scored", actor=actor, at=at, score=score)
    return ticket


def own_ticket(ticket_id: str, merchant_id: str) -> Ticket:
    """A merchant's ticket, locked. Raises TicketNotFound, also for somebody else's."""
    ticket = locked_ticket(ticket_id)
    if ticket.merchant_id != merchant_id:
        raise TicketNotFound
    return ticket


def locked_ticket(ticket_id: str) -> Ticket:
    """The ticket, locked to the end of the transaction. Raises TicketNotFound."""
    try:
        ticket: Ticket | None = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
    except ValueError:
        ticket = None
    if ticket is None:
        raise TicketNotFound
    return ticket


def checked_words(text: str) -> str:
    """What somebody wrote, of a sensible length. Raises TicketWordsNeeded."""
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise TicketWordsNeeded(field="words", shortest=SHORTEST, longest=LONGEST)
    return words


def checked_key(key: str) -> str:
    """The key of a form. Raises Invalid."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(field="key")
    return key


def end(ticket: Ticket, *, actor: str, at: datetime) -> None:
    """Close a locked ticket; no answer is owed any more."""
    ticket.status, ticket.due_at = TicketStatus.CLOSED, None
    ticket.closed_at, ticket.closed_by = at, actor
    keep(ticket, "status", "due_at", "closed_at", "closed_by")
    tell(ticket, "closed", actor=actor, at=at)


def write(
    ticket: Ticket, side: TicketSide, words: str, key: str, *, actor: str, at: datetime,
    **more: Any,
) -> TicketMessage:  # fmt: skip
    return TicketMessage.objects.create(
        ticket=ticket, side=side, words=words, key=key, actor=actor, at=at, **more
    )


def keep(ticket: Ticket, *fields: str) -> None:
    """Store what changed of a locked ticket."""
    ticket.version += 1
    ticket.save(update_fields=[*fields, "version"])


def tell(ticket: Ticket, what: str, *, actor: str, at: datetime, **props: Any) -> None:
    events.record(
        f"campaigns.ticket.{what}", subject=ticket.id, merchant_id=ticket.merchant_id,
        actor=actor, at=at, props={"version": ticket.version, **props},
    )  # fmt: skip


def _add(
    ticket_id: str, merchant_id: str, words: str, key: str, attachment_id: str | None, *,
    actor: str, at: datetime,
) -> Ticket:  # fmt: skip
    ticket = own_ticket(ticket_id, merchant_id)
    if _is_said(ticket, checked_key(key)):
        return ticket
    if ticket.status == TicketStatus.CLOSED:
        raise TicketClosed
    if ticket.status == TicketStatus.ANSWERED:
        ticket.status = TicketStatus.OPEN
        ticket.due_at = sla.answer_by(ticket.kind, at, workday_test())
        keep(ticket, "status", "due_at")
    write(ticket, TicketSide.MERCHANT, words, key, actor=actor, at=at, attachment_id=attachment_id)
    tell(ticket, "added_to", actor=actor, at=at)
    return ticket


def _is_said(ticket: Ticket, key: str) -> bool:
    return bool(TicketMessage.objects.filter(ticket=ticket, key=key).exists())


def _about(merchant_id: str, about: str) -> dict[str, Any]:
    """The merchant's own thing that the question is about. Raises Invalid."""
    if not about:
        return {}
    for name, model in (("drawdown", Drawdown), ("application", Application)):
        try:
            found = model.objects.filter(pk=about, merchant_id=merchant_id).first()
        except ValueError:
            continue
        if found is not None:
            return {name: found}
    raise Invalid(field="about")
