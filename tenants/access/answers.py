"""How a merchant page answers: a fragment, a way to the next page, or a problem in plain words."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from platform_app.kernel.errors import DomainError
from tenants.access.embed import MerchantRequest, merchant_view, problem

P = ParamSpec("P")


def page(
    view: Callable[Concatenate[MerchantRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page behind the visit's token; what the business refuses becomes problem+json."""

    def answered(
        request: MerchantRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            return problem(request, refusal)

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
