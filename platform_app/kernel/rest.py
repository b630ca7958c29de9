"""What every REST object has, and how an operation is described, once for all apps.

Descriptions are English msgids: the OpenAPI document keeps them, the reference translates them.
"""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.request import Request

from platform_app.kernel.drf import ApiView, key_of
from platform_app.kernel.errors import DomainError, NotFound, gettext_noop
from platform_app.kernel.idempotency import KEY_FORMAT, check_key
from platform_app.kernel.problems import PROBLEM
from platform_app.kernel.rest_fields import Refusal
from platform_app.kernel.scope import mode_word

METHODS: Final = ("get", "post", "put", "patch", "delete")
V = TypeVar("V", bound=type[ApiView])

KEY_PATTERN: Final = f"^{KEY_FORMAT.pattern}$"
KEY_TEXT: Final = gettext_noop(
    "8–64 letters, digits, - or _, made once per business act and kept for repeats."
)
REPLAYED_TEXT: Final = gettext_noop("`true` when this is the stored answer to an earlier request.")
LIMIT_TEXT: Final = gettext_noop("Rows on a page, 1–100; 20 when left out.")
AFTER_TEXT: Final = gettext_noop("`next_after` of the page before.")


class Output(serializers.Serializer[Any]):
    """Turns facts into the JSON of an answer; never reads what a caller sent."""


class NextActionOutput(Output):
    actor = serializers.CharField(help_text=gettext_noop("`merchant`, `partner` or `us`."))
    code = serializers.CharField(help_text=gettext_noop("Stable; decide on this, show `message`."))
    message = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    message_en = serializers.CharField()
    deadline = serializers.CharField(
        allow_null=True, help_text=gettext_noop("A day, or a moment; null when there is none.")
    )


class ObjectOutput(Output):
    """The head every object has."""

    id = serializers.CharField()
    object = serializers.CharField(help_text=gettext_noop("The kind of object."))
    mode = serializers.CharField(
        help_text=gettext_noop("`live` or `test`: whether this is a sandbox's.")
    )
    external_id = serializers.CharField(
        allow_null=True, help_text=gettext_noop("Your own number, or null.")
    )
    status = serializers.CharField(
        help_text=gettext_noop("Lower snake case. Tolerate values you do not know.")
    )
    version = serializers.IntegerField(
        help_text=gettext_noop("Rises with every change of state: drop what is older.")
    )
    next_action = NextActionOutput(
        allow_null=True, help_text=gettext_noop("Who has to do what by when; null when it is over.")
    )
    created_at = serializers.DateTimeField()


class ProblemPart(Output):
    path = serializers.CharField(help_text=gettext_noop("JSON pointer to the field."))
    code = serializers.CharField()
    message = serializers.CharField(required=False)


class Problem(Output):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=gettext_noop("Stable; never renamed."))
    detail = serializers.CharField()
    message_en = serializers.CharField()
    errors = ProblemPart(many=True)  # type: ignore[assignment]  # a field, not the property
    request_id = serializers.CharField(help_text=gettext_noop("Quote it when you ask us."))
    retryable = serializers.BooleanField(
        help_text=gettext_noop("The same request, with the same key, may be sent again.")
    )


def one(rows: QuerySet[Any], public_id: str, refusal: Refusal) -> Any:
    """The row with this id, or a refusal: for a malformed id too, and for another tenant's."""
    try:
        found = rows.filter(pk=public_id).first()
    except ValueError:
        found = None
    if found is None:
        raise refusal()
    return found


def missing(noun: str) -> Refusal:
    """How to refuse an id of this kind."""
    return partial(NotFound, noun=noun)


def action(found: Any) -> dict[str, Any] | None:
    """A `NextAction` (actor, code, message, deadline) in the caller's language and in English."""
    if found is None:
        return None
    with override("en"):
        english = gettext(found.message)
    return {
        "actor": found.actor,
        "code": found.code,
        "message": gettext(found.message),
        "message_en": english,
        "deadline": found.deadline,
    }


