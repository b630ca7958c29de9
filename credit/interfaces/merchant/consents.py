"""M20: what was agreed to, and taking it back as easily as it was given."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from credit.operations.consents import end_consent, renew_consents
from credit.queries.journey import journey
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import ConsentCode
from tenants.queries.consents import (
    AT_THE_START,
    consent_text,
    current_consents,
    missing_consents,
)
from tenants.queries.tenants import current_tenant


@page
@require_safe
def listing(request: MerchantRequest) -> HttpResponseBase:
    """The consents with their texts, since when, and the way back; a face only where given."""
    merchant_id, locale = request.embed.merchant_id, request.embed.locale
    missing = missing_consents(merchant_id, ConsentCode.values)
    given = current_consents(merchant_id)
    codes = [code for code in ConsentCode if code in given or code in AT_THE_START]
    rows = [
        {
            "code": code,
            "text": consent_text(code, locale),
            "given_at": None if code in missing else given[code].at,
        }
        for code in codes
    ]
    return render(request, "merchant/credit/consents.html", _about(request, rows=rows))


@page
@require_http_methods(["GET", "POST"])
def end(request: MerchantRequest, code: str) -> HttpResponseBase:
    """What follows from taking it back, then taking it back."""
    if code not in ConsentCode.values:
        raise NotFound(noun="consent")
    if code in missing_consents(request.embed.merchant_id, ConsentCode.values):
        return go("consent-list")
    if request.method == "GET":
        text = consent_text(code, request.embed.locale)
        is_of_line = code in AT_THE_START
        context = _about(request, code=code, text=text, is_of_line=is_of_line)
        return render(request, "merchant/credit/consent_end.html", context)
    end_consent(**_by(request), code=code)
    return go("consent-list")


@page
@require_http_methods(["POST"])
def renew(request: MerchantRequest, code: str) -> HttpResponseBase:
    """Agree again."""
    if code not in ConsentCode.values:
        raise NotFound(noun="consent")
    renew_consents(**_by(request), codes=[code], locale=request.embed.locale)
    return go("consent-list")


def _about(request: MerchantRequest, **facts: Any) -> dict[str, Any]:
    where = journey(request.embed.merchant_id, at=clock.now())
    return {"tenant": current_tenant(), "journey": where, **facts}


def _by(request: MerchantRequest) -> dict[str, Any]:
    return {
        "merchant_id": request.embed.merchant_id,
        "evidence": {
            "ip": request.META.get("REMOTE_ADDR", ""),
            "user_agent": request.headers.get("User-Agent", ""),
            "session": request.embed.id,
        },
        "actor": f"merchant:{request.embed.merchant_id}",
        "at": clock.now(),
    }
