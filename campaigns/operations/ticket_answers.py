"""Our side of the service desk: taking a ticket, answering, promising another time, closing."""

from datetime import datetime

from django.db import transaction

from campaigns.domain import sla
from campaigns.enums import TicketSide, TicketStatus
from campaigns.errors import AnswerOwed, PromiseOutOfReach, TicketClosed, TicketNotWaiting
from campaigns.models import Ticket, TicketMessage
from campaigns.operations.tickets import (
    checked_key,
    checked_words,
    end,
    keep,
    locked_ticket,
    tell,
    write,
)
from credit.queries.calendar import workday_test


@transaction.atomic
def assign_ticket(*, ticket_id: str, assignee: str, actor: str, at: datetime) -> Ticket:
    """Make it `assignee`'s to answer, also when it was somebody else's.

    Raises TicketNotFound, TicketClosed.
    """
    ticket = _running(ticket_id)
    if ticket.assignee != assignee:
        ticket.assignee = assignee
        keep(ticket, "assignee")
        tell(ticket, "assigned", actor=actor, at=at, assignee=assignee)
    return ticket


@transaction.atomic
def answer_ticket(*, ticket_id: str, words: str, key: str, actor: str, at: datetime) -> Ticket:
    """Answer; the merchant is told. Whether the promise was kept is written beside the answer.

    The same `key` again changes nothing. Raises TicketNotFound, TicketClosed, TicketWordsNeeded,
    Invalid (key).
    """
    text = checked_words(words)
    ticket = _running(ticket_id)
    if TicketMessage.objects.filter(ticket=ticket, key=checked_key(key)).exists():
        return ticket
    said = write(ticket, TicketSide.DESK, text, key, actor=actor, at=at, promised_at=ticket.due_at)
    ticket.status, ticket.due_at = TicketStatus.ANSWERED, None
    ticket.late_answer_count += said.is_late
    ticket.assignee = ticket.assignee or actor
    keep(ticket, "status", "due_at", "late_answer_count", "assignee")
    tell(ticket, "answered", actor=actor, at=at, is_late=said.is_late)
    return ticket


@transaction.atomic
def promise_answer(
    *, ticket_id: str, by_at: datetime, words: str, key: str, actor: str, at: datetime
) -> Ticket:
    """It takes longer: say why and promise a later moment, within five working days.

    The merchant is told at once; a promise that was over before counts as broken. Raises
    TicketNotFound, TicketClosed, TicketNotWaiting, PromiseOutOfReach, TicketWordsNeeded, Invalid
    (key).
    """
    text = checked_words(words)
    ticket = _running(ticket_id)
    if TicketMessage.objects.filter(ticket=ticket, key=checked_key(key)).exists():
        return ticket
    if ticket.due_at is None:
        raise TicketNotWaiting
    if not max(at, ticket.due_at) < by_at <= sla.latest_promise(at, workday_test()):
        raise PromiseOutOfReach(field="by_at", days=sla.PROMISE_DAYS)
    said = write(ticket, TicketSide.DESK, text, key, actor=actor, at=at, promised_at=ticket.due_at)
    ticket.due_at, ticket.assignee = by_at, ticket.assignee or actor
    ticket.late_answer_count += said.is_late
    keep(ticket, "due_at", "assignee", "late_answer_count")
    tell(ticket, "promised", actor=actor, at=at, by_at=by_at.isoformat())
    return ticket


@transaction.atomic
def resolve_ticket(*, ticket_id: str, actor: str, at: datetime) -> Ticket:
    """Close an answered ticket; the merchant may reopen and judge it. Closing twice is once.

    Raises TicketNotFound, AnswerOwed.
    """
    ticket = locked_ticket(ticket_id)
    if ticket.status == TicketStatus.OPEN:
        raise AnswerOwed
    if ticket.status == TicketStatus.ANSWERED:
        end(ticket, actor=actor, at=at)
    return ticket


def _running(ticket_id: str) -> Ticket:
    ticket = locked_ticket(ticket_id)
    if ticket.status == TicketStatus.CLOSED:
        raise TicketClosed
    return ticket
