"""Asking for each consent on its own: no switch is on before the merchant turns it."""

from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from platform_app.kernel import clock
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import ConsentCode
from tenants.operations.consents import give_consents
from tenants.queries.consents import (
    AT_THE_START,
    consent_text,
    current_consents,
    missing_consents,
)
from tenants.queries.tenants import current_tenant

ABOUT: Final = {
    ConsentCode.SERVICE_AND_PRIVACY: (
        gettext_lazy("What we do for you, what we keep and for how long"),
        gettext_lazy("Without it we cannot look at an application."),
    ),
    ConsentCode.SENSITIVE_DATA: (
        gettext_lazy("Identity number, mobile number and account, stored encrypted"),
        gettext_lazy("Without it we cannot verify you."),
    ),
    ConsentCode.SHARING_WITH_FUNDER: (
        gettext_lazy("Who receives what, and what for"),
        gettext_lazy("Without it the lender cannot decide."),
    ),
    ConsentCode.BUREAU_QUERY: (
        gettext_lazy("The lender may ask licensed credit bureaus"),
        gettext_lazy("Without it the lender cannot grant a line."),
    ),
}


@page
@require_http_methods(["GET", "POST"])
def consents(request: MerchantRequest) -> HttpResponseBase:
    """The four texts and their switches; giving them leads on to the firm's data."""
    if request.method == "GET":
        return _shown(request, agreed=[], status=200)
    merchant_id = request.embed.merchant_id
    needed = missing_consents(merchant_id, AT_THE_START)
    agreed = [code for code in request.POST.getlist("agreed") if code in needed]
    if set(agreed) != set(needed):
        return _shown(request, agreed=agreed, status=422)
    if needed:
        give_consents(
            merchant_id=merchant_id,
            codes=needed,
            locale=request.embed.locale,
            evidence={
                "ip": request.META.get("REMOTE_ADDR", ""),
                "user_agent": request.headers.get("User-Agent", ""),
                "session": request.embed.id,
            },
            actor=f"merchant:{merchant_id}",
            at=clock.now(),
        )
    return go("firm-verify")


def _shown(request: MerchantRequest, *, agreed: list[str], status: int) -> HttpResponse:
    is_refused = status != HTTPStatus.OK
    merchant_id, locale = request.embed.merchant_id, request.embed.locale
    missing, given = (
        missing_consents(merchant_id, AT_THE_START),
        current_consents(merchant_id),
    )
    rows = [
        {
            "code": code,
            "text": consent_text(code, locale),
            "about": about,
            "refusing": refusing,
            "given_at": None if code in missing else given[code].at,
            "is_on": code in agreed,
            "error": _("Switch this on to go on.")
            if is_refused and code in missing and code not in agreed
            else "",
        }
        for code, (about, refusing) in ABOUT.items()
    ]
    context = {"rows": rows, "tenant": current_tenant(), "left": len(missing)}
    return render(request, "merchant/tenants/consents.html", context, status=status)
