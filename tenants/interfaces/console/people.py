"""Showing a person in clear: with a reason, written down."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.interfaces.console.pages import missing
from tenants.operations.people import reveal_person


@never_cache
@require_POST
@console_view(Role.OWNER, Role.OPERATOR)
def reveal(request: ConsoleRequest, person_id: str) -> HttpResponse:
    """Answer the fragment that takes the mask's place; the look is in the audit trail."""
    context = {"person_id": person_id}
    try:
        shown = reveal_person(
            person_id=person_id,
            reason=request.POST.get("reason", ""),
            actor=request.member.id,
            at=clock.now(),
        )
    except NotFound as refusal:
        raise missing(refusal) from None
    except DomainError as refusal:
        context["error"] = say(refusal)
        return render(request, "console/tenants/_reveal_form.html", context)
    return render(request, "console/tenants/_person.html", {"person": shown})
