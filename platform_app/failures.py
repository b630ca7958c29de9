"""What is answered where no view did: pages to people, problems to programs."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from platform_app.kernel.errors import InternalError, UnknownPath
from platform_app.kernel.problems import refused, too_large

_PROGRAMS = ("/api/", "/callbacks/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No view has this address."""
    if request.path.startswith(_PROGRAMS):
        return refused(request, UnknownPath())
    return defaults.page_not_found(request, exception)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django refused to read it."""
    if request.path.startswith(_PROGRAMS) and isinstance(exception, RequestDataTooBig):
        return refused(request, too_large())
    return defaults.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """A view raised what nobody foresaw; it is in the log under the request's id."""
    if request.path.startswith(_PROGRAMS):
        return refused(request, InternalError())
    return defaults.server_error(request)
