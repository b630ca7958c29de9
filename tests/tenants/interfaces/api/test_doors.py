"""What stands at the door beside the signature: addresses, rates, signed answers, other schemes."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.access import response_keys
from tenants.domain import signing, signing_sm2
from tenants.models import ApiRequest, Credential, Tenant
from tenants.operations.api_requests import write_api_requests
from tenants.operations.credential_rotation import rotate_hmac_key
from tenants.operations.credentials import allow_ips, create_rsa_key, create_sm2_key, revoke_key
from tests.tenants.domain.test_signing_sm2 import PEM, PRIVATE
from tests.tenants.interfaces.api.client import Partner, Stranger
from tests.tenants.operations.test_credentials import public_pem

SIGNED = ("BT-Timestamp", "BT-Nonce", "BT-Key-Id", "BT-Signature")


class Pair(Partner):
    """A partner's back end that signs with a private key."""

    def __init__(self, key_id: str, scheme: str, sign: Any) -> None:
        super().__init__(key_id, "")
        self.scheme, self.sign = scheme, sign

    def authorization(self, method: str, target: str, body: bytes) -> str:
        timestamp, nonce = int(clock.now().timestamp()), secrets.token_hex(16)
        message = signing.string_to_sign(method, target, timestamp, nonce, body)
        return signing.authorization(
            self.scheme, key_id=self.key_id, nonce=nonce, timestamp=timestamp,
            signature=self.sign(message),
        )  # fmt: skip


@pytest.fixture
def pair(tenant: Tenant, at: datetime) -> Pair:
    private = rsa.generate_private_key(65537, 2048)
    with tenant_scope(tenant.id):
        key = create_rsa_key(
            label="r", public_key_pem=public_pem(private), scopes=["read"], actor="usr", at=at
        )
    return Pair(key.id, signing.RSA, lambda message: signing.sign_rsa(private, message))


def own_signature(partner: Partner, answer: Any) -> str:
    """What the partner computes from the answer alone."""
    head = f"{answer.headers['BT-Timestamp']}\n{answer.headers['BT-Nonce']}\n".encode()
    digest = hmac.new(partner.secret.encode(), head + answer.content + b"\n", hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


def test_every_answer_to_a_signed_request_is_signed_with_its_secret(owner: Partner) -> None:
    target = "/api/v1/hello"
    header = owner.authorization("GET", target, b"")
    answer = owner.http.get(target, headers={"Authorization": header})
    assert (answer.status_code, answer.headers["BT-Key-Id"]) == (200, owner.key_id)
    assert f'nonce="{answer.headers["BT-Nonce"]}"' in header
    assert answer.headers["BT-Timestamp"] == str(int(clock.now().timestamp()))
    assert answer.headers["BT-Signature"] == own_signature(owner, answer)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "merchants/ext:M-1", {"name": "示例宠物店 & <b>"}, 201),
        ("GET", "merchants/mch_x", None, 404),
        ("PUT", "merchants/ext:M-1", {"title": "x"}, 422),
        ("POST", "embed_sessions", {}, 422),
        ("PATCH", "hello", None, 405),
    ],
)
def test_problems_are_signed_too(
    method: str, path: str, body: Any, status: int, owner: Partner
) -> None:
    answer = owner.call(method, path, body, key="test-key-1")
    assert answer.status_code == status
    assert answer.headers["BT-Signature"] == own_signature(owner, answer)


def test_nothing_is_signed_for_whoever_has_not_shown_the_key(
    owner: Partner, reader: Partner, stranger: Stranger, tenant: Tenant, at: datetime
) -> None:
    liar = Partner(owner.key_id, "sk_wrong")
    for caller, code in ((stranger, "signature_missing"), (liar, "signature_invalid")):
        answer = caller.get("hello")
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert [name for name in SIGNED if name in answer.headers] == []
    header = reader.authorization("GET", "/api/v1/hello", b"")
    first, again = (
        reader.http.get("/api/v1/hello", headers={"Authorization": header}) for _ in "ab"
    )
    assert (first.status_code, again.json()["code"]) == (200, "signature_replayed")
    assert again.headers["BT-Signature"] == own_signature(reader, again)
    with tenant_scope(tenant.id):
        revoke_key(key_id=owner.key_id, actor="usr", at=at)
    answer = owner.get("hello")
    assert answer.json()["code"] == "key_revoked"
    assert [name for name in SIGNED if name in answer.headers] == []


