"""Problems, pages and keys of the REST surface, through a small view of our own."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from platform_app.kernel import drf, scope
from platform_app.kernel.errors import Conflict, DomainError, NotFound, Refused
from platform_app.kernel.idempotency import InProgress
from platform_app.kernel.scope import LIVE, Mode
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant


@dataclass(frozen=True)
class Key:
    """What an authentication hands over."""

    tenant_id: str
    caller_id: str = "key_1"
    actor: str = "key_1"
    mode: Mode = LIVE


class ByHeader(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Key, Key]:
        if "Tenant" not in request.headers:
            raise exceptions.NotAuthenticated
        key = Key(request.headers["Tenant"])
        return key, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        return "Sample"


class Line(drf.StrictSerializer):
    sku = serializers.CharField(max_length=3)
    amount = serializers.IntegerField(min_value=1)


class Order(drf.StrictSerializer):
    no = serializers.CharField()
    lines = Line(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["no"] == "whole":
            raise serializers.ValidationError("Not as a whole.", code="whole")
        return attrs


class View(drf.ApiView):
    authentication_classes = [ByHeader]
    permission_classes = []
    input = Order
    error: ClassVar[Exception | None] = None

    def get(self, request: Request) -> Response:
        if self.error:
            raise self.error
        return drf.page(request, Merchant.objects.all(), lambda row: {"id": row.id})

    def post(self, request: Request) -> Response:
        body = self.body(request)

        def act() -> tuple[int, Any]:
            made = Merchant.objects.create(external_id=body["no"], name=drf.actor_of(request))
            return 201, {"id": made.id, "scope": scope.current_tenant_id()}

        return self.once(request, act)


def ask(
    method: str, tenant: Tenant | None = None, path: str = "/x", body: Any = None, **headers: str
) -> Any:
    if tenant:
        headers["Tenant"] = tenant.id
    make = getattr(APIRequestFactory(), method)
    request = (
        make(path, body, format="json", headers=headers)
        if body is not None
        else make(path, headers=headers)
    )
    request.META["BT_REQUEST_ID"] = "req_1"
    answer = View.as_view()(request).render()
    answer.json = json.loads(answer.content)
    return answer


class Full(Refused):
    code = "full"
    message = "Only {left} is left."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "code", "detail", "places", "retryable"),
    [
        (Full(field="amount", left_minor=5), 422, "full", "Only 0.05 is left.",
         [{"path": "/amount", "code": "full"}], False),
        (NotFound(noun="line"), 404, "not_found", "There is no line with this id.", [], False),
        (Http404(), 404, "not_found", "There is no object with this id.", [], False),
        (Conflict(), 409, "conflict", "The current state does not allow this.", [], False),
        (InProgress(), 409, "request_in_progress",
         "The first request with this key is still running. Ask again shortly.", [], True),
        (OperationalError("canceling statement due to lock timeout"), 503, "try_again",
         "Please send the same request again in a moment.", [], True),
        (exceptions.PermissionDenied(), 403, "permission_denied",
         "You do not have permission to perform this action.", [], False),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type",
         "Unsupported media type in request.", [], False),
    ],
)  # fmt: skip
def test_every_refusal_has_one_shape(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str,
    detail: str, places: list[dict[str, str]], *, retryable: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(View, "error", error)
    answer = ask("get", tenant)
    body = answer.json
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert body.pop("title") == body.pop("detail")
    assert body == {
        "type": f"/api/v1/docs/#{code}", "status": status, "code": code, "message_en": detail,
        "errors": places, "request_id": "req_1", "retryable": retryable,
    }  # fmt: skip
    assert (answer.headers.get("Retry-After") == "1") is retryable
    assert scope.current() is None


@pytest.mark.django_db
def test_a_defect_of_ours_is_not_dressed_up(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(View, "error", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        ask("get", tenant)
    assert scope.current() is None


def test_nobody_is_told_how_to_sign() -> None:
    answer = ask("get")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Sample")
    assert answer.json["code"] == "not_authenticated"


@pytest.mark.django_db
def test_bad_fields_are_pointed_at(tenant: Tenant) -> None:
    answer = ask(
        "post", tenant, body={"no": "1", "lines": [{"sku": "abc", "amount": 1}, {"sku": "abcd"}]}
    )
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid"
    assert answer.json["message_en"] == "Some fields are not valid."
    assert [(e["path"], e["code"]) for e in answer.json["errors"]] == [
        ("/lines/1/sku", "max_length"), ("/lines/1/amount", "required"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"no": "1", "nr": 2, "x": 3}, [("/nr", "unknown_field"), ("/x", "unknown_field")]),
        ({"no": "1", "lines": [{"sku": "a", "amount": 1, "z": 1}]},
         [("/lines/0/z", "unknown_field")]),
        ({}, [("/no", "required")]),
        ({"no": "whole"}, [("/", "whole")]),
        ([], [("/", "invalid")]),
        ("text", [("/", "invalid")]),
    ],
)  # fmt: skip
def test_what_is_unknown_missing_or_of_the_wrong_kind(
    tenant: Tenant, body: Any, problems: list[tuple[str, str]]
) -> None:
    answer = ask("post", tenant, body=body)
    assert answer.status_code == 422
    assert [(e["path"], e["code"]) for e in answer.json["errors"]] == problems


@pytest.mark.django_db
def test_a_key_is_asked_for_and_replays(tenant: Tenant) -> None:
    without = ask("post", tenant, body={"no": "1"})
    assert (without.status_code, without.json["code"]) == (400, "idempotency_key_required")
    key = {"Idempotency-Key": "order-0001"}
    first = ask("post", tenant, body={"no": "1"}, **key)
    again = ask("post", tenant, body={"no": "1"}, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["scope"] == tenant.id
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    other = ask("post", tenant, body={"no": "2"}, **key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    with tenant_scope(tenant.id):
        assert Merchant.objects.get().name == "key_1"


@pytest.mark.django_db
def test_pages_by_cursor(inside: Tenant, other_tenant: Tenant) -> None:
    made = [Merchant.objects.create(external_id=str(n), name="x").id for n in range(5)]
    with tenant_scope(other_tenant.id):
        Merchant.objects.create(external_id="theirs", name="x")
    seen, after = [], ""
    for more in (True, True, False):
        answer = ask("get", inside, f"/x?limit=2{after}").json
        assert answer["has_more"] is more
        assert (answer["next_after"] == answer["data"][-1]["id"]) is more
        seen += [row["id"] for row in answer["data"]]
        after = f"&after={answer['next_after']}"
    assert seen == made
    assert ask("get", inside, "/x?limit=5").json["has_more"] is False
    assert len(ask("get", inside).json["data"]) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "limit=%C2%B2", "limit=%EF%BC%91",
     "limit=" + "9" * 5000, "after=1", "after=lin_01h2xcejqtf2nbrexx3vqjhp41", "after=%00"],
)  # fmt: skip
def test_a_page_nobody_can_turn_to(tenant: Tenant, query: str) -> None:
    answer = ask("get", tenant, f"/x?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"path": f"/{query.partition('=')[0]}", "code": "invalid"}]


def test_several_operations_at_one_address() -> None:
    class Read(View):
        def get(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
            return Response({"which": "read"})

    class Write(View):
        def post(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
            return Response({"which": "write"})

    view = drf.by_method(get=Read, post=Write)
    factory, headers = APIRequestFactory(), {"Tenant": "tnt_01h2xcejqtf2nbrexx3vqjhp41"}
    answers = [getattr(factory, method)("/x", headers=headers) for method in ("get", "post")]
    assert [view(request).data["which"] for request in answers] == ["read", "write"]  # type: ignore[attr-defined]
    assert view(factory.delete("/x", headers=headers)).status_code == 405
    assert view.csrf_exempt is True  # type: ignore[attr-defined]


def test_the_family_of_refusals_is_closed() -> None:
    assert issubclass(Full, DomainError)
