"""Every refusal as RFC 9457 problem+json: a stable code, words in two languages, the fields."""

from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel.errors import (
    BodyTooLarge,
    DomainError,
    InternalError,
    NotFound,
    RateLimited,
    Unavailable,
)
from platform_app.kernel.http import request_id_of, say

PROBLEM: Final = "application/problem+json"
MEBIBYTE: Final = 2**20
_AGAIN: Final = {"request_in_progress", "try_again", RateLimited.code, InternalError.code}
logger = structlog.get_logger(__name__)


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as RFC 9457 problem+json in the caller's language, with a stable code."""
    request = context["request"]
    exc = _as_refusal(exc)
    if isinstance(exc, DomainError):
        response = _response(problem_of(request, exc))
    elif isinstance(exc, exceptions.ValidationError):
        response = _validation(request, exc)
    elif isinstance(exc, exceptions.APIException):
        code = str(getattr(exc.detail, "code", exc.default_code))
        text = str(exc.detail)
        response = _answer(request, exc.status_code, code, text, _english(exc), [])
    else:
        return None
    if response.status_code == 401:  # noqa: PLR2004
        response["WWW-Authenticate"] = context["view"].get_authenticate_header(request)
    if isinstance(exc, RateLimited):
        for name, value in exc.headers.items():
            response[name] = value
    elif response.data["retryable"]:
        response["Retry-After"] = "1"
    return response


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal where no API view answers: scripts of pages, callbacks, unknown addresses."""
    return JsonResponse(
        problem_of(request, error), status=error.status, content_type=PROBLEM,
        headers={"Cache-Control": "no-store"}, json_dumps_params={"ensure_ascii": False},
    )  # fmt: skip


def problem_of(request: Any, error: DomainError) -> dict[str, Any]:
    """The body of a refusal (RFC 9457), in the language of the request and in English."""
    facts = {name: error.facts[name] for name in error.members if name in error.facts}
    said = (say(error), say(error, "en"))
    return {**_body(request, error.status, error.code, *said, _where(error)), **facts}


def too_large() -> BodyTooLarge:
    """The refusal of a body that nobody reads."""
    return BodyTooLarge(limit_mb=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MEBIBYTE)


def _as_refusal(exc: Exception) -> Exception:
    """What Django, the database and the parser raise, as the refusal it stands for."""
    if isinstance(exc, Http404):
        return NotFound(noun="object")
    if isinstance(exc, RecursionError):
        return exceptions.ParseError()  # JSON nested without end
    if isinstance(exc, RequestDataTooBig):
        return too_large()
    if isinstance(exc, OperationalError):
        logger.warning("api.database_busy", error=str(exc))
        return Unavailable()  # a lock that was not given in time, a deadlock, a lost connection
    return exc


def _english(exc: exceptions.APIException) -> str:
    """DRF translates a detail when it is raised; the English default is what is left to say."""
    with override("en"):
        return str(exc.default_detail).replace(' "{method}"', "").replace(' "{media_type}"', "")


def _sendable(text: Any) -> str:
    """What a refusal repeats of the request may hold half a character, which UTF-8 cannot say."""
    return str(text).encode("utf-8", "replace").decode()


def _where(error: DomainError) -> list[dict[str, Any]]:
    if error.field is None:
        return []
    return [{"path": f"/{error.field}", "code": error.code}]


def _validation(request: Request, exc: exceptions.ValidationError) -> Response:
    errors = field_problems(exc)
    text = _("Some fields are not valid.")
    detail = "；".join(f"{e['path']}: {e['message']}" for e in errors[:3])
    return _answer(
        request, 422, "invalid", f"{text} {detail}", "Some fields are not valid.", errors
    )


def field_problems(exc: exceptions.ValidationError) -> list[dict[str, str]]:
    """Each bad field with its JSON pointer, a stable code and words."""
    return list(_flatten(exc.get_full_details(), ""))


def _flatten(detail: Any, path: str) -> Any:
    if isinstance(detail, dict) and set(detail) == {"message", "code"}:
        yield {"path": path or "/", "code": detail["code"], "message": str(detail["message"])}
    elif isinstance(detail, dict):
        for key, value in detail.items():
            at = path if key == "non_field_errors" else f"{path}/{key}"
            yield from _flatten(value, at)
    elif isinstance(detail, list):
        nested = any(isinstance(item, dict) and "message" not in item for item in detail)
        for index, item in enumerate(detail):
            yield from _flatten(item, f"{path}/{index}" if nested else path)


def _answer(request: Request, status: int, *facts: Any) -> Response:
    return _response(_body(request, status, *facts))


def _response(body: dict[str, Any]) -> Response:
    return Response(body, status=body["status"], content_type=PROBLEM)


def _body(
    request: Any, status: int, code: str, text: str, english: str, errors: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "type": f"/api/v1/docs/#{code}",
        "title": _sendable(text),
        "status": status,
        "code": code,
        "detail": _sendable(text),
        "message_en": _sendable(english),
        "errors": [
            {name: _sendable(one) if isinstance(one, str) else one for name, one in error.items()}
            for error in errors
        ],
        "request_id": request_id_of(request),
        "retryable": status in {409, 429, 500, 503} and code in _AGAIN,
    }
