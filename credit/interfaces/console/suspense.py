"""Suspense for the finance desk: whose money is it?"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from credit.interfaces.console.money_forms import MerchantSearch, ReasonForm, SuspenseFilter
from credit.models import SuspenseItem
from credit.operations import suspense as operations
from credit.queries import portfolio, suspense
from credit.queries.claims import list_debtors
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.money import format_yuan
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits, newest first, with its age."""
    filters = SuspenseFilter(request.GET)
    on = portfolio.business_today()
    found = page(request, suspense.list_items(status=filters.value("status")))
    context = {
        "filters": filters,
        "page": found,
        "rows": [(row, (on - row.received_on).days) for row in found.rows],
        "waiting_minor": suspense.waiting_minor(),
    }
    return render(request, "console/credit/suspense.html", context)


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def detail(request: ConsoleRequest, item_id: str) -> HttpResponse:
    """One item: who paid, whose it may be, and sending it back."""
    try:
        item = suspense.suspense_item(item_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, item))
        except DomainError as refusal:
            form.add_error(None, say(refusal))
        else:
            return redirect("console:suspense-detail", item.id)
    search = MerchantSearch(request.GET)
    words = search.value("search") or item.payer
    context = {
        "item": item,
        "form": form,
        "search": search,
        "words": words,
        "debtors": list_debtors(words, item.funding_source_id) if item.status == "open" else [],
        "age": (portfolio.business_today() - item.received_on).days,
        "may_approve": item.return_asked_by not in {"", request.member.id},
    }
    status = 422 if form.non_field_errors() else 200
    return render(request, "console/credit/suspense_item.html", context, status=status)


def _act(request: ConsoleRequest, item: SuspenseItem) -> str:
    """The button that was pressed, and what to say about it."""
    about: dict[str, Any] = {
        "item_id": item.id, "actor": request.member.id, "at": clock.now(),
    }  # fmt: skip
    match request.POST.get("act"):
        case "match":
            paid = operations.match_suspense_item(
                merchant_id=request.POST.get("merchant", ""), **about
            )
            amount = format_yuan(sum(one.amount_minor for one in paid))
            return _("¥{amount} is booked as repaid.").format(amount=amount)
        case "ask_return":
            operations.ask_suspense_return(reason=request.POST.get("reason", ""), **about)
            return _("Somebody else has to approve the return now.")
        case "return":
            operations.return_suspense_item(**about)
            return _("Booked as returned. The bank's payment should name this item's id.")
        case "keep":
            operations.keep_suspense_item(**about)
            return _("It is kept and waits for its owner.")
        case _:
            raise Http404
