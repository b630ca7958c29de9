"""What every request carries: an id that is in the log line, the answer and the error page."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, override

from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.money import format_yuan

# Where a door leaves, in the request's META, how to sign the answer: bytes in, headers out.
ANSWER_SIGNER: Final = "BT_ANSWER_SIGNER"


class RequestIdMiddleware:
    """Gives the request an id (`req_…`) and binds it to every log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = ids.new_id("req")
        request.META["BT_REQUEST_ID"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["BT-Request-Id"] = request_id
        return response


def request_id_of(request: Any) -> str:
    return str(request.META.get("BT_REQUEST_ID", ""))


def say(error: DomainError, language: str | None = None) -> str:
    """The refusal in the caller's language, its facts filled in (money facts end `_minor`)."""
    with override(language) if language else _as_is():
        text = gettext(error.message)
        facts = {
            key.removesuffix("_minor"): (
                format_yuan(value) if key.endswith("_minor") else gettext(str(value))
            )
            for key, value in error.facts.items()
        }
    for key, value in facts.items():
        text = text.replace("{" + key + "}", value)
    return text


class _as_is:  # noqa: N801 -- reads as the word it stands for in `with … else`
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
