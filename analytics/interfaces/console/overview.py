"""The first page: six figures, the funnel, money by week, what waits for you."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.domain.metrics import METRICS
from analytics.interfaces.console.forms import PERIODS, OverviewFilter
from analytics.interfaces.console.tiles import tile
from analytics.queries.attention import needs_you
from analytics.queries.flows import weekly_flows
from analytics.queries.funnel import funnel
from analytics.queries.overview import figures
from analytics.values import Attention, WeekFlow
from credit.queries.portfolio import business_today
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

WEEKS = 12


@require_GET
@console_view()
def show(request: ConsoleRequest) -> HttpResponse:
    """What stands today, what moved, where merchants are lost, what to do."""
    filters = OverviewFilter(request.GET)
    on, days = business_today(), filters.period
    cohort = {name: filters.value(name) or None for name in ("entered_from", "entered_to")}
    stages = funnel(**cohort)
    flows = weekly_flows(on=on, weeks=WEEKS)
    found = figures(on=on, days=days)
    since = on - timedelta(days=days - 1)
    context = {
        "filters": filters,
        "periods": PERIODS,
        "days": days,
        "on": on,
        "tiles": [
            tile(METRICS[key], figure, _rows_of(key, since)) for key, figure in found.items()
        ],
        "stages": stages,
        "worst": next((stage for stage in stages if stage.is_biggest_drop), None),
        "cohort_query": urlencode({name: day for name, day in cohort.items() if day}),
        "flows": flows,
        "chart": _chart(flows),
        "drawn_minor": sum(flow.drawn_minor for flow in flows),
        "repaid_minor": sum(flow.repaid_minor for flow in flows),
        "attention": [_item(item) for item in needs_you(on=on, keys=_opened_by(request))],
        "may_open_rows": request.member.role != Role.DEVELOPER,
    }
    return render(request, "console/analytics/overview.html", context)


def _rows_of(key: str, since: date) -> str:
    """The list behind a figure, filtered to exactly its rows."""
    lists: dict[str, tuple[str, dict[str, Any]]] = {
        "pool": ("console:funnel-list", {"stage": "pooled"}),
        "applications": ("console:application-list", {"submitted_since": since}),
        "approval_rate": ("console:application-list", {"decided_since": since}),
        "first_use_rate": ("console:line-list", {"since": since}),
        "outstanding": ("console:drawdown-list", {"state": "outstanding"}),
        "overdue_share": ("console:drawdown-list", {"state": "overdue"}),
    }
    name, query = lists[key]
    return f"{reverse(name)}?{urlencode(query)}"


def _chart(flows: list[WeekFlow]) -> dict[str, Any]:
    return {
        "kind": "lines",
        "x": [f"{flow.week_on:%m-%d}" for flow in flows],
        "unit": "¥",
        "partial": bool(flows) and flows[-1].is_partial,
        "series": [
            {
                "name": _("Drawn"),
                "color": "drawn",
                "values": [flow.drawn_minor / 100 for flow in flows],
            },
            {
                "name": _("Repaid"),
                "color": "repaid",
                "values": [flow.repaid_minor / 100 for flow in flows],
            },
        ],
    }


def _opened_by(request: ConsoleRequest) -> set[str]:
    """Only what the member may open is counted."""
    trade = {Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER}
    roles = {
        "overdue": trade,
        "expiring": trade,
        "late": trade,
        "uncaptured": trade,
        "webhooks": {Role.OWNER, Role.DEVELOPER},
        "imports": {Role.OWNER, Role.OPERATOR, Role.DEVELOPER},
        "limits_ending": trade,
        "identity_reviews": set(),
    }
    role = request.member.role
    return {key for key, allowed in roles.items() if role in {*allowed, Role.STAFF}}


def _item(item: Attention) -> dict[str, Any]:
    icon, tone, name, query = {
        "overdue": ("alert", "bad", "console:drawdown-list", "?state=overdue"),
        "expiring": ("clock", "bad", "console:drawdown-list", "?state=expiring"),
        "late": ("truck", "bad", "console:drawdown-list", "?state=late"),
        "uncaptured": ("truck", "warn", "console:drawdown-list", "?state=uncaptured"),
        "webhooks": ("hook", "bad", "console:webhook-list", "?status=failed"),
        "imports": ("upload", "warn", "console:import-list", "?state=errors"),
        "limits_ending": ("clock", "warn", "console:line-list", "?use=ending"),
        "identity_reviews": ("user", "warn", "console:identity_review-list", ""),
    }[item.key]
    return {"item": item, "icon": icon, "tone": tone, "url": reverse(name) + query}
