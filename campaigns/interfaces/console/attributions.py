"""Claims on merchants that somebody else brought, and who brought a merchant."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.enums import ClaimStatus
from campaigns.interfaces.console.salesperson_forms import ClaimFilter
from campaigns.operations.attributions import settle_claim
from campaigns.queries.attributions import attribution_of, list_claims
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from risk.queries.sold import sold_by
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page
from tenants.queries.merchants import merchant

KEEPERS = (Role.OWNER, Role.OPERATOR)


@require_GET
@console_view(*KEEPERS)
def claims(request: ConsoleRequest) -> HttpResponse:
    """What waits for somebody to say whose a merchant is."""
    filters = ClaimFilter(request.GET)
    status = filters.value("status") or ClaimStatus.OPEN
    context = {
        "filters": filters,
        "page": page(request, list_claims(status=status)),
        "claim_count": list_claims().count(),
    }
    return render(request, "console/campaigns/claims.html", context)


@require_POST
@console_view(*KEEPERS)
def settle(request: ConsoleRequest, claim_id: str, verb: str) -> HttpResponse:
    """It moves, or stays as it was."""
    if verb not in {"move", "keep"}:
        raise Http404
    try:
        settle_claim(
            claim_id=claim_id, move=verb == "move", reason=request.POST.get("reason", ""),
            actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        said = (
            _("Moved. The merchant is theirs for 180 days.")
            if verb == "move"
            else _("It stays as it was.")
        )
        messages.success(request, said)
    return redirect("console:attribution_claim-list")


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
def of_merchant(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """Who brought this merchant: a fragment of other pages; for our staff, what it may mean."""
    try:
        found = merchant(merchant_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    at = clock.now()
    context = {
        "held": attribution_of(found.id, at=at),
        "sold": sold_by(found.id, as_of=at) if request.member.role == Role.STAFF else [],
        "may_open": request.member.role in {*KEEPERS, Role.STAFF},
    }
    return render(request, "console/campaigns/_merchant_salesperson.html", context)
