"""What the integration can do, for the developer's page: the same table as the interface gives."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.queries.capabilities import capabilities
from platform_app.kernel import clock
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

READERS: Final = (Role.OWNER, Role.DEVELOPER)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """A card of the page, fetched by it: a need of any key counts as met by the keys there are."""
    rows = capabilities(at=clock.machine_now())
    context = {"rows": rows, "on_count": sum(one.is_on for one in rows)}
    return render(request, "console/credit/_capabilities.html", context)
