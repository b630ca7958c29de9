"""The books for the finance desk: business days and what they proved, settlement batches."""

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.enums import SettlementStatus
from credit.interfaces.console.forms import SettlementFilter
from credit.queries import portfolio
from credit.queries.closes import lagging
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def days(request: ConsoleRequest) -> HttpResponse:
    """Business days, newest first: accrued, checked, hashed."""
    context = {
        "page": page(request, portfolio.business_days()),
        "on": portfolio.business_today(),
        "lagging": lagging(),
    }
    return render(request, "console/credit/days.html", context)


@require_GET
@console_view(*READERS)
def settlements(request: ConsoleRequest) -> HttpResponse:
    """Settlement batches, newest first, and what is still to be paid out."""
    filters = SettlementFilter(request.GET)
    rows = portfolio.settlement_batches(status=filters.value("status"))
    waiting = portfolio.settlement_batches(status=SettlementStatus.LOCKED)
    context = {
        "filters": filters,
        "page": page(request, rows),
        "waiting_minor": waiting.aggregate(sum=Sum("net_minor"))["sum"] or 0,
    }
    return render(request, "console/credit/settlements.html", context)
