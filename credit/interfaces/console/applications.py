"""Applications: the list behind “applications” and “approval rate”."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.interfaces.console.forms import ApplicationFilter
from credit.queries import portfolio
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Newest first, with what was decided."""
    filters = ApplicationFilter(request.GET)
    rows = portfolio.applications(
        search=filters.value("search"),
        status=filters.value("status"),
        submitted_since=filters.value("submitted_since") or None,
        decided_since=filters.value("decided_since") or None,
    )
    context = {"filters": filters, "page": page(request, rows)}
    return render(request, "console/credit/applications.html", context)
