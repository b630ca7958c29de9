"""Credit lines: the list, and one with its limits and what may be done with it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.enums import LineStatus, SuspensionReason, TemporaryLimitStatus
from credit.interfaces.console.act_forms import ReasonForm
from credit.interfaces.console.forms import LineFilter
from credit.interfaces.console.line_forms import form_of
from credit.interfaces.console.rights import LINE_ACTORS, READERS
from credit.interfaces.console.timeline import moments
from credit.models import CreditLine
from credit.queries import portfolio
from credit.queries.lines import cap_use, lines_of, temporary_limits
from credit.queries.lines import line as find_line
from credit.queries.status import line_next_action
from platform_app.kernel import ids
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from platform_app.kernel.money import format_yuan
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import page

MOMENTS = 40


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Newest first, with how much of each is used, held and free."""
    filters = LineFilter(request.GET)
    rows = portfolio.lines(
        search=filters.value("search"),
        status=filters.value("status"),
        use=filters.value("use"),
        since=filters.value("since") or None,
    )
    totals = portfolio.line_totals(rows)
    context = {
        "filters": filters,
        "page": page(request, rows),
        "totals": totals,
        "utilization": totals["used"] / totals["limit"] if totals["limit"] else None,
    }
    return render(request, "console/credit/lines.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, line_id: str) -> HttpResponse:
    """Limit bar, temporary limits, the cap across lines, history, acts."""
    return show(request, found(line_id))


def found(line_id: str) -> CreditLine:
    """The line, or the 404 page."""
    try:
        return find_line(line_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def show(
    request: ConsoleRequest, line: CreditLine, bound: dict[str, ReasonForm] | None = None
) -> HttpResponse:
    """The page of a line; `bound` are forms that came back with something wrong, by act."""
    lines = lines_of(line.merchant_id)
    events = Event.objects.filter(merchant_id=line.merchant_id, subject=line.id)
    limits = temporary_limits(line.id)
    cap = cap_use(line.merchant_id, lines)
    context = {
        "line": line,
        "limits": limits,
        "ends_next": min(
            (one.until_on for one in limits if one.status == TemporaryLimitStatus.ACTIVE),
            default=None,
        ),
        "because": SuspensionReason(line.status_reason).label
        if line.status_reason in SuspensionReason.values
        else line.status_reason,
        "others": [one for one in lines if one.id != line.id],
        "cap": cap,
        "next_action": line_next_action(line),
        "moments": moments(events.order_by("-occurred_at", "-id")[:MOMENTS]),
        "may_act": request.member.role in LINE_ACTORS,
        "forms": _forms(line, cap.cap_minor) | (bound or {}),
        "key": ids.new_id("act"),
        "on": portfolio.business_today(),
    }
    return render(request, "console/credit/line.html", context, status=422 if bound else 200)


def _forms(line: CreditLine, cap_minor: int | None) -> dict[str, Any]:
    """What may be done with the line as it stands; a closed line is over, its merchant is not."""
    cap = {"cap": "" if cap_minor is None else format_yuan(cap_minor)}
    if line.status == LineStatus.CLOSED:
        return {"cap": form_of("cap", initial=cap)}
    turn = "resume" if line.status == LineStatus.SUSPENDED else "suspend"
    kinds = ["limit", "temporary", turn, "close"]
    return {kind: form_of(kind) for kind in kinds} | {"cap": form_of("cap", initial=cap)}
