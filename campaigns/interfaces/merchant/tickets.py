"""帮助: answers to read, questions to ask, and the conversation about them."""

from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.enums import TicketStatus
from campaigns.interfaces.merchant.who import actor_of
from campaigns.models import Ticket
from campaigns.operations import tickets as operations
from campaigns.queries import tickets as queries
from campaigns.queries.follow_ups import booked_call_back, is_call_owed
from campaigns.queries.knowledge import find_answers
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import AttachmentKind
from tenants.errors import BadAttachment
from tenants.operations.attachments import MOST_BYTES, add_attachment
from tenants.queries.tenants import current_tenant

REFUSED: Final = 422
MOST_SEARCH: Final = 60


@page
@open_to()
@require_safe
def home(request: MerchantRequest) -> HttpResponseBase:
    """What others ask, what I asked, and when somebody calls me."""
    tenant, merchant_id, at = current_tenant(), request.embed.merchant_id, clock.now()
    call_back = booked_call_back(merchant_id)
    context = {
        "tenant": tenant,
        "answers": find_answers(tenant, ""),
        "rows": queries.merchant_tickets(merchant_id, at=at),
        "call_back": call_back,
        "is_call_owed": is_call_owed(call_back, at=at),
        "search": "",
    }
    return render(request, "merchant/campaigns/help.html", context)


@page
@open_to()
@require_POST
def answers(request: MerchantRequest) -> HttpResponseBase:
    """The articles that fit what is typed so far: a part of the page."""
    tenant, search = current_tenant(), request.POST.get("search", "")[:MOST_SEARCH]
    context = {"answers": find_answers(tenant, search), "search": search.strip()}
    return render(request, "merchant/campaigns/_answers.html", context)


@page
@open_to()
@require_http_methods(["GET", "POST"])
def ask(request: MerchantRequest) -> HttpResponseBase:
    """One question: what it is about, in the merchant's words; by when it is answered."""
    merchant_id, at = request.embed.merchant_id, clock.now()
    typed = {name: request.POST.get(name, "") for name in ("kind", "about", "words", "key")}
    refusal = None
    if request.method == "POST":
        try:
            made = operations.open_ticket(
                merchant_id=merchant_id, actor=actor_of(request), at=at, **typed
            )
        except DomainError as refused:
            refusal = refused
        else:
            return go("ticket-show", made.id)
    context = {
        "tenant": current_tenant(),
        "promises": queries.promises(at=at),
        "things": queries.things_to_ask_about(merchant_id),
        "typed": typed,
        "key": typed["key"] or ids.new_uuid_text(),
        **_refused(refusal),
    }
    status = REFUSED if refusal else 200
    return render(request, "merchant/campaigns/ask.html", context, status=status)


@page
@open_to()
@require_safe
def show(request: MerchantRequest, ticket_id: str) -> HttpResponseBase:
    """The conversation, and what can be done next."""
    return _thread(request, ticket_id, None)


@page
@open_to()
@require_POST
def add(request: MerchantRequest, ticket_id: str) -> HttpResponseBase:
    """Say more while it runs, or reopen what was closed."""
    merchant_id = request.embed.merchant_id
    found = queries.ticket(ticket_id, merchant_id)
    does = operations.add_to_ticket
    if found.status == TicketStatus.CLOSED:
        does = operations.reopen_ticket
    try:
        does(
            ticket_id=found.id, words=request.POST.get("words", ""),
            key=request.POST.get("key", ""), **_by(request),
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as refusal:
        return _thread(request, ticket_id, refusal)
    return go("ticket-show", found.id)


@page
@open_to()
@require_POST
def photo(request: MerchantRequest, ticket_id: str) -> HttpResponseBase:
    """A photo or PDF beside the words; sent again under the same key it is the same file."""
    sent, by = request.FILES.get("file"), _by(request)
    if sent is None:
        raise BadAttachment(field="file")
    found = queries.ticket(ticket_id, request.embed.merchant_id)
    kept = add_attachment(
        kind=AttachmentKind.OTHER, upload_key=request.POST.get("upload_key", ""),
        file_name=sent.name or "", content=sent.read(MOST_BYTES + 1), **by,
    )  # fmt: skip
    operations.add_file_to_ticket(ticket_id=found.id, attachment_id=kept.id, **by)
    return go("ticket-show", found.id)


@page
@open_to()
@require_POST
def close(request: MerchantRequest, ticket_id: str) -> HttpResponseBase:
    """Settled: the next page asks how it was."""
    closed = operations.close_ticket(ticket_id=ticket_id, **_by(request))
    return go("ticket-show", closed.id)


@page
@open_to()
@require_POST
def score(request: MerchantRequest, ticket_id: str) -> HttpResponseBase:
    """One tap."""
    tapped = request.POST.get("score", "")
    number = int(tapped) if tapped in {str(one) for one in operations.SCORES} else 0
    judged = operations.score_ticket(ticket_id=ticket_id, score=number, **_by(request))
    return go("ticket-show", judged.id)


def _by(request: MerchantRequest) -> dict[str, Any]:
    return {
        "merchant_id": request.embed.merchant_id,
        "actor": actor_of(request),
        "at": clock.now(),
    }


def _thread(request: MerchantRequest, ticket_id: str, refusal: DomainError | None) -> HttpResponse:
    at = clock.now()
    found: Ticket = queries.ticket(ticket_id, request.embed.merchant_id)
    (row,) = queries.stood([found], at=at)
    context = {
        "tenant": current_tenant(),
        "ticket": found,
        "row": row,
        "said": queries.conversation(found.id),
        "may_reopen": queries.may_reopen(found, at=at),
        "scores": operations.SCORES,
        "typed": request.POST.get("words", "") if refusal else "",
        "key": ids.new_uuid_text(),
        **_refused(refusal),
    }
    status = REFUSED if refusal else 200
    return render(request, "merchant/campaigns/ticket.html", context, status=status)


def _refused(refusal: DomainError | None) -> dict[str, str]:
    return {
        "error": say(refusal) if refusal else "",
        "wrong": (refusal.field or "") if refusal else "",
    }
