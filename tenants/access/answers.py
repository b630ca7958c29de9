"""How a merchant page answers: a fragment, a way to the next page, or a problem in plain words."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from platform_app.kernel.errors import DomainError
from platform_app.kernel.problems import refused
from tenants.access.embed import MerchantRequest, merchant_view
from tenants.enums import MerchantUserRole
from tenants.errors import UserUnknown
from tenants.queries.merchant_users import user_named

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., HttpResponseBase])
STRANGER: Final = "stranger"


def open_to(*roles: str) -> Callable[[F], F]:
    """Let users of these roles at a page, or all of the firm's when none is named.

    A page that says nothing is the owner's alone; `STRANGER` lets in whom the firm does not know.
    """

    def marked(view: F) -> F:
        vars(view)["open_to"] = frozenset(roles or MerchantUserRole.values)
        return view

    return marked


def page(
    view: Callable[Concatenate[MerchantRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page behind the visit's token; what the business refuses becomes problem+json."""

    def answered(
        request: MerchantRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        opens: frozenset[str] = getattr(view, "open_to", frozenset())
        embed = request.embed
        try:
            user = user_named(embed.merchant_id, embed.user_external_id)
            request.firm_user = user
            if user is not None and user.role not in {MerchantUserRole.OWNER, *opens}:
                return go("user-stopped")
            return view(request, *args, **kwargs)
        except UserUnknown:
            return view(request, *args, **kwargs) if STRANGER in opens else go("user-join")
        except DomainError as refusal:
            return refused(request, refusal)

    opened = merchant_view(answered)

    def quiet(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = opened(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(update_wrapper(quiet, view))


def go(name: str, *args: Any) -> HttpResponse:
    """Send the visit to another page.

    A header instead of a redirect: some web views drop the Authorization header when redirected.
    """
    return HttpResponse(status=204, headers={"BT-Go": reverse(f"merchant:{name}", args=args)})
