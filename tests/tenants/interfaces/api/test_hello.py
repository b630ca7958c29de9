"""The first call of an integration."""

import hashlib

from tenants.models import Tenant
from tests.tenants.interfaces.api.client import Partner


def test_hello_says_who_and_what_was_understood(tenant: Tenant, owner: Partner) -> None:
    target = "/api/v1/hello?greeting=%E4%BD%A0%E5%A5%BD&a=1&a=2"
    header = owner.authorization("GET", target, b"")
    answer = owner.http.get(target, headers={"Authorization": header})
    fields = dict(part.split("=", 1) for part in header.split(" ", 1)[1].split(","))
    timestamp, nonce = (fields[name].strip('"') for name in ("timestamp", "nonce"))
    canonical = f"GET\n{target}\n{timestamp}\n{nonce}\n\n".encode()
    assert answer.json() == {
        "object": "hello",
        "tenant": {
            "id": tenant.id,
            "slug": "pets",
            "name": "萌宠采购网",
            "status": "active",
            "mode": "live",
        },
        "key": {"id": owner.key_id, "scopes": ["admin", "draw", "pool", "read", "refund", "repay"]},
        "canonical_sha256": hashlib.sha256(canonical).hexdigest(),
        "server_time": "2026-03-02T10:00:00+08:00",
    }


def test_a_replayed_request_is_refused(owner: Partner) -> None:
    header = owner.authorization("GET", "/api/v1/hello", b"")
    first, again = (
        owner.http.get("/api/v1/hello", headers={"Authorization": header}) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["code"] == "signature_replayed"


def test_a_changed_body_is_refused(owner: Partner) -> None:
    path = "/api/v1/merchants/ext:M-1"
    header = owner.authorization("PUT", path, b'{"name": "a"}')
    answer = owner.http.generic(
        "PUT", path, b'{"name": "b"}', "application/json", headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")


def test_problems_come_in_the_callers_language_and_in_english(owner: Partner) -> None:
    answer = owner.call("PATCH", "hello", {}, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    broken = owner.authorization("PUT", "/api/v1/merchants/ext:M-1", b"{")
    answer = owner.http.generic(
        "PUT",
        "/api/v1/merchants/ext:M-1",
        b"{",
        "application/json",
        headers={"Authorization": broken},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert answer.json()["message_en"] == "Malformed request."


def test_json_nested_without_end_is_malformed(owner: Partner) -> None:
    target, raw = "/api/v1/merchants/ext:M-1", b"[" * 100_000
    header = owner.authorization("PUT", target, raw)
    answer = owner.http.generic(
        "PUT", target, raw, "application/json", headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
