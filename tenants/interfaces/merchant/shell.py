"""The empty page that is framed, and the exchange of its one-time secret for a token.

Neither needs or sets a cookie: third-party cookies are blocked where these pages live.
"""

import json
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.problems import refused
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import SessionUnknown
from tenants.models import Tenant
from tenants.operations.embed_sessions import redeem_session
from tenants.queries.tenants import current_tenant
from tenants.values import LOCALES

QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@require_safe
def shell(request: HttpRequest) -> HttpResponseBase:
    """The page itself; only the origins of the platform named by `?t=` may frame it."""
    tenant = find_tenant(request.GET.get("t", ""))
    locale = request.GET.get("l", LOCALES[0])
    locale = locale if locale in LOCALES else LOCALES[0]
    origins = tenant.embed_origins if tenant else []
    context = {
        "tenant": tenant,
        "locale": locale,
        "words": {code: _words(code) for code in LOCALES},
        "origins": json.dumps(origins),
    }
    with translation.override(locale):
        html = render_to_string("merchant/tenants/shell.html", context)
    response = HttpResponse(html, headers=QUIET)
    framed = csp_replace({"frame-ancestors": origins or [NONE]})
    return framed(lambda _request: response)(request)


@csrf_exempt
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """Swap the secret of the URL fragment for the header token, once."""
    try:
        session, token = redeem_session(secret=_secret(request), at=clock.now())
    except DomainError as refusal:
        response = refused(request, refusal)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    with tenant_scope(session.tenant_id):
        tenant = current_tenant()
    return JsonResponse(
        {
            "token": token,
            "session": session.id,
            "component": session.component,
            "origin": session.origin,
            "return_url": session.return_url,
            "locale": session.locale,
            "platform": tenant.name,
        },
        headers=QUIET,
    )


def find_tenant(tenant_id: str) -> Tenant | None:
    """The platform an embed address names, if it is one that works with us."""
    try:
        return Tenant.objects.filter(pk=tenant_id, status=TenantStatus.ACTIVE).first()
    except ValueError:
        return None


def _secret(request: HttpRequest) -> str:
    """Raises SessionUnknown when the body holds none."""
    try:
        body: Any = json.loads(request.body)
    except ValueError:
        raise SessionUnknown from None
    secret = body.get("secret") if isinstance(body, dict) else None
    if not isinstance(secret, str):
        raise SessionUnknown
    return secret


def _words(locale: str) -> dict[str, str]:
    """What the script itself has to say when no page can."""
    with translation.override(locale):
        return {
            "slow": _("This takes longer than usual. You can keep waiting; nothing is lost."),
            "offline_title": _("The connection was interrupted"),
            "offline": _("What you entered is kept. Check the network, then try again."),
            "trouble_title": _("This page could not be shown"),
            "trouble": _("Please try again: nothing is booked twice."),
            "session_title": _("Please open this page again"),
            "session": _("For your safety the page closes after a while. Your progress is saved."),
            "renewing": _("Reconnecting…"),
            "retry": _("Try again"),
            "back_to_platform": _("Back to the platform"),
            "request_id": _("Request id"),
            "busy": _("Please wait…"),
            "saved": _("Saved automatically"),
            "sending": _("Sending the photo…"),
            "photo_sent": _("The photo has arrived."),
            "photo_lost": _("The photo did not get through. What you typed is kept; try again."),
            "unsent": _("No answer arrived. Send it again: nothing is booked twice."),
        }
