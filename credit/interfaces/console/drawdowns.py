"""Drawdowns: the list, and one with its plan, history, postings, and why its figures are so."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, Derived, Row, Segment
from credit.domain.terms import DrawdownTerms
from credit.interfaces.console import act_words, words
from credit.interfaces.console.act_forms import ReasonForm
from credit.interfaces.console.forms import DrawdownFilter
from credit.interfaces.console.order_words import order_facts, order_lines
from credit.interfaces.console.product_words import fee as fee_words
from credit.interfaces.console.product_words import rule as allocation_words
from credit.interfaces.console.rights import READERS, RELEASERS, SERVICERS, may_service
from credit.interfaces.console.timeline import moments
from credit.models import Drawdown, LoanEvent
from credit.operations.booking import happening
from credit.operations.drawdowns import CAPTURABLE
from credit.queries import portfolio
from credit.queries.approvals import waiting_on
from credit.queries.holds import standing_hold
from credit.queries.loan_events import loan_events, reasons, signed_fees, undone_by
from credit.queries.plans import derived
from credit.queries.status import days_past_due, drawdown_next_action, is_overdue
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import page


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
    return show(request, drawdown_id)


def show(
    request: ConsoleRequest, drawdown_id: str, release: ReasonForm | None = None
) -> HttpResponse:
    """The page of a drawdown; `release` is the form that came back with something wrong."""
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
        "allocation": [allocation_words(one) for one in terms.allocation],
        "fees": [fee_words(one) for one in terms.fees],
        "option": words.option(drawdown.option_code),
        "is_overdue": is_overdue(drawdown, on),
        "dpd": days_past_due(drawdown, on),
        "next_action": drawdown_next_action(drawdown, on),
        "moments": moments(events.order_by("-occurred_at", "-id")[:60]),
        "postings": portfolio.postings(drawdown.id),
        "on": on,
        "order": order_facts(drawdown.quote.order),
        "lines": order_lines(drawdown.quote.order, drawdown.quote.amount_minor),
        "hold": standing_hold(drawdown.id) if drawdown.status in CAPTURABLE else None,
        "may_release": request.member.role in RELEASERS,
        "release": release or ReasonForm(),
        **_live(request, drawdown, on),
    }
    status = 422 if release else 200
    return render(request, "console/credit/drawdown.html", context, status=status)


def _live(request: ConsoleRequest, drawdown: Drawdown, on: date) -> dict[str, Any]:
    """What `derive` says today, what led to it, what may be done; nothing before a capture."""
    if not drawdown.captured_minor:
        return {"answer": None, "workings": []}
    events = loan_events(drawdown.id)
    answer = derived(drawdown, [happening(one) for one in events], as_of=on)
    role = request.member.role
    return {
        "answer": answer,
        "rows": [(row, _components(answer, row)) for row in answer.rows],
        "workings": _workings(answer),
        "sums": _sums(answer),
        "parts": _parts(answer),
        "history": _history(drawdown, events, may_reverse=may_service(role, "reversal")),
        "acts": [
            (kind, act_words.act(kind))
            for kind in SERVICERS
            if may_service(role, kind) and _makes_sense(kind, drawdown, answer)
        ],
        "waiting": [(one, act_words.act(one.kind)["title"]) for one in waiting_on(drawdown.id)],
    }


def _makes_sense(kind: str, drawdown: Drawdown, answer: Derived) -> bool:
    """Whether the act could do anything as the drawdown stands."""
    is_open = any(row.unpaid_minor for row in answer.rows) and answer.written_off_on is None
    if kind == "reversal":
        return False  # offered where the event is
    if kind == "overpayment_refund":
        return sum(answer.unspent.values()) > 0
    if kind == "fee":
        return is_open and bool(signed_fees(drawdown.id))
    return kind in {"refund", "payout_refund"} or is_open


def _components(answer: Derived, row: Row) -> list[dict[str, int]]:
    """Of each component, in the order of the page: owed, paid, waived, written off, growing."""
    order = (Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY)
    return [
        {
            "owed": row.of("", part),
            "paid": row.of("paid_", part),
            "waived": row.of("waived_", part),
            "written_off": row.of("written_off_", part),
            "growing": answer.running_minor(row, part),
        }
        for part in order
    ]


def _history(
    drawdown: Drawdown, events: list[LoanEvent], *, may_reverse: bool
) -> list[dict[str, Any]]:
    """The events, newest first, each with who, why and whether it still counts."""
    undone = undone_by([(one.seq, one.id, one.details) for one in events])
    numbers = {one.id: one.seq for one in events}
    why, names = reasons(drawdown.id), words.names([one.actor for one in events])
    return [
        {
            "event": one,
            "by": names(one.actor),
            "details": act_words.details(one),
            "reason": why.get(one.id, ""),
            "undone_by": numbers.get(undone.get(one.seq, "")),
            "may_reverse": may_reverse
            and one.kind not in {"capture", "reversal"}
            and one.seq not in undone,
        }
        for one in reversed(events)
    ]


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
    sums = {part.value: answer.total("", part) for part in COMPONENTS}
    return {**sums, "unpaid": sum(row.unpaid_minor for row in answer.rows)}


def _parts(answer: Derived) -> list[tuple[str, int]]:
    """What the payoff is made of: these sum to it."""
    charged = answer.charged
    named = [
        (_("Drawn"), answer.credited["capture"]),
        (_("Interest earned so far"), answer.accrued_interest_minor),
        (_("Penalty interest so far"), answer.accrued_penalty_minor),
        (_("Fees charged"), charged.get(Component.FEE, 0)),
        (_("Penalties charged"), charged.get(Component.PENALTY, 0)),
        (_("Paid, refunded or credited"), -sum(row.paid_minor for row in answer.rows)),
        (_("Waived"), -sum(answer.total("waived_", part) for part in COMPONENTS)),
        (_("Written off"), -sum(row.written_off_minor for row in answer.rows)),
    ]
    return [(name, amount) for name, amount in named if amount]
