"""Drawdowns: the list, and one with its plan, its postings and why each figure is what it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.domain.allocation import Component
from credit.domain.derived import Derived, Segment
from credit.domain.terms import DrawdownTerms
from credit.interfaces.console import words
from credit.interfaces.console.forms import DrawdownFilter
from credit.interfaces.console.timeline import moments
from credit.models import Drawdown
from credit.queries import portfolio
from credit.queries.plans import derived, happenings
from credit.queries.status import days_past_due, drawdown_next_action, is_overdue
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)


@dataclass(frozen=True, slots=True)
class Working:
    """One stretch of interest with its figures: base × rate × days ÷ year = earned.

    A late one is still growing and not yet part of the installment.
    """

    segment: Segment
    until: date
    days: int
    earned_minor: int
    so_far_minor: int
    is_running: bool
    is_late: bool


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Newest first, with what is outstanding and when it is due."""
    on = portfolio.business_today()
    filters = DrawdownFilter(request.GET)
    rows = portfolio.drawdowns(
        search=filters.value("search"),
        status=filters.value("status"),
        state=filters.value("state"),
        due_from=filters.value("due_from") or None,
        due_to=filters.value("due_to") or None,
        on=on,
    )
    found = page(request, rows)
    shown = [
        (row, words.option(row.option_code), is_overdue(row, on), days_past_due(row, on))
        for row in found.rows
    ]
    context = {"filters": filters, "page": found, "rows": shown, "on": on}
    return render(request, "console/credit/drawdowns.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, drawdown_id: str) -> HttpResponse:
    """Plan, events, postings, workings, next action."""
    try:
        drawdown = portfolio.drawdown(drawdown_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    on = portfolio.business_today()
    terms = DrawdownTerms.from_json(drawdown.terms)
    events = Event.objects.filter(
        Q(subject=drawdown.id) | Q(props__drawdown=drawdown.id), merchant_id=drawdown.merchant_id
    )
    context = {
        "drawdown": drawdown,
        "terms": terms,
        "option": words.option(drawdown.option_code),
        "is_overdue": is_overdue(drawdown, on),
        "dpd": days_past_due(drawdown, on),
        "next_action": drawdown_next_action(drawdown, on),
        "moments": moments(events.order_by("-occurred_at", "-id")[:60]),
        "postings": portfolio.postings(drawdown.id),
        "on": on,
        **_live(drawdown, on),
    }
    return render(request, "console/credit/drawdown.html", context)


def _live(drawdown: Drawdown, on: date) -> dict[str, Any]:
    """What `derive` says today; nothing before the first capture."""
    if not drawdown.captured_minor:
        return {"answer": None, "workings": []}
    answer = derived(drawdown, happenings(drawdown.id), as_of=on)
    rows = [(row, answer.running_minor(row, Component.PENALTY)) for row in answer.rows]
    return {"answer": answer, "rows": rows, "workings": _workings(answer), "sums": _sums(answer)}


def _workings(answer: Derived) -> list[Working]:
    found = []
    for segment in answer.segments:
        until = answer.as_of if segment in answer.running else segment.to_on
        found.append(
            Working(
                segment=segment,
                until=until,
                days=(until - segment.from_on).days,
                earned_minor=segment.earned_minor(until),
                so_far_minor=segment.earned_minor(answer.as_of),
                is_running=segment.from_on <= answer.as_of < segment.to_on,
                is_late=segment in answer.running,
            )
        )
    return found


def _sums(answer: Derived) -> dict[str, int]:
    rows = answer.rows
    return {
        "principal": sum(row.principal_minor for row in rows),
        "interest": sum(row.interest_minor for row in rows),
        "fee": sum(row.fee_minor for row in rows),
        "penalty": sum(row.penalty_minor for row in rows),
        "earned_paid": sum(row.paid_interest_minor + row.paid_penalty_minor for row in rows),
        "unpaid": sum(row.unpaid_minor for row in rows),
    }
