"""Every request by a known key leaves a line in the log, after it was answered.

`note_key` is called by the door as soon as it knows whose key is shown, `note_verified` when the
signature was right. The line is made when the server closes the answer, so nobody waits for it, and
travels by a buffer: no statement is added to any request.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from platform_app.kernel import clock
from platform_app.kernel.http import request_id_of
from tenants.domain import request_masks
from tenants.gateways import request_buffer
from tenants.models import Credential

PREFIX: Final = "/api/v1/"
_KEY: Final = "BT_KNOWN_KEY"
_VERIFIED: Final = "BT_VERIFIED"
_PART: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def note_key(request: HttpRequest, key: Credential) -> None:
    """This key is shown; whether the caller holds its secret is not known yet."""
    request.META[_KEY] = (key.tenant_id, key.id)


def note_verified(request: HttpRequest) -> None:
    """The signature was right."""
    request.META[_VERIFIED] = True


class RequestLogMiddleware:
    """Measures requests to the API, and keeps those that showed a known key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        at, started = clock.now(), time.perf_counter()
        response = self.get_response(request)
        if _KEY in request.META:
            took = round((time.perf_counter() - started) * 1000)
            # Closed by the server once the answer is on the wire.
            response._resource_closers.append(  # type: ignore[attr-defined]  # noqa: SLF001 -- as above
                partial(_keep, request, response, at, took)
            )
        return response


def _keep(request: HttpRequest, response: HttpResponse, at: datetime, took: int) -> None:
    request_buffer.push(line_of(request, response, at, took))


def line_of(
    request: HttpRequest, response: HttpResponse, at: datetime, took: int
) -> dict[str, Any]:
    """The line as the buffer carries it: nothing private, no header but the idempotency key."""
    tenant_id, key_id = request.META[_KEY]
    is_verified = _VERIFIED in request.META
    raw = request.body if is_verified else b""  # read by the signature, so it is at hand
    asked = request_masks.parsed(raw)
    told = b"" if response.streaming else response.content
    answered = request_masks.parsed(told)
    found = request.resolver_match
    query = str(request.META.get("QUERY_STRING", ""))
    return {
        "tenant_id": tenant_id,
        "id": request_id_of(request),
        "at": at.isoformat(),
        "key_id": key_id,
        "is_verified": is_verified,
        "method": str(request.method),
        "route": "/" + _PART.sub(r"{\1}", found.route) if found else request.path[:500],
        "path": request_masks.masked_path(request.path, query),
        "status": response.status_code,
        "code": _code(response.status_code, answered),
        "duration_ms": took,
        "external_id": request_masks.external_id(
            found.kwargs if found else {}, asked, query, answered
        ),
        "idempotency_key": request.headers.get("Idempotency-Key", "")[:64],
        "is_replayed": response.headers.get("Idempotent-Replayed") == "true",
        "asked": request_masks.shown(raw, asked),
        "answered": request_masks.shown(told, answered),
    }


def _code(status: int, answered: Any) -> str:
    """The stable code of a problem; success has none."""
    if status < 400 or not isinstance(answered, dict):  # noqa: PLR2004
        return ""
    return str(answered.get("code", ""))[:100]
