"""Settlement for the finance desk: batches, what each is made of, holdbacks, files, terms."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from credit.enums import FileKind, SettlementLineKind, SettlementStatus
from credit.interfaces.console.money_forms import (
    HUNDRED,
    SettlementFilter,
    SettlementTermsForm,
)
from credit.models import FundingSource, SettlementBatch, SettlementTerms
from credit.operations.settlement_terms import set_settlement_terms
from credit.queries import portfolio, settlements
from credit.queries.reconciliation_files import list_files
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Batches, newest first; what is still to be paid, the running day, what is held back."""
    filters = SettlementFilter(request.GET)
    rows = portfolio.settlement_batches(status=filters.value("status"))
    waiting = portfolio.settlement_batches(status=SettlementStatus.LOCKED)
    on = portfolio.business_today()
    so_far = [(SettlementLineKind(one["kind"]).label, one) for one in settlements.so_far(on)]
    context = {
        "filters": filters,
        "page": page(request, rows),
        "waiting_minor": waiting.aggregate(sum=Sum("net_minor"))["sum"] or 0,
        "on": on,
        "so_far": so_far,
        "so_far_minor": sum(one["amount_minor"] for _label, one in so_far),
        "holdbacks": list(settlements.holdbacks_waiting()[:20]),
    }
    return render(request, "console/credit/settlements.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, batch_id: str) -> HttpResponse:
    """One batch: sums per kind, every line, its file in all revisions."""
    try:
        batch = settlements.batch(batch_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    files = list_files(kind=FileKind.SETTLEMENT).filter(subject=batch.id)
    context = {
        "batch": batch,
        "sums": _sums(batch),
        "page": page(request, settlements.lines(batch.id), size=100),
        "files": list(files),
        "holdback": settlements.holdbacks_waiting().filter(batch=batch).first(),
    }
    return render(request, "console/credit/settlement.html", context)


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def terms(request: ConsoleRequest, source_id: str) -> HttpResponse:
    """Our own staff set how a funding source settles, from the open day on."""
    try:
        source = FundingSource.objects.filter(pk=source_id).first()
    except ValueError:
        source = None
    if source is None:
        raise Http404
    current = settlements.terms_on(portfolio.business_today())[source.id]
    form = SettlementTermsForm(request.POST or None, initial=_initial(current))
    if request.method == "POST" and form.is_valid():
        try:
            set_settlement_terms(
                funding_source_id=source.id,
                payout_days=form.cleaned_data["payout_days"],
                pays_on_workdays_only=form.cleaned_data["pays_on_workdays_only"],
                holdback_days=form.cleaned_data["holdback_days"],
                **form.fractions(),
                actor=request.member.id,
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("From today's batch on, these terms hold."))
            return redirect("console:settlement-list")
    context = {"form": form, "source": source}
    status = 422 if form.errors else 200
    return render(request, "console/credit/settlement_terms.html", context, status=status)


def _initial(current: SettlementTerms) -> dict[str, Any]:
    return {
        "payout_days": current.payout_days,
        "pays_on_workdays_only": current.pays_on_workdays_only,
        "fee": (current.fee_fraction * HUNDRED).normalize(),
        "holdback": (current.holdback_fraction * HUNDRED).normalize(),
        "holdback_days": current.holdback_days,
        "revenue_share": (current.revenue_share_fraction * HUNDRED).normalize(),
    }


def _sums(batch: SettlementBatch) -> list[tuple[str, int, int]]:
    """What the batch is made of: the words for each kind, count, fen."""
    return [
        (str(SettlementLineKind(one["kind"]).label), one["count"], one["amount_minor"])
        for one in batch.totals
    ]
