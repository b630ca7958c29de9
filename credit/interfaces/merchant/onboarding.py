"""What the pages before an application share: drafts, checks while typing, the way on."""

from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit.queries.journey import MAY_APPLY, journey
from credit.queries.onboarding import Progress, progress_of
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid, NotFound
from platform_app.kernel.http import say
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.errors import FaceConsentMissing
from tenants.operations.drafts import save_draft
from tenants.queries.onboarding import NUMBERS, check_number
from tenants.queries.tenants import current_tenant

REFUSED: Final = 422


def opened(request: MerchantRequest) -> tuple[Progress | None, HttpResponse]:
    """How far the merchant is; or nothing, and where else it has to go.

    These pages are for merchants without an application, after consents and firm.
    """
    merchant_id = request.embed.merchant_id
    if journey(merchant_id, at=clock.now()).stage not in MAY_APPLY:
        return None, go("journey-home")
    progress = progress_of(merchant_id)
    if progress.left[0] in {"consents", "firm"}:
        return None, go(progress.next_page)
    return progress, HttpResponse()


def on(request: MerchantRequest) -> HttpResponse:
    """To the first page that is not done."""
    return go(progress_of(request.embed.merchant_id).next_page)


def shown(
    request: MerchantRequest, template: str, refusal: DomainError | None = None, **context: Any
) -> HttpResponse:
    """A page with its platform and firm, and the refusal's words beside its field."""
    field = refusal.field or "form" if refusal else ""
    errors = {field: words(refusal)} if refusal else {}
    whole = {
        "tenant": current_tenant(),
        "merchant": request.embed.merchant,
        "errors": errors,
        **context,
    }
    return render(request, template, whole, status=REFUSED if refusal else 200)


def words(refusal: DomainError) -> str:
    """A refusal in the merchant's words."""
    plain = {
        "name": _("Enter the name exactly as on the identity card."),
        "bank_name": _("Enter the name of the bank."),
        "holder_name": _("Enter the name the account is in."),
    }
    if isinstance(refusal, FaceConsentMissing):
        return _("Switch this on to go on.")
    if type(refusal) is Invalid and refusal.field in plain:
        return plain[refusal.field]
    return say(refusal)


@page
@require_POST
def draft(request: MerchantRequest, step: str) -> HttpResponseBase:
    """Keep what a page holds so far: asked for whenever a field is left."""
    fields = {name: str(value) for name, value in request.POST.items()}
    save_draft(merchant_id=request.embed.merchant_id, step=step, fields=fields, at=clock.now())
    return HttpResponse(status=204)


@page
@require_POST
def check(request: MerchantRequest, field: str) -> HttpResponseBase:
    """One line about a number typed so far: right, or where to look."""
    typed = request.POST.get(field, "")
    error = ""
    try:
        if typed.strip() or field not in NUMBERS:
            check_number(field, typed, kind=request.POST.get("kind", ""), on=clock.today())
    except NotFound:
        raise
    except DomainError as refusal:
        error = say(refusal)
    context = {"error": error, "is_good": bool(typed.strip()) and not error}
    return render(request, "merchant/credit/_hint.html", context)
