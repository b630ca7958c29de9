"""Questions about tickets: a merchant's own, and the queue of the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import F, QuerySet

from campaigns.domain import sla
from campaigns.enums import TicketKind, TicketStatus
from campaigns.errors import TicketNotFound
from campaigns.models import Ticket, TicketMessage
from credit.models import Application, Drawdown
from credit.queries.calendar import workday_test
from platform_app.kernel import clock
from platform_app.kernel.errors import gettext_noop

_ANSWER: Final = gettext_noop("The service desk answers by the promised moment.")
_READ: Final = gettext_noop("Read the answer on the help page, close the question or add to it.")


class NextAction(NamedTuple):
    """Who has to do what next."""

    actor: str
    code: str
    message: str
    deadline: str | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket with how its promise stands; `urgency` is empty when no answer is owed."""

    ticket: Ticket
    urgency: str


def merchant_tickets(merchant_id: str, *, at: datetime, most: int = 20) -> list[TicketRow]:
    """The newest tickets of a merchant."""
    rows = Ticket.objects.filter(merchant_id=merchant_id).order_by("-opened_at", "-id")[:most]
    return stood(rows, at=at)


def ticket(ticket_id: str, merchant_id: str = "") -> Ticket:
    """One ticket, of one merchant if named. Raises TicketNotFound."""
    rows = Ticket.objects.select_related("merchant", "drawdown", "application")
    if merchant_id:
        rows = rows.filter(merchant_id=merchant_id)
    try:
        found: Ticket | None = rows.filter(pk=ticket_id).first()
    except ValueError:
        found = None
    if found is None:
        raise TicketNotFound
    return found


def conversation(ticket_id: str) -> QuerySet[TicketMessage]:
    """What was said, in its order, with the files."""
    rows: QuerySet[TicketMessage] = (
        TicketMessage.objects.filter(ticket_id=ticket_id)
        .select_related("attachment")
        .defer("attachment__sealed")
        .order_by("at", "id")
    )
    return rows


def queue(*, status: str, kind: str, assignee: str) -> QuerySet[Ticket]:
    """The desk's tickets: what waits for us by its promised moment, all others newest first.

    `status` is one of TicketStatus or empty for every one.
    """
    rows: QuerySet[Ticket] = Ticket.objects.select_related("merchant")
    for name, value in (("status", status), ("kind", kind), ("assignee", assignee)):
        rows = rows.filter(**{name: value}) if value else rows
    return rows.order_by(F("due_at").asc(nulls_last=True), "-opened_at", "-id")


def stood(rows: QuerySet[Ticket] | list[Ticket], *, at: datetime) -> list[TicketRow]:
    """Rows with how each promise stands at a moment."""
    is_workday = workday_test()
    return [
        TicketRow(row, sla.urgency(row.due_at, at, is_workday) if row.due_at else "")
        for row in rows
    ]


def late_count(*, at: datetime) -> int:
    """How many answers are overdue."""
    return int(Ticket.objects.filter(status=TicketStatus.OPEN, due_at__lte=at).count())


def may_reopen(row: Ticket, *, at: datetime) -> bool:
    """Whether a closed ticket can still be reopened."""
    if row.closed_at is None:
        return False
    return at < row.closed_at + timedelta(days=sla.REOPEN_DAYS)


def ticket_next_action(row: Ticket) -> NextAction | None:
    """Whose turn it is; a closed ticket is nobody's."""
    if row.due_at is not None:
        deadline = row.due_at.astimezone(clock.SHANGHAI).isoformat()
        return NextAction("us", "answer_ticket", _ANSWER, deadline)
    if row.status == TicketStatus.ANSWERED:
        return NextAction("merchant", "read_answer", _READ)
    return None


def promises(*, at: datetime) -> list[tuple[str, str, datetime]]:
    """By when each kind of question, asked now, is answered: value, label, moment."""
    is_workday = workday_test()
    return [
        (kind.value, str(kind.label), sla.answer_by(kind, at, is_workday)) for kind in TicketKind
    ]


def things_to_ask_about(merchant_id: str, most: int = 10) -> list[tuple[str, str, datetime]]:
    """The merchant's latest orders and applications: id, order number (or nothing), when."""
    drawdowns = Drawdown.objects.filter(merchant_id=merchant_id).order_by("-id")[:most]
    applied = Application.objects.filter(merchant_id=merchant_id, submitted_at__isnull=False)
    found = [(one.id, one.order_no, one.authorized_at) for one in drawdowns]
    newest = applied.order_by("-id")[:2]
    found.extend((one.id, "", one.submitted_at or one.created_at) for one in newest)
    return found
