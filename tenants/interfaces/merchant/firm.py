"""The firm's own data: prefilled from the platform, checked while it is typed."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.domain.identifiers import ALPHABET, OLD_NUMBER, WRONG_CHECK, registration_no
from tenants.enums import KybStatus
from tenants.errors import BadRegistrationNumber, RegistrationLocked, RegistrationMissing
from tenants.models import Merchant
from tenants.operations.merchants import verify_merchant
from tenants.queries.consents import AT_THE_START, missing_consents
from tenants.queries.tenants import current_tenant

LENGTH = 18
# Letters that are never used, and what was most likely meant.
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


@page
@require_http_methods(["GET", "POST"])
def firm(request: MerchantRequest) -> HttpResponseBase:
    """Name, kind and code; a verified firm goes on with one tap."""
    if missing_consents(request.embed.merchant_id, AT_THE_START):
        return go("consent-give")
    if request.method == "GET":
        return _shown(request, typed=request.embed.merchant.registration_no)
    typed = request.POST.get("registration_no", "")
    try:
        verify_merchant(
            merchant_id=request.embed.merchant_id,
            registration_no=typed.strip() or None,
            actor=f"merchant:{request.embed.merchant_id}",
            at=clock.now(),
        )
    except (BadRegistrationNumber, RegistrationMissing, RegistrationLocked) as refusal:
        return _shown(request, typed=typed, error=_explained(typed, refusal), status=422)
    return go("application-submit")


@page
@require_POST
def firm_check(request: MerchantRequest) -> HttpResponseBase:
    """One line about the code typed so far: right, or where to look."""
    typed = request.POST.get("registration_no", "")
    error = fault(typed, request.embed.merchant) if typed.strip() else ""
    context = {"error": error, "is_good": bool(typed.strip()) and not error}
    return render(request, "merchant/tenants/_firm_hint.html", context)


def fault(typed: str, merchant: Merchant) -> str:
    """What is wrong with a code, naming the position, or nothing."""
    try:
        registration_no(typed, kind=merchant.kind)
    except BadRegistrationNumber as refusal:
        return _explained(typed, refusal)
    return ""


def _explained(typed: str, refusal: DomainError) -> str:
    code = "".join(typed.split()).upper()
    if not code:
        return _("Enter the 18 characters printed on the business license.")
    for place, letter in enumerate(code, start=1):
        if letter in LOOKALIKES:
            return _(
                "Character {place} is “{letter}”, which is never used. Is it “{meant}”?"
            ).format(place=place, letter=letter, meant=LOOKALIKES[letter])
        if letter not in ALPHABET:
            return _(
                "Character {place}, “{letter}”, is neither a digit nor a capital letter."
            ).format(place=place, letter=letter)
    why = refusal.facts.get("why")
    if len(code) != LENGTH and why != OLD_NUMBER:
        return _("{count} characters so far, 18 are needed.").format(count=len(code))
    if why == WRONG_CHECK:
        return _(
            "The check character does not match. Please look at character 18 and those before."
        )
    return say(refusal)


def _shown(
    request: MerchantRequest, *, typed: str, error: str = "", status: int = 200
) -> HttpResponse:
    merchant = request.embed.merchant
    context = {
        "merchant": merchant,
        "tenant": current_tenant(),
        "typed": typed,
        "error": error,
        "is_verified": merchant.kyb_status == KybStatus.VERIFIED,
    }
    return render(request, "merchant/tenants/firm.html", context, status=status)
