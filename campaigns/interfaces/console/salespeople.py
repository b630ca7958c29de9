"""业务员: the roster, and one of them with QR code and merchants."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.gateways.pictures import qr_data_uri
from campaigns.interfaces.console.salesperson_forms import (
    NewPersonForm,
    PersonForm,
    QrForm,
    SalespersonFilter,
)
from campaigns.operations import salespeople as operations
from campaigns.queries.attributions import bound_counts, list_claims, merchants_of
from campaigns.queries.salespeople import (
    list_salespeople,
    qr_url,
    salesperson,
    valid_qrs,
)
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

KEEPERS: Final = (Role.OWNER, Role.OPERATOR)


@require_GET
@console_view(*KEEPERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Everybody, with how many merchants they have and whether their QR code counts."""
    return _roster(request, NewPersonForm(initial={"since_on": clock.today()}))


@require_POST
@console_view(*KEEPERS)
def add(request: ConsoleRequest) -> HttpResponse:
    """Put somebody on the roster."""
    form = NewPersonForm(request.POST)
    if not form.is_valid():
        return _roster(request, form)
    try:
        row, is_new = operations.save_salesperson(
            **form.cleaned_data, actor=request.member.id, at=clock.now()
        )
    except DomainError as refusal:
        _refuse(form, refusal)
        return _roster(request, form)
    said = _("On the roster.") if is_new else _("Was on the roster already; what you typed counts.")
    messages.success(request, said)
    return redirect("console:salesperson-detail", row.id)


@require_GET
@console_view(*KEEPERS)
def detail(request: ConsoleRequest, salesperson_id: str) -> HttpResponse:
    """One of them: what is known, the QR code, the merchants."""
    return _page(request, salesperson_id)


@require_POST
@console_view(*KEEPERS)
def save(request: ConsoleRequest, salesperson_id: str) -> HttpResponse:
    """Change what is known of one of them."""
    row = _found(salesperson_id)
    form = PersonForm(request.POST)
    return _try(
        request, row.id, form, _("Saved."), {"form": form},
        lambda by: operations.save_salesperson(code=row.code, **form.cleaned_data, **by),
    )  # fmt: skip


@require_POST
@console_view(*KEEPERS)
def issue_qr(request: ConsoleRequest, salesperson_id: str) -> HttpResponse:
    """Give them a QR code; the one before ends."""
    row = _found(salesperson_id)
    form = QrForm(request.POST)
    return _try(
        request, row.id, form, _("A new QR code. Whatever was printed before no longer counts."),
        {"qr_form": form},
        lambda by: operations.issue_qr(salesperson_id=row.id, **form.cleaned_data, **by),
    )  # fmt: skip


@require_POST
@console_view(*KEEPERS)
def act(request: ConsoleRequest, salesperson_id: str, verb: str) -> HttpResponse:
    """Mark as left or back, or take the QR code back."""
    acts: dict[str, tuple[Callable[..., Any], str]] = {
        "leave": (operations.mark_left, _("Left. Their QR code and their hold on merchants end.")),
        "return": (operations.mark_back, _("Back on the roster.")),
        "revoke": (operations.revoke_qr, _("The QR code no longer counts.")),
    }
    if verb not in acts:
        raise Http404
    row = _found(salesperson_id)
    turn, said = acts[verb]
    turn(salesperson_id=row.id, actor=request.member.id, at=clock.now())
    messages.success(request, said)
    return redirect("console:salesperson-detail", row.id)


def _try(  # a form, what it does, and the page again when it is refused
    request: ConsoleRequest,
    salesperson_id: str,
    form: forms.Form,
    said: str,
    shown: dict[str, forms.Form],
    act: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, salesperson_id, **shown)
    try:
        act({"actor": request.member.id, "at": clock.now()})
    except DomainError as refusal:
        _refuse(form, refusal)
        return _page(request, salesperson_id, **shown)
    messages.success(request, said)
    return redirect("console:salesperson-detail", salesperson_id)


def _refuse(form: forms.Form, refusal: DomainError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))


def _found(salesperson_id: str) -> Any:
    try:
        return salesperson(salesperson_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _roster(request: ConsoleRequest, form: NewPersonForm) -> HttpResponse:
    filters = SalespersonFilter(request.GET)
    found = page(
        request,
        list_salespeople(search=filters.value("search"), status=filters.value("status")),
    )
    at, shown = clock.now(), [row.id for row in found.rows]
    counts, qrs = bound_counts(shown, at=at), valid_qrs(shown, at=at)
    context = {
        "filters": filters,
        "page": found,
        "rows": [(row, counts.get(row.id, 0), qrs.get(row.id)) for row in found.rows],
        "claim_count": list_claims().count(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/salespeople.html", context, status=status)


def _page(request: ConsoleRequest, salesperson_id: str, **shown: forms.Form) -> HttpResponse:
    row, at = _found(salesperson_id), clock.now()
    qr = valid_qrs([row.id], at=at).get(row.id)
    url = qr_url(qr) if qr else ""
    facts = {"region": row.region, "branch": row.branch, "since_on": row.since_on}
    origins = request.tenant.embed_origins
    opens = qr.entry_url if qr else f"{origins[0]}/" if origins else ""
    context = {
        "row": row,
        "qr": qr,
        "url": url,
        "image": qr_data_uri(url) if url else "",
        "page": page(request, merchants_of(row.id, at=at)),
        "form": PersonForm(initial=facts),
        "qr_form": QrForm(initial={"entry_url": opens, "valid_days": operations.USUAL_DAYS}),
        **shown,
    }
    status = 422 if any(one.errors for one in shown.values()) else 200
    return render(request, "console/campaigns/salesperson.html", context, status=status)
