"""The door of the merchant pages: a header token, no cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from platform_app.kernel import clock
from platform_app.kernel.problems import refused
from platform_app.kernel.tenancy import mode_scope, tenant_scope
from tenants.errors import SessionExpired, SessionUnknown
from tenants.models import EmbedSession, MerchantUser
from tenants.operations.embed_sessions import session_for_token
from tenants.queries.sandboxes import mode_of

P = ParamSpec("P")


class MerchantRequest(HttpRequest):
    """A request of a merchant page: `embed` says whose, which component, which order.

    `firm_user` is the visiting user of a firm that has some; None is the firm itself.
    """

    embed: EmbedSession
    firm_user: MerchantUser | None = None


def merchant_view(
    view: Callable[Concatenate[MerchantRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Open the visit's tenant scope and language around a page.

    Reads `Authorization: Bearer`; answers problem+json 401 or 410 instead of the page when the
    token is missing, unknown or over. There is no cookie to forge, hence no CSRF token.
    """

    @csrf_exempt
    @wraps(view)
    def opened(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            session = session_for_token(token=bearer(request), at=clock.now())
        except (SessionUnknown, SessionExpired) as refusal:
            return refused(request, refusal)
        request.embed = session
        with (
            tenant_scope(session.tenant_id),
            mode_scope(mode_of(session)),
            translation.override(session.locale),
        ):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # its queries belong inside the scope
        response.headers["Cache-Control"] = "no-store"
        return response

    return opened


def bearer(request: HttpRequest) -> str:
    """The token of the Authorization header. Raises SessionUnknown."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise SessionUnknown
    return token.strip()
