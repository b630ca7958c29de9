"""Repayment channels: mandates and debits, deductions, guarantors, account numbers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from credit.interfaces.console import channel_forms as made
from credit.interfaces.console import words
from credit.interfaces.console.rights import MONEY_READERS, may_arrange
from credit.interfaces.console.timeline import moments
from credit.models import GuarantorClaim
from credit.operations.guarantees import record_recovery
from credit.queries import channels
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import FilterForm, page


@require_GET
@console_view(*MONEY_READERS)
def mandates(request: ConsoleRequest) -> HttpResponse:
    """Who may be debited, newest first."""
    filters = made.MandateFilter(request.GET)
    rows = channels.mandates(search=filters.value("search"), status=filters.value("status"))
    return _list(request, "mandates", filters, rows)


@require_GET
@console_view(*MONEY_READERS)
def debits(request: ConsoleRequest) -> HttpResponse:
    """What the bank was asked for and how it ended."""
    filters = made.DebitFilter(request.GET)
    rows = channels.debits(search=filters.value("search"), status=filters.value("status"))
    return _list(request, "debits", filters, rows)


@require_GET
@console_view(*MONEY_READERS)
def debit(request: ConsoleRequest, debit_id: str) -> HttpResponse:
    """One debit: how it stands, why it failed, its history."""
    try:
        row = channels.debit(debit_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    events = Event.objects.filter(merchant_id=row.drawdown.merchant_id, subject=row.id)
    context = {
        "debit": row,
        "reason": words.debit_reason(row.reason),
        "moments": moments(events.order_by("-occurred_at", "-id")),
        "may_collect": may_arrange(request.member.role, "collect"),
    }
    return render(request, "console/credit/debit.html", context)


@require_GET
@console_view(*MONEY_READERS)
def deductions(request: ConsoleRequest) -> HttpResponse:
    """Shares of sales that were agreed, and what they have brought."""
    filters = made.AgreementFilter(request.GET)
    rows = channels.agreements(search=filters.value("search"), status=filters.value("status"))
    return _list(request, "deductions", filters, rows)


@require_GET
@console_view(*MONEY_READERS)
def guarantees(request: ConsoleRequest) -> HttpResponse:
    """Guarantors with what is still to come back to each, and every payout."""
    known = channels.guarantors()
    filters = made.ClaimFilter(request.GET, [one.name for one in known])
    rows = channels.guarantor_claims(
        search=filters.value("search"),
        status=filters.value("status"),
        guarantor=filters.value("guarantor"),
    )
    return _list(request, "guarantees", filters, rows, guarantors=known)


@require_http_methods(["GET", "POST"])
@console_view(*MONEY_READERS)
def guarantee(request: ConsoleRequest, claim_id: str) -> HttpResponse:
    """One payout and its recourse; what the merchant gave back is written down here."""
    try:
        row = channels.guarantor_claim(claim_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    form = made.RecoveryForm(request.POST or None)
    if request.method == "POST" and _recovered(request, row, form):
        messages.success(request, _("Written down. The claim is that much smaller."))
        return redirect("console:claim-detail", row.id)
    context = {
        "claim": row,
        "open_minor": row.amount_minor - row.recovered_minor,
        "recoveries": channels.recoveries(row.id),
        "form": form,
        "may_act": may_arrange(request.member.role, "recovery"),
    }
    status = 422 if form.errors else 200
    return render(request, "console/credit/guarantor_claim.html", context, status=status)


@require_GET
@console_view(*MONEY_READERS)
def accounts(request: ConsoleRequest) -> HttpResponse:
    """Account numbers that only one merchant pays to."""
    filters = made.AccountFilter(request.GET)
    rows = channels.accounts(search=filters.value("search"))
    return _list(request, "accounts", filters, rows)


def _list(
    request: ConsoleRequest, name: str, filters: FilterForm, rows: Any, **more: Any
) -> HttpResponse:
    found = page(request, rows)
    shown = [(row, words.debit_reason(getattr(row, "reason", ""))) for row in found.rows]
    context = {"filters": filters, "page": found, "rows": shown, "tab": name, **more}
    return render(request, f"console/credit/channel_{name}.html", context)


def _recovered(request: ConsoleRequest, claim: GuarantorClaim, form: forms.Form) -> bool:
    if not may_arrange(request.member.role, "recovery"):
        raise PermissionDenied
    if not form.is_valid():
        return False
    try:
        record_recovery(
            claim_id=claim.id, amount_minor=form.cleaned_data["amount"],
            external_id=form.cleaned_data["external_id"], actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return False
    return True
