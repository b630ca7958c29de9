"""Merchants: the list, and everything about one of them on a page."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from credit.interfaces.console import words
from credit.interfaces.console.forms import MerchantFilter
from credit.interfaces.console.timeline import moments
from credit.models import Application, CreditLine, Drawdown
from credit.queries import portfolio
from credit.queries.status import (
    application_next_action,
    days_past_due,
    drawdown_next_action,
    is_overdue,
    line_next_action,
)
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from risk.models import Decision
from risk.queries.facts import trade_facts
from risk.queries.reasons import reasons_for
from risk.queries.score_runs import current_scores
from risk.values import TradeFacts
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page
from tenants.models import Merchant
from tenants.queries.merchants import list_people
from tenants.queries.merchants import merchant as merchant_by_id

READERS = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
REVEALERS = frozenset([Role.OWNER, Role.OPERATOR, Role.STAFF])
MOMENTS = 60


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Firms of the pool with line and next due."""
    on = portfolio.business_today()
    filters = MerchantFilter(request.GET, portfolio.regions())
    rows = portfolio.merchants(
        search=filters.value("search"),
        kyb_status=filters.value("kyb"),
        region=filters.value("region"),
        line=filters.value("line"),
        on=on,
    )
    found = page(request, rows)
    context = {
        "filters": filters,
        "page": found,
        "rows": portfolio.merchant_rows(found.rows, on=on),
        "on": on,
    }
    return render(request, "console/credit/merchants.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """The 360: facts, line, trade, decisions, people, timeline, what comes next."""
    try:
        merchant = merchant_by_id(merchant_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    on = portfolio.business_today()
    line = CreditLine.objects.filter(merchant=merchant).order_by("-id").first()
    application = portfolio.application_of(merchant.id)
    drawdowns = list(portfolio.drawdowns(on=on).filter(merchant=merchant).order_by("-id")[:20])
    events = Event.objects.filter(merchant_id=merchant.id).order_by("-occurred_at", "-id")
    found = list(events[: MOMENTS + 1])
    staff = request.member.role == Role.STAFF
    trade = trade_facts(merchant_ids=[merchant.id], as_of=_known_until(on))[merchant.id]
    context = {
        "merchant": merchant,
        "line": line,
        "application": application,
        "drawdowns": [
            (row, words.option(row.option_code), is_overdue(row, on), days_past_due(row, on))
            for row in drawdowns
        ],
        "next_due": portfolio.next_due(merchant.id),
        "next_action": _next_action(merchant, application, line, drawdowns, on),
        "moments": moments(found[:MOMENTS]),
        "has_older": len(found) > MOMENTS,
        "decisions": [
            _decision(one, shows_score=staff) for one in portfolio.decisions(merchant.id)
        ],
        "people": list(list_people(merchant.id)),
        "may_reveal": request.member.role in REVEALERS,
        "estimate": _estimate(merchant.id, shows_score=staff),
        "trade": trade,
        "chart": _trade_chart(trade, on),
        "on": on,
    }
    return render(request, "console/credit/merchant.html", context)


def _known_until(on: date) -> Any:
    """What is known now; for a platform whose calendar is moved, what was known on its day."""
    return max(clock.now(), clock.end_of(on)) if on >= clock.today() else clock.end_of(on)


def _next_action(
    merchant: Merchant,
    application: Application | None,
    line: CreditLine | None,
    drawdowns: list[Drawdown],
    on: date,
) -> NextAction | None:
    """The most pressing one: an unpaid order first, then the line, then the application."""
    open_ones = sorted(
        (row for row in drawdowns if drawdown_next_action(row, on)),
        key=lambda row: row.oldest_unpaid_on or row.due_on or date.max,  # type: ignore[attr-defined]
    )
    if open_ones:
        return drawdown_next_action(open_ones[0], on)
    if line is not None:
        return line_next_action(line)
    if application is not None:
        return application_next_action(application)
    if merchant.kyb_status != "verified":
        return NextAction("merchant", "verify", "The merchant has to be verified before this step.")
    return None


def _decision(row: Decision, *, shows_score: bool) -> dict[str, Any]:
    """Outcome, limit and reasons for everybody; score and grade for our own staff only."""
    return {
        "row": row,
        "bound": words.bound(row.binding_bound) if row.binding_bound else "",
        "reasons": [(_(reason.wording), _(reason.advice)) for reason in reasons_for(row.reasons)],
        "score": f"{row.score} · {row.grade}" if shows_score else "",
    }


def _estimate(merchant_id: str, *, shows_score: bool) -> dict[str, Any] | None:
    """What the current run would answer; score and grade for our own staff only."""
    row = current_scores([merchant_id]).get(merchant_id)
    if row is None:
        return None
    return {
        "row": row,
        "reasons": [_(reason.wording) for reason in reasons_for(row.reasons)],
        "score": f"{row.score} · {row.grade}" if shows_score else "",
    }


def _trade_chart(trade: TradeFacts, on: date) -> dict[str, Any]:
    """Net orders of the twelve complete months before this one, in yuan."""
    first = on.year * 12 + on.month - 1 - 12
    months = [divmod(first + step, 12) for step in range(12)]
    return {
        "kind": "bars",
        "x": [f"{year}-{month + 1:02d}" for year, month in months],
        "unit": "¥",
        "series": [
            {
                "name": _("Net orders"),
                "color": "orders",
                "values": [minor / 100 for minor in trade.monthly_net_minor],
            }
        ],
    }
