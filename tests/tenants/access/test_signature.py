"""The signed request, as a partner sends it, down to the byte."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.access.schema import SignatureScheme
from tenants.access.signature import HasScope, SignatureAuthentication, verify
from tenants.domain import signing
from tenants.enums import TenantStatus
from tenants.errors import SignatureInvalid
from tenants.models import Credential, Tenant
from tenants.operations.credentials import create_hmac_key, create_rsa_key, revoke_key
from tenants.values import Caller

VECTORS = json.loads((Path(__file__).parents[1] / "signature_vectors.json").read_text())
NONCE = "5f1c0e2f8a3b4d6e9c7a1b2c3d4e5f60"


class Echo(APIView):
    """What the caller may know about itself."""

    authentication_classes = (SignatureAuthentication,)
    permission_classes = (HasScope,)
    scope: ClassVar[str] = "read"

    def post(self, request: Request) -> Response:
        auth = cast("Caller", request.auth)
        return Response({"key": auth.key_id, "tenant": auth.tenant_id, "body": request.data})

    get = post


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_golden_vectors(vector: dict[str, Any]) -> None:
    message = signing.string_to_sign(
        vector["method"], vector["target"], vector["timestamp"], vector["nonce"],
        vector["body"].encode(),
    )  # fmt: skip
    assert message.decode() == vector["string_to_sign"]
    assert signing.sign_hmac(VECTORS["secret"], message) == vector["signature"]


def test_the_vector_of_the_documentation_is_among_them() -> None:
    assert len(VECTORS["vectors"]) >= 10
    first = VECTORS["vectors"][0]
    assert first["target"] == "/api/v1/drawdowns?expand=quote"
    assert first["signature"] == "DdEp7VmJ8D8h8j7tHYA7v2ctVU0g+JUPBS+rIG/xLFk="


@pytest.fixture
def signer(tenant: Tenant, at: datetime) -> "Signer":
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
    return Signer(key, secret, at)


class Signer:
    """A partner's back end."""

    def __init__(self, key: Credential, secret: str, at: datetime) -> None:
        self.key, self.secret, self.at = key, secret, at
        self.count = 0

    def header(self, method: str, target: str, body: bytes = b"", **said: Any) -> str:
        self.count += 1
        facts = {
            "key_id": self.key.id, "nonce": f"{self.count:032x}",
            "timestamp": int(self.at.timestamp()), **said,
        }  # fmt: skip
        message = signing.string_to_sign(method, target, facts["timestamp"], facts["nonce"], body)
        facts.setdefault("signature", signing.sign_hmac(self.secret, message))
        return signing.authorization(signing.HMAC, **facts)

    def post(self, target: str, body: bytes, header: str | None = None) -> Response:
        request = RequestFactory().post(
            target, body, content_type="application/json",
            headers={"Authorization": header or self.header("POST", target, body)},
        )  # fmt: skip
        return Echo.as_view()(request)

    def get(self, target: str, header: str | None = None) -> Response:
        headers = {"Authorization": header or self.header("GET", target)}
        return Echo.as_view()(RequestFactory().get(target, headers=headers))


BODY = '{"备注":"a&b/c","n":1}\n'.encode()


@pytest.mark.parametrize(
    "target", ["/api/v1/x", "/api/v1/x?q=%E4%B8%AD&q=2&a=b%2Fc", "/api/v1/%E5%BA%97?x=1+2"]
)
def test_a_signed_request_is_let_in(target: str, signer: Signer, tenant: Tenant) -> None:
    response = signer.post(target, BODY)
    assert (response.status_code, response.data) == (
        200, {"key": signer.key.id, "tenant": tenant.id, "body": {"备注": "a&b/c", "n": 1}},
    )  # fmt: skip
    assert signer.get(target).status_code == 200
    assert Credential.doors.get().last_used_on == clock.day_of(signer.at)


def test_the_target_as_sent_is_what_counts(signer: Signer) -> None:
    sent = "/api/v1/x?a=%7e"
    request = RequestFactory().get("/api/v1/x?a=%7E", RAW_URI=sent)
    request.META["HTTP_AUTHORIZATION"] = signer.header("GET", sent)
    assert verify(request, at=signer.at).key_id == signer.key.id


def test_an_app_id_is_allowed_and_ignored(signer: Signer) -> None:
    header = signer.header("GET", "/x").replace("SHA256 ", 'SHA256 app_id="app_1", ')
    assert signer.get("/x", header).status_code == 200


def refused(response: Response, code: str, status: int = 401) -> None:
    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.data["status"] == status


def test_a_header_that_is_missing_or_unreadable(signer: Signer) -> None:
    refused(Echo.as_view()(RequestFactory().get("/x")), "signature_missing")
    good = signer.header("GET", "/x")
    for bad in (
        "Bearer abc",
        good.replace("HMAC", "HMAG"),
        good.replace("nonce", "nonse"),
        good + ',key_id="key_1"',
        good.replace('timestamp="', 'timestamp="-'),
        good.replace(",", ";"),
        signer.header("GET", "/x", nonce="zz"),
        signer.header("GET", "/x", signature="%%"),
    ):
        refused(signer.get("/x", bad), "signature_malformed")
    assert signer.get("/x", good).status_code == 200


