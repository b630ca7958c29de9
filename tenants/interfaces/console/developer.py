"""How an integration is doing, and what it has yet to show before it goes live."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from platform_app.kernel import clock
from tenants.access.console import ConsoleRequest, console_view
from tenants.domain.go_live import CHECKS, passed
from tenants.enums import Role
from tenants.queries import api_requests, webhooks
from tenants.queries.api_requests import HOURLY_UP_TO, Bucket
from tenants.queries.go_live import go_live_facts

READERS: Final = (Role.OWNER, Role.DEVELOPER)
PERIODS: Final = {"24h": timedelta(hours=24), "7d": timedelta(days=7)}
USUAL: Final = "24h"


@require_GET
@console_view(*READERS)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Errors and times by operation, webhooks that wait, and the list of checks."""
    at, period = clock.machine_now(), request.GET.get("period", USUAL)
    length = PERIODS.get(period, PERIODS[USUAL])
    operations = api_requests.operation_figures(at - length)
    slots = api_requests.buckets(since=at - length, until=at + timedelta(microseconds=1))
    endpoints = list(webhooks.list_endpoints())
    done = passed(go_live_facts(at=at))
    count = sum(one.count for one in operations)
    errors = sum(one.theirs + one.ours for one in operations)
    context = {
        "periods": [(key, _period_name(key)) for key in PERIODS],
        "period": period if period in PERIODS else USUAL,
        "operations": operations,
        "count": count,
        "error_count": errors,
        "ours_count": sum(one.ours for one in operations),
        "success_rate": (count - errors) / count if count else None,
        "chart": _chart(slots, is_hourly=length <= HOURLY_UP_TO),
        "waiting": webhooks.waiting_by_age(at=at),
        "endpoints": endpoints,
        "in_trouble": [one for one in endpoints if one.failing_since or one.disabled_reason],
        "too_quick": webhooks.too_quick(since=at - PERIODS[USUAL]),
        "checks": [(check, check.code in done) for check in CHECKS],
        "passed_count": len(done),
    }
    return render(request, "console/tenants/developer.html", context)


def _period_name(key: str) -> str:
    return {"24h": _("24 hours"), "7d": _("7 days")}[key]


def _chart(slots: Any, *, is_hourly: bool) -> dict[str, Any]:
    label = "%H:00" if is_hourly else "%m-%d"
    parts: list[tuple[str, str, list[int]]] = [
        (_("Answered, 2xx"), "drawn", [one.ok for one in slots]),
        (_("Refused, 4xx"), "held", [one.theirs for one in slots]),
        (_("Failed on our side, 5xx"), "overdue", [one.ours for one in slots]),
    ]
    return {
        "kind": "bars",
        "x": [f"{_moment(one):{label}}" for one in slots],
        "unit": "",
        "digits": 0,
        "stacked": True,
        "series": [{"name": name, "color": color, "values": row} for name, color, row in parts],
    }


def _moment(slot: Bucket) -> Any:
    return slot.since.astimezone(clock.SHANGHAI)