def head(kind: str, row: Any, /, **facts: Any) -> dict[str, Any]:
    """The common head of an object; `facts` override it."""
    return {
        "id": row.id,
        "object": kind,
        "mode": mode_word(),
        "external_id": None,
        "version": 1,
        "next_action": None,
        **facts,
    }


def list_of(item: type[Output]) -> type[Output]:
    """The serializer of `{data: [item, …]}`."""
    name = f"{item.__name__.removesuffix('Output')}List"
    return type(name, (Output,), {"data": item(many=True)})


def page_of(item: type[Output]) -> type[Output]:
    """The serializer of a page of `item`, for the document."""
    name = f"{item.__name__.removesuffix('Output')}Page"
    tail = {
        "has_more": serializers.BooleanField(),
        "next_after": serializers.CharField(allow_null=True),
    }
    return type(name, (Output,), {"data": item(many=True), **tail})


def operation(  # noqa: PLR0913 -- a description has this many parts, each by its name
    operation_id: str,
    *,
    tag: str,
    summary: str,
    answer: type[Output] | None,
    description: str = "",
    status: int = 200,
    also: Sequence[int] = (),
    refusals: Sequence[type[DomainError]] = (),
    query: Sequence[OpenApiParameter] = (),
    media: str = "",
) -> Callable[[V], V]:
    """Describe the one operation of a view class; `scope`, `input`, `keyed` are read off it.

    With `media` the answer is a file of that type instead of JSON. The same answer comes with the
    statuses of `also` too.
    """
    whole: Any = (status, media) if media else status
    content: Any = OpenApiTypes.BINARY if media else answer

    def described(view: V) -> V:
        method = next(name for name in METHODS if name in vars(view))
        decorate = extend_schema(
            operation_id=operation_id,
            tags=[tag],
            summary=summary,
            description=_with_refusals(description or summary, refusals),
            request=view.input,
            responses={
                whole: OpenApiResponse(content, HTTPStatus(status).phrase),
                **{one: OpenApiResponse(content, HTTPStatus(one).phrase) for one in also},
                **_problems(view, refusals),
            },
            parameters=[*query, *_own_parameters(view, status)],
            extensions={
                "x-scope": view.scope,
                "x-refusals": sorted({refusal.code for refusal in refusals}),
            },
        )
        setattr(view, method, decorate(getattr(view, method)))
        return view

    return described


def _with_refusals(text: str, refusals: Sequence[type[DomainError]]) -> str:
    if not refusals:
        return text
    listed = ", ".join(f"`{refusal.code}` ({refusal.status})" for refusal in refusals)
    return f"{text}\n\nRefusals: {listed}."


def _problems(
    view: type[ApiView], refusals: Sequence[type[DomainError]]
) -> dict[tuple[int, str], OpenApiResponse]:
    statuses = {401, 403, 429, 503, *(refusal.status for refusal in refusals)}
    if view.input is not None:
        statuses |= {400, 413, 422}
    if getattr(view, "keyed", False):
        statuses |= {400, 409, 413, 422}
    if getattr(view, "paged", False):
        statuses.add(422)
    return {
        (status, PROBLEM): OpenApiResponse(Problem, HTTPStatus(status).phrase)
        for status in sorted(statuses)
    }


def _own_parameters(view: type[ApiView], status: int) -> list[OpenApiParameter]:
    own = []
    if getattr(view, "keyed", False):
        own = [
            header("Idempotency-Key", KEY_TEXT, required=True, pattern=KEY_PATTERN),
            header("Idempotent-Replayed", REPLAYED_TEXT, response=[status]),
        ]
    if getattr(view, "paged", False):
        own += [
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": 100}, description=LIMIT_TEXT
            ),
            OpenApiParameter("after", str, description=AFTER_TEXT),
        ]
    return own


def header(name: str, text: str, **kwargs: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, location=OpenApiParameter.HEADER, description=text, **kwargs)


def query(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=text)


class KeyedView(ApiView):
    """A POST that needs an Idempotency-Key; nothing else is looked at before it."""

    keyed: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_key(key_of(request))


class ListView(ApiView):
    """A list by cursor pages."""

    paged: ClassVar[bool] = True
