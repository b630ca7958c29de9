"""The REST surface's manners: problem+json, scope, rates, signed answers, idempotency, pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar, Final

import structlog
from django.db import OperationalError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_app.kernel import idempotency, rates
from platform_app.kernel.errors import DomainError, Invalid, NotFound, RateLimited, Unavailable
from platform_app.kernel.http import ANSWER_SIGNER, request_id_of, say
from platform_app.kernel.scope import mode_word
from platform_app.kernel.tenancy import mode_scope, tenant_scope

logger = structlog.get_logger(__name__)
_LIMIT: Final = re.compile(r"[1-9][0-9]?|100")
_AGAIN: Final = {"request_in_progress", "try_again", RateLimited.code}


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a typo must not be silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name: [_("Unknown field.")] for name in unknown}, code="unknown_field"
                )
        return super().to_internal_value(data)


class ApiView(APIView):
    """One operation. Opens the caller's tenant scope; `scope` is what the key must be allowed.

    `bucket` is where its requests are counted. The answer is signed if the request was.
    """

    scope: ClassVar[str] = "read"
    bucket: ClassVar[str] = rates.CALLS
    spent: rates.Spent | None = None
    input: ClassVar[type[serializers.Serializer[Any]] | None] = None
    mode = ""  # said in every answer, once we know who is asking

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self._scopes:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is not None:
            self._scopes.enter_context(tenant_scope(caller_of(request).tenant_id))
            self._scopes.enter_context(mode_scope(caller_of(request).mode))
            self.mode = mode_word()

    def check_throttles(self, request: Request) -> None:
        """Count the request against its key. Raises problem 429."""
        if request.auth is not None:
            self.spent = rates.spend(actor_of(request), self.bucket)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer: Any = super().finalize_response(request, response, *args, **kwargs)
        if self.mode:
            answer["BT-Mode"] = self.mode
        if self.spent is not None:
            _put(answer, self.spent.headers)
        if isinstance(answer, Response):
            answer.add_post_render_callback(lambda whole: _sign(request, whole))
        elif not answer.streaming:
            _sign(request, answer)
        return answer

    def body(self, request: Request) -> dict[str, Any]:
        """The validated request body. Raises problem 422 with the path of each bad field."""
        assert self.input is not None  # noqa: S101 -- a view without input has no body to read
        serializer = self.input(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def once(self, request: Request, act: Callable[[], tuple[int, Any]]) -> Response:
        """Run `act` under the request's Idempotency-Key and answer with its body."""
        answer = idempotency.once(
            caller=caller_of(request).caller_id,
            operation=f"{request.method} {request.path}",
            key=request.headers.get("Idempotency-Key", ""),
            payload=request.data,
            act=lambda: idempotency.Answer(*act()),
        )
        response = Response(answer.body, status=answer.status)
        if answer.replayed:
            response["Idempotent-Replayed"] = "true"
        return response


def _sign(request: Request, response: Any) -> None:
    sign = request.META.get(ANSWER_SIGNER)
    if sign is not None:
        _put(response, sign(response.content))


def _put(response: Any, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        response[name] = value


def caller_of(request: Request) -> Any:
    """Who signed the request: what the authentication class made of it."""
    return request.auth


def actor_of(request: Request) -> str:
    """Who signed the request, as operations and events name them."""
    return str(caller_of(request).actor)


def by_method(**operations: type[ApiView]) -> Callable[..., HttpResponseBase]:
    """Several operations at one address, each a view of its own: `by_method(get=…, post=…)`.

    The schema generator reads `cls`, a class that has all of their handlers.
    """
    views = {method: operation.as_view() for method, operation in operations.items()}
    first = next(iter(views.values()))
    handlers = {method: getattr(one, method) for method, one in operations.items()}

    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return views.get(str(request.method).lower(), first)(request, *args, **kwargs)

    chosen.cls = type("Operations", (ApiView,), handlers)  # type: ignore[attr-defined]
    chosen.initkwargs = {}  # type: ignore[attr-defined]
    chosen.csrf_exempt = True  # type: ignore[attr-defined]
    return chosen


def page(
    request: Request, rows: QuerySet[Any], render: Callable[[Any], dict[str, Any]]
) -> Response:
    """One page of `rows` by id cursor: `{data, has_more, next_after}`; `limit` 1–100."""
    limit = _limit(request.query_params.get("limit", "20"))
    after = request.query_params.get("after")
    ordered = rows.order_by("id")
    if after:
        try:
            ordered = ordered.filter(id__gt=after)
        except ValueError as error:
            raise Invalid(field="after") from error
    found: Sequence[Model] = list(ordered[: limit + 1])
    shown = found[:limit]
    more = len(found) > limit
    return Response(
        {
            "data": [render(row) for row in shown],
            "has_more": more,
            "next_after": str(shown[-1].pk) if more else None,
        }
    )


def _limit(text: str) -> int:
    if not _LIMIT.fullmatch(text):
        raise Invalid(field="limit")
    return int(text)


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as RFC 9457 problem+json in the caller's language, with a stable code."""
    request = context["request"]
    exc = _as_refusal(exc)
    if isinstance(exc, DomainError):
        response = _answer(request, exc.status, exc.code, say(exc), say(exc, "en"), _where(exc))
        response.data.update({name: exc.facts[name] for name in exc.members if name in exc.facts})
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
        _put(response, exc.headers)
    elif response.data["retryable"]:
        response["Retry-After"] = "1"
    return response


def _as_refusal(exc: Exception) -> Exception:
    """What Django, the database and the parser raise, as the refusal it stands for."""
    if isinstance(exc, Http404):
        return NotFound(noun="object")
    if isinstance(exc, RecursionError):
        return exceptions.ParseError()  # JSON nested without end
    if isinstance(exc, OperationalError):
        logger.warning("api.database_busy", error=str(exc))
        return Unavailable()  # a lock that was not given in time, a deadlock, a lost connection
    return exc


def _english(exc: exceptions.APIException) -> str:
    """DRF translates a detail when it is raised; the English default is what is left to say."""
    with override("en"):
        return str(exc.default_detail).replace(' "{method}"', "").replace(' "{media_type}"', "")


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


def _answer(
    request: Request, status: int, code: str, text: str, english: str, errors: list[dict[str, Any]]
) -> Response:
    body = {
        "type": f"/api/v1/docs/#{code}",
        "title": str(text),
        "status": status,
        "code": code,
        "detail": str(text),
        "message_en": str(english),
        "errors": errors,
        "request_id": request_id_of(request),
        "retryable": status in {409, 429, 503} and code in _AGAIN,
    }
    return Response(body, status=status, content_type="application/problem+json")