def test_a_key_pair_is_answered_with_our_own_key(pair: Pair) -> None:
    listed = pair.get("response_keys").json()["data"]
    assert [(one["object"], one["algorithm"]) for one in listed] == [
        ("response_key", "BT-SHA256-RSA2048")
    ]
    answer = pair.get("hello")
    assert answer.headers["BT-Key-Id"] == listed[0]["id"]
    public = load_pem_public_key(listed[0]["public_key_pem"].encode())
    assert isinstance(public, RSAPublicKey)
    head = f"{answer.headers['BT-Timestamp']}\n{answer.headers['BT-Nonce']}\n".encode()
    signature = base64.b64decode(answer.headers["BT-Signature"])
    public.verify(signature, head + answer.content + b"\n", PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signature, head + answer.content + b" \n", PKCS1v15(), SHA256())


def test_our_key_comes_from_the_environment_and_the_next_is_told_ahead(
    pair: Pair, settings: Any
) -> None:
    pems = [
        rsa.generate_private_key(65537, 2048)
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
        for _ in "ab"
    ]
    settings.RESPONSE_KEY, settings.NEXT_RESPONSE_KEY = pems[0].replace("\n", "\\n"), pems[1]
    listed = [one["id"] for one in pair.get("response_keys").json()["data"]]
    assert pair.get("hello").headers["BT-Key-Id"] == listed[0]
    settings.RESPONSE_KEY, settings.NEXT_RESPONSE_KEY = pems[1], ""
    assert pair.get("hello").headers["BT-Key-Id"] == listed[1]
    for wrong in ("x", PEM):
        settings.RESPONSE_KEY = wrong
        with pytest.raises(ImproperlyConfigured, match="BAITIAO_RESPONSE_KEY"):
            response_keys.signing_key()


def test_the_kept_key_is_sealed_and_stays(tmp_path: Any, settings: Any) -> None:
    settings.DATA = tmp_path
    key = response_keys.signing_key()
    assert [file.name for file in tmp_path.iterdir()] == ["response-key"]
    assert b"PRIVATE" not in (tmp_path / "response-key").read_bytes()
    response_keys._kept.cache_clear()
    assert response_keys.signing_key().id == key.id


def test_a_probe_carries_a_wrong_signature_in_test_mode_only(
    owner: Partner, tenant: Tenant
) -> None:
    answer = owner.get("hello", **{"BT-Probe": "1"})
    assert (answer.status_code, answer.headers["BT-Probe"]) == (200, "1")
    assert answer.headers["BT-Signature"] != own_signature(owner, answer)
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    answer = owner.get("hello", **{"BT-Probe": "1"})
    assert "BT-Probe" not in answer.headers
    assert answer.headers["BT-Signature"] == own_signature(owner, answer)


def test_signing_the_answer_costs_no_statement(
    owner: Partner, django_assert_num_queries: Any
) -> None:
    owner.get("response_keys")
    with django_assert_num_queries(1):
        assert owner.get("response_keys").status_code == 200


