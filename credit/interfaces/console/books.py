"""The books for the finance desk: business days and what they proved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.queries import portfolio
from credit.queries.closes import lagging, late_day
from platform_app.kernel import clock
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
        "late": None if request.tenant.is_virtual else late_day(clock.now()),
    }
    return render(request, "console/credit/days.html", context)