def test_a_key_that_is_unknown_or_over(signer: Signer, tenant: Tenant, at: datetime) -> None:
    refused(signer.get("/x", signer.header("GET", "/x", key_id="key_1")), "key_unknown")
    other = signer.key.id[:-1] + ("0" if signer.key.id[-1] != "0" else "1")
    refused(signer.get("/x", signer.header("GET", "/x", key_id=other)), "key_unknown")
    rsa_header = signer.header("GET", "/x").replace(signing.HMAC, signing.RSA)
    refused(signer.get("/x", rsa_header), "key_unknown")
    with tenant_scope(tenant.id):
        until = at + timedelta(minutes=1)
        brief, secret = create_hmac_key(
            label="b", scopes=["read"], actor="u", at=at, not_after=until
        )
        revoke_key(key_id=signer.key.id, actor="usr", at=at)
    refused(signer.get("/x"), "key_revoked")
    short = Signer(brief, secret, until)
    with clock.travel(until - timedelta(seconds=1)):
        assert short.get("/x").status_code == 200
    with clock.travel(until):
        refused(short.get("/x"), "key_revoked")


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)]
)
def test_the_clock_may_differ_by_five_minutes(seconds: int, status: int, signer: Signer) -> None:
    signer.at += timedelta(seconds=seconds)
    response = signer.get("/x")
    assert response.status_code == status
    if status == 401:
        refused(response, "timestamp_stale")


def test_whatever_differs_breaks_the_signature(signer: Signer) -> None:
    header = signer.header("POST", "/x?a=1&b=2", BODY)
    for target, body in (
        ("/x?b=2&a=1", BODY),
        ("/x", BODY),
        ("/x?a=1&b=2", BODY[:-1]),
        ("/x?a=1&b=2", b'{"n":1,"\xe5\xa4\x87\xe6\xb3\xa8":"a&b/c"}\n'),
    ):
        refused(signer.post(target, body, header), "signature_invalid")
    refused(signer.get("/x?a=1&b=2", header), "signature_invalid")
    assert signer.post("/x?a=1&b=2", BODY, header).status_code == 200


def test_a_nonce_is_burnt_by_a_good_signature_only(signer: Signer) -> None:
    good = signer.header("GET", "/x", nonce=NONCE)
    forged = signer.header("GET", "/x", nonce=NONCE, signature="AAAA")
    refused(signer.get("/x", forged), "signature_invalid")
    assert signer.get("/x", good).status_code == 200
    refused(signer.get("/x", good), "signature_replayed")
    refused(signer.get("/y", signer.header("GET", "/y", nonce=NONCE)), "signature_replayed")


def test_without_redis_nobody_is_let_in(signer: Signer, settings: Any) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    refused(signer.get("/x"), "try_again", 503)


def test_a_scope_the_key_lacks(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Echo, "scope", "draw")
    refused(signer.get("/x"), "scope_missing", 403)


def test_a_suspended_platform(signer: Signer, tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(status=TenantStatus.SUSPENDED)
    refused(signer.get("/x"), "tenant_suspended", 403)


def test_rsa(tenant: Tenant, at: datetime) -> None:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with tenant_scope(tenant.id):
        key = create_rsa_key(
            label="r", public_key_pem=pem.decode(), scopes=["read"], actor="usr", at=at
        )
    stamp = int(at.timestamp())
    message = signing.string_to_sign("GET", "/x", stamp, NONCE, b"")
    header = signing.authorization(
        signing.RSA, key_id=key.id, nonce=NONCE, timestamp=stamp,
        signature=signing.sign_rsa(private, message),
    )  # fmt: skip
    request = RequestFactory().get("/x", headers={"Authorization": header})
    caller = verify(request, at=at)
    assert (caller.tenant_id, caller.caller_id, caller.actor) == (tenant.id, tenant.id, key.id)
    assert (caller.scopes, caller.is_authenticated, caller.pk) == (
        frozenset(["read"]),
        True,
        key.id,
    )
    with pytest.raises(SignatureInvalid):
        verify(RequestFactory().get("/y", headers={"Authorization": header}), at=at)
    assert signing.rsa_matches(pem.decode(), message, "AA") is False
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert signing.rsa_matches(other, message, "AAAA") is False


def test_a_secret_that_was_tampered_with_opens_nothing(signer: Signer) -> None:
    Credential.doors.update(secret_sealed=b"x" * 60)
    refused(signer.get("/x"), "signature_invalid")


def test_nobody_has_no_scope() -> None:
    request = Request(RequestFactory().get("/x"))
    assert HasScope().has_permission(request, Echo()) is False


def test_the_schema_describes_the_header() -> None:
    scheme = SignatureScheme(SignatureAuthentication)  # type: ignore[no-untyped-call]
    said = scheme.get_security_definition(None)
    assert (said["type"], said["in"], said["name"]) == ("apiKey", "header", "Authorization")
    assert signing.HMAC in said["description"]
    assert signing.RSA in said["description"]