def test_a_key_is_good_from_its_addresses_only(
    owner: Partner, tenant: Tenant, at: datetime, settings: Any
) -> None:
    with tenant_scope(tenant.id):
        allow_ips(key_id=owner.key_id, allowed_ips=["198.51.100.0/24"], actor="usr", at=at)
    answer = owner.call("PUT", "merchants/ext:M-1", {"name": "示例"})
    assert (answer.status_code, answer.json()["code"]) == (403, "ip_not_allowed")
    assert answer.json()["message_en"] == "This key may not be used from the address 127.0.0.1."
    assert answer.headers["BT-Signature"] == own_signature(owner, answer)
    assert owner.get("hello", **{"X-Forwarded-For": "198.51.100.9"}).status_code == 403
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert owner.get("merchants", **{"X-Forwarded-For": "198.51.100.9"}).json()["data"] == []
    assert owner.get("hello", **{"X-Forwarded-For": "198.51.101.9"}).status_code == 403
    assert owner.get("hello", **{"X-Forwarded-For": "198.51.100.9, 203.0.113.1"}).status_code == 403


def test_a_successor_and_its_former_both_open_until_the_overlap_is_over(
    owner: Partner, tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        key, secret = rotate_hmac_key(key_id=owner.key_id, actor="usr", at=at)
    successor = Partner(key.id, secret)
    with clock.travel(at + timedelta(days=7) - timedelta(seconds=1)):
        assert (owner.get("hello").status_code, successor.get("hello").status_code) == (200, 200)
    with clock.travel(at + timedelta(days=7)):
        assert owner.get("hello").json()["code"] == "key_revoked"
        assert successor.get("hello").json()["key"]["id"] == key.id


def test_in_test_mode_a_wrong_signature_says_what_was_seen(owner: Partner, tenant: Tenant) -> None:
    target, sent = "/api/v1/merchants/ext:M-1?a=%26", b'{"name":"a&b"}'
    header = owner.authorization("PUT", target, b'{"name":"b"}')

    def told() -> dict[str, Any]:
        answer = owner.http.generic(
            "PUT", target, sent, "application/json", headers={"Authorization": header}
        )
        assert answer.json()["code"] == "signature_invalid"
        return dict(answer.json())

    said = signing.parse_authorization(header)
    canonical = signing.string_to_sign("PUT", target, said.timestamp, said.nonce, sent)
    seen = {
        "canonical_sha256": hashlib.sha256(canonical).hexdigest(),
        "body_sha256": hashlib.sha256(sent).hexdigest(),
        "body_length": 14,
    }
    assert {name: told()[name] for name in seen} == seen
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    assert set(seen) & set(told()) == set()


def test_too_many_requests_of_one_key(
    owner: Partner, neighbor: Partner, tenant: Tenant, settings: Any
) -> None:
    settings.API_RATE_PER_SECOND, settings.API_BATCH_RATE_PER_SECOND = 1, 1
    first = owner.get("hello")
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("10", "9")
    last = [owner.get("hello").status_code for _ in range(9)]
    assert last == [200] * 9
    refused = owner.call("PUT", "merchants/ext:M-1", {"name": "示例"})
    assert refused.status_code == 429
    assert (refused.json()["code"], refused.json()["retryable"]) == ("rate_limited", True)
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["BT-Signature"] == own_signature(owner, refused)
    assert neighbor.get("hello").status_code == 200
    batch = owner.post("orders:batch", {"orders": []})
    assert (batch.status_code, batch.headers["RateLimit-Remaining"]) == (422, "9")
    assert owner.get("merchants").status_code == 429


def test_callers_without_a_right_key_are_held_off_by_address(
    owner: Partner, tenant: Tenant, settings: Any
) -> None:
    settings.FAILURES_PER_MINUTE = 2
    wrong = Partner(owner.key_id, "wrong")
    said = [one.get("hello") for one in (Stranger(), wrong, wrong)]
    assert [one.status_code for one in said] == [401, 401, 429]
    refused = said[-1]
    assert (refused.json()["code"], refused.json()["retryable"]) == ("too_many_failures", False)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    # Whoever shows a right key is let in from the same address, and others from others.
    assert owner.get("hello").status_code == 200
    assert wrong.http.get("/api/v1/hello", REMOTE_ADDR="192.0.2.9").status_code == 401
    write_api_requests()
    with tenant_scope(tenant.id):
        rows = ApiRequest.objects.filter(code="too_many_failures")
        assert [(row.status, row.key_id, row.asked) for row in rows] == [(429, owner.key_id, "")]


def test_sm2(tenant: Tenant, at: datetime, settings: Any) -> None:
    pytest.importorskip("gmssl")
    settings.SM2 = True
    with tenant_scope(tenant.id):
        key = create_sm2_key(label="国密", public_key_pem=PEM, scopes=["read"], actor="usr", at=at)
    partner = Pair(
        key.id, signing.SM2,
        lambda message: signing_sm2.sign(PRIVATE, message, once=secrets.token_hex(31) + "01"),
    )  # fmt: skip
    answer = partner.get("hello?name=%E7%8C%AB")
    assert (answer.status_code, answer.json()["key"]["id"]) == (200, key.id)
    assert answer.headers["BT-Key-Id"] == partner.get("response_keys").json()["data"][0]["id"]
    wrong = Pair(key.id, signing.SM2, lambda message: partner.sign(message + b" "))
    assert wrong.get("hello").json()["code"] == "signature_invalid"
    settings.SM2 = False
    answer = partner.get("hello")
    assert (answer.status_code, answer.json()["code"]) == (401, "scheme_not_offered")
    assert answer.json()["message_en"] == "Requests signed with BT-SM2-SM3 are not accepted here."


def debug(partner: Partner, sent: bytes, signed: bytes, target: str = "", **headers: str) -> Any:
    address = "/api/v1/signature_debug"
    authorization = partner.authorization("POST", target or address, signed)
    return partner.http.generic(
        "POST", address, sent, "application/json",
        headers={"Authorization": authorization, **headers},
    )  # fmt: skip


def test_why_a_signature_does_not_match(owner: Partner) -> None:
    sent = '{"b":1,"a":"猫"}'.encode()
    right = debug(owner, sent, sent).json()
    assert (right["matches"], right["mistakes"], right["difference"]) == (True, [], None)
    assert right["string_to_sign"].splitlines()[0] == "POST"
    assert right["string_to_sign"].endswith('{"b":1,"a":"猫"}\n')
    assert right["canonical_sha256"] == hashlib.sha256(right["string_to_sign"].encode()).hexdigest()
    assert (right["body_sha256"], right["body_length"], right["seconds_off"]) == (
        hashlib.sha256(sent).hexdigest(), 17, 0,
    )  # fmt: skip
    rewritten = json.dumps(json.loads(sent), sort_keys=True).encode()
    wrong = debug(owner, sent, rewritten).json()
    assert (wrong["matches"], [one["code"] for one in wrong["mistakes"]]) == (
        False, ["body_rewritten"],
    )  # fmt: skip
    assert debug(owner, b"{", b"x").json()["mistakes"] == []
    told = base64.b64encode(right["string_to_sign"].encode()).decode()
    differs = debug(owner, sent, sent, **{"BT-Signed-String": told}).json()["difference"]
    assert differs == {"part": "nonce", "at": differs["at"]}
    assert debug(owner, sent, sent, **{"BT-Signed-String": "%%"}).json()["difference"] is None


def test_looking_uses_nothing_up_and_changes_nothing(owner: Partner, tenant: Tenant) -> None:
    header = owner.authorization("POST", "/api/v1/signature_debug", b"")
    for _ in range(2):
        answer = owner.http.generic(
            "POST", "/api/v1/signature_debug", headers={"Authorization": header}
        )
        assert (answer.json()["matches"], answer.json()["body_length"]) == (True, 0)
    assert Credential.doors.get(pk=owner.key_id).last_used_on is None
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    answer = debug(owner, b"{}", b"{}")
    assert (answer.status_code, answer.json()["code"]) == (403, "test_only")
    assert Client().post("/api/v1/signature_debug").json()["code"] == "signature_missing"
