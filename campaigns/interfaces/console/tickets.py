"""客服台: questions by the moment that was promised, and answering them."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from campaigns.enums import TicketStatus
from campaigns.interfaces.console import forms as made
from campaigns.interfaces.console.rights import READERS, WORKERS
from campaigns.models import Ticket
from campaigns.operations import ticket_answers as operations
from campaigns.queries import tickets as queries
from campaigns.queries.knowledge import answers_to
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.queries.members import member_names

MOST: Final = 100
PAST: Final = 5


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits for us, the nearest promise first."""
    filters, at = made.TicketFilter(request.GET), clock.now()
    status = filters.value("status") or TicketStatus.OPEN.value
    rows = queries.queue(
        status="" if status == "all" else status,
        kind=filters.value("kind"),
        assignee=request.member.id if filters.value("whose") == made.MINE else "",
    )
    found = list(rows[: MOST + 1])
    names = member_names([row.assignee for row in found])
    context = {
        "filters": filters,
        "status": status,
        "rows": [
            (row, names.get(row.ticket.assignee, "")) for row in queries.stood(found[:MOST], at=at)
        ],
        "is_more": len(found) > MOST,
        "late_count": queries.late_count(at=at),
    }
    return render(request, "console/campaigns/tickets.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, ticket_id: str) -> HttpResponse:
    """The conversation on the left, what the question is about and the acts on the right."""
    return ticket_page(request, found_ticket(ticket_id), {})


@require_POST
@console_view(*READERS)
def act(request: ConsoleRequest, ticket_id: str, verb: str) -> HttpResponse:
    """Take it, answer, promise another time, close."""
    if verb not in _ACTS:
        raise Http404
    if request.member.role not in WORKERS:
        raise PermissionDenied
    found = found_ticket(ticket_id)
    does, kind, said = _ACTS[verb]
    told: dict[str, Any] = {}
    form: forms.Form | None = None
    if kind is not None:
        form = kind(request.POST, auto_id=f"{verb}_%s")
        if not form.is_valid():
            return ticket_page(request, found, {verb: form})
        told = form.told() if isinstance(form, made.PromiseForm) else form.cleaned_data
    elif verb == "assign":
        told = {"assignee": request.member.id}
    try:
        does(ticket_id=found.id, actor=request.member.id, at=clock.now(), **told)
    except DomainError as refusal:
        if form is None:
            messages.error(request, say(refusal))
            return redirect("console:ticket-detail", found.id)
        field = {"by_at": "on"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, say(refusal))
        return ticket_page(request, found, {verb: form})
    messages.success(request, _(said))
    return redirect("console:ticket-detail", found.id)


_ACTS: Final[dict[str, tuple[Callable[..., Ticket], type[forms.Form] | None, str]]] = {
    "assign": (operations.assign_ticket, None, gettext_noop("It is yours now.")),
    "answer": (
        operations.answer_ticket,
        made.AnswerForm,
        gettext_noop("Answered. The merchant is told."),
    ),
    "promise": (
        operations.promise_answer,
        made.PromiseForm,
        gettext_noop("Promised. The merchant is told."),
    ),
    "resolve": (operations.resolve_ticket, None, gettext_noop("Closed.")),
}


def found_ticket(ticket_id: str) -> Ticket:
    """One ticket, or the 404 page: also for what belongs to somebody else."""
    try:
        return queries.ticket(ticket_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def ticket_page(
    request: ConsoleRequest, found: Ticket, wrong: dict[str, forms.Form]
) -> HttpResponse:
    """The page of a ticket; `wrong` are forms that were refused, by their verb."""
    said = list(queries.conversation(found.id))
    names = member_names([found.assignee, *(one.actor for one in said)])
    at = clock.now()
    (row,) = queries.stood([found], at=at)
    past = queries.merchant_tickets(found.merchant_id, at=at, most=PAST + 1)
    chosen = request.GET.get("article", "")
    articles = answers_to(request.tenant, found.kind)
    text = next((one.text for one in articles if one.code == chosen), "")
    key = ids.new_uuid_text()
    context = {
        "ticket": found,
        "row": row,
        "past": [one for one in past if one.ticket != found][:PAST],
        "said": [(one, names.get(one.actor, "")) for one in said],
        "assignee": names.get(found.assignee, ""),
        "is_mine": found.assignee == request.member.id,
        "articles": articles,
        "chosen": chosen,
        "may_work": request.member.role in WORKERS,
        "is_staff": request.member.role == Role.STAFF,
        "forms": {
            "answer": made.AnswerForm(initial={"key": key, "words": text}, auto_id="answer_%s"),
            "promise": made.PromiseForm(initial={"key": key}, auto_id="promise_%s"),
            **wrong,
        },
    }
    status = 422 if wrong else 200
    return render(request, "console/campaigns/ticket.html", context, status=status)
