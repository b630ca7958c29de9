"""Who is behind a stage of the funnel: exactly as many rows as the count says."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from analytics.interfaces.console.forms import FunnelFilter
from analytics.queries.funnel import funnel, funnel_members
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

PAGE_SIZE = 50


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Merchants that reached a stage, or stopped at it."""
    filters = FunnelFilter(request.GET)
    stage, only_stopped = filters.value("stage") or "pooled", bool(filters.value("stopped"))
    cohort = {name: filters.value(name) or None for name in ("entered_from", "entered_to")}
    stages = funnel(**cohort)
    index = next(no for no, one in enumerate(stages) if one.key == stage)
    further = stages[index + 1].count if index + 1 < len(stages) else 0
    after = request.GET.get("after") or None
    asked: dict[str, Any] = {
        "stage": stage,
        "only_stopped": only_stopped,
        "limit": PAGE_SIZE + 1,
        **cohort,
    }
    try:
        rows = funnel_members(after=after, **asked)
    except ValueError:
        after, rows = None, funnel_members(after=None, **asked)
    context = {
        "filters": filters,
        "stage": stages[index],
        "only_stopped": only_stopped,
        "total": stages[index].count - further if only_stopped else stages[index].count,
        "rows": rows[:PAGE_SIZE],
        "next_after": rows[PAGE_SIZE - 1].merchant_id if len(rows) > PAGE_SIZE else "",
        "is_first": after is None,
    }
    return render(request, "console/analytics/funnel.html", context)
