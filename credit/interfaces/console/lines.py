"""Credit lines."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.interfaces.console.forms import LineFilter
from credit.queries import portfolio
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
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
