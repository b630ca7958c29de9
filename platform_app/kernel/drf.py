"""The REST surface's manners: problem+json, scope, rates, signed answers, idempotency, pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar, Final

import structlog
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_app.kernel import idempotency, rates
from platform_app.kernel.errors import (
    Invalid,
)
from platform_app.kernel.http import ANSWER_SIGNER
from platform_app.kernel.scope import mode_word
from platform_app.kernel.tenancy import mode_scope, tenant_scope

logger = structlog.get_logger(__name__)
_LIMIT: Final = re.compile(r"[1-9][0-9]?|100")


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a typo must not be silently ignored.

    Text is text: a number in its place may have lost its leading zeros, or its last digits.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name: [_("Unknown field.")] for name in unknown}, code="unknown_field"
                )
            numbers = [name for name, field in self.fields.items() if _is_number_for(field, data)]
            if numbers:
                raise serializers.ValidationError(
                    {
                        name: [serializers.CharField.default_error_messages["invalid"]]
                        for name in numbers
                    },
                    code="invalid",
                )
        return super().to_internal_value(data)


def _is_number_for(field: Any, data: Mapping[str, Any]) -> bool:
    is_text = isinstance(field, serializers.CharField)
    return is_text and isinstance(data.get(field.field_name), int | float)


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
            key=key_of(request),
            payload=request.data,
            act=lambda: idempotency.Answer(*act()),
        )
        response = Response(answer.body, status=answer.status)
        if answer.replayed:
            response["Idempotent-Replayed"] = "true"
        return response


def key_of(request: Request) -> str:
    """The request's Idempotency-Key as it was sent, or nothing."""
    return str(request.headers.get("Idempotency-Key", ""))


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
