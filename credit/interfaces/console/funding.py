"""Funding: lenders and their room, contracts and shares, what was paid, and why who funds what."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credit.domain.routing import is_review_near
from credit.enums import InstructionStatus
from credit.interfaces.console import words
from credit.interfaces.console.forms import FundingDecisionFilter, InstructionFilter
from credit.interfaces.console.funding_forms import (
    CapForm,
    ChannelForm,
    ListingForm,
    PartnershipForm,
    SourceForm,
)
from credit.models import FundingDecision, FundingInstruction, FundingSource, Partnership
from credit.operations import funding_sources, instructions, partnerships
from credit.queries import funding_desk, portfolio
from credit.queries import instructions as asked
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS = (Role.OWNER, Role.FINANCE)
_OPEN = {status.value for status in asked.OPEN}


@require_GET
@console_view(*READERS)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Lenders with their caps, contracts with their shares, the monitors, the latest decisions."""
    rows = funding_desk.partnership_rows()
    on = portfolio.business_today()
    found = funding_desk.decisions().order_by("-id")[:8]
    context = {
        "sources": funding_desk.source_rows(),
        "partnerships": [(row, is_review_near(row.partnership.review_due_on, on)) for row in rows],
        "monitors": funding_desk.monitors(rows),
        "counts": [
            (InstructionStatus(status), count, minor)
            for status, (count, minor) in funding_desk.instruction_counts().items()
        ],
        "decisions": [(one, _why_not(one)) for one in found],
        "on": on,
    }
    return render(request, "console/credit/funding.html", context)


@require_GET
@console_view(*READERS)
def instruction_list(request: ConsoleRequest) -> HttpResponse:
    """What lenders were told to pay, newest first, and how long each has been waiting."""
    filters = InstructionFilter(request.GET, list(FundingSource.objects.order_by("id")))
    found = page(
        request,
        asked.instructions(status=filters.value("status"), source_id=filters.value("source")),
    )
    now = clock.now()
    context = {
        "filters": filters,
        "page": found,
        "rows": [(row, _age(row, now), row.status in _OPEN) for row in found.rows],
    }
    return render(request, "console/credit/funding_instructions.html", context)


@require_GET
@console_view(*READERS)
def instruction_detail(request: ConsoleRequest, instruction_id: str) -> HttpResponse:
    """One instruction and the whole conversation about it."""
    try:
        row = asked.instruction(instruction_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    context = {
        "instruction": row,
        "attempts": list(asked.attempts(row.id)),
        "age": _age(row, clock.now()),
        "is_open": row.status in _OPEN,
    }
    return render(request, "console/credit/funding_instruction.html", context)


@require_POST
@console_view(*READERS)
def ask_again(request: ConsoleRequest, instruction_id: str) -> HttpResponse:
    """Have the lender asked now."""
    done = _("The lender is being asked. What it says appears below.")
    return _act(request, instruction_id, instructions.ask_again, done)


@require_POST
@console_view(Role.STAFF)
def send_anew(request: ConsoleRequest, instruction_id: str) -> HttpResponse:
    """After a failure: the same part under a new key."""
    done = _("Instructed anew, under a key of its own.")
    return _act(request, instruction_id, instructions.send_anew, done)


def _act(
    request: ConsoleRequest, instruction_id: str, verb: Callable[..., FundingInstruction], done: str
) -> HttpResponse:
    try:
        row = verb(instruction_id=instruction_id, actor=request.member.id, at=clock.now())
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return redirect("console:funding-instruction", instruction_id)
    messages.success(request, done)
    return redirect("console:funding-instruction", row.id)


@require_GET
@console_view(*READERS)
def decision_list(request: ConsoleRequest) -> HttpResponse:
    """Who funds what, and for every other partnership why not."""
    filters = FundingDecisionFilter(request.GET)
    found = page(request, funding_desk.decisions(outcome=filters.value("outcome")))
    context = {
        "filters": filters,
        "page": found,
        "rows": [(row, _why_not(row)) for row in found.rows],
    }
    return render(request, "console/credit/funding_decisions.html", context)


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def source_new(request: ConsoleRequest) -> HttpResponse:
    """Write down a lender; somebody else activates it in the back office."""
    form = SourceForm(request.POST or None)
    return _written(
        request, form, _("A new lender"),
        lambda at: funding_sources.draft_source(
            terms=form.terms(), actor=request.member.id, at=at
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def partnership_new(request: ConsoleRequest) -> HttpResponse:
    """Write down a contract; somebody else activates it in the back office."""
    form = PartnershipForm(request.POST or None, list(FundingSource.objects.order_by("id")))
    return _written(
        request, form, _("A new partnership"),
        lambda at: partnerships.draft_partnership(
            terms=form.terms(), actor=request.member.id, at=at
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def partnership_listing(request: ConsoleRequest, partnership_id: str) -> HttpResponse:
    """Note whether the lender's head office lists us, on what evidence, until when."""
    row = _partnership(partnership_id)
    standing = {
        name: getattr(row, name)
        for name in ("listing_status", "listed_on", "review_due_on", "listing_evidence")
    }
    form = ListingForm(request.POST or None, initial=standing)
    return _written(
        request, form, _("Listing at {lender}").format(lender=row.name),
        lambda at: partnerships.record_listing(
            partnership_id=row.id, listing=form.listing(), actor=request.member.id, at=at
        ),
    )  # fmt: skip


def _partnership(partnership_id: str) -> Partnership:
    try:
        found = Partnership.objects.filter(pk=partnership_id).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def source_cap(request: ConsoleRequest, source_id: str) -> HttpResponse:
    """Change what may be out with a lender."""
    form = CapForm(request.POST or None)
    return _written(
        request, form, _("Caps of {lender}").format(lender=_lender(source_id).name),
        lambda at: funding_sources.set_cap(
            source_id=source_id, cap_minor=form.cleaned_data["cap"],
            per_merchant_cap_minor=form.cleaned_data["per_merchant_cap"],
            actor=request.member.id, at=at,
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def source_channel(request: ConsoleRequest, source_id: str) -> HttpResponse:
    """Where a lender is told to pay."""
    form = ChannelForm(request.POST or None)
    return _written(
        request, form, _("Channel of {lender}").format(lender=_lender(source_id).name),
        lambda at: funding_sources.set_channel(
            source_id=source_id, **form.cleaned_data, actor=request.member.id, at=at
        ),
    )  # fmt: skip


def _lender(source_id: str) -> FundingSource:
    try:
        found = FundingSource.objects.filter(pk=source_id).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _written(
    request: ConsoleRequest, form: forms.Form, title: str, act: Callable[[datetime], Any]
) -> HttpResponse:
    """Show the form; sent and valid, do the act and go back, or say what was wrong with it."""
    if request.method == "POST" and form.is_valid():
        try:
            act(clock.now())
        except DomainError as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("Written down."))
            return redirect("console:funding")
    status = 422 if form.errors else 200
    context = {"form": form, "title": title}
    return render(request, "console/credit/funding_form.html", context, status=status)


def _age(row: FundingInstruction, now: datetime) -> str:
    return words.age((row.ended_at or now) - row.instructed_at)


def _why_not(row: FundingDecision) -> list[tuple[str, list[str]]]:
    return [
        (
            one["name"],
            [words.funding_reason(why["code"], why["source_name"]) for why in one["reasons"]],
        )
        for one in row.refusals
    ]
