"""Every request by a known key leaves a line: after the answer, masked, for thirty days."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.gateways import request_buffer
from tenants.models import ApiRequest, Merchant, Tenant
from tenants.operations.api_requests import KEPT, purge_api_requests, write_api_requests
from tenants.operations.credentials import revoke_key
from tenants.queries import api_requests as queries
from tests.tenants.interfaces.api.client import Partner

PERSON = {"name": "张示例", "kind": "individual_business", "region": "13800001234"}


@pytest.fixture(autouse=True)
def _empty_buffer() -> Iterator[None]:
    request_buffer.take(request_buffer.MOST)
    yield
    request_buffer.take(request_buffer.MOST)


def logged(tenant: Tenant) -> list[ApiRequest]:
    write_api_requests()
    with tenant_scope(tenant.id):
        return list(queries.list_requests().order_by("id"))


def test_a_request_is_logged_with_its_id_and_nobodys_name(tenant: Tenant, owner: Partner) -> None:
    answer = owner.call("PUT", "merchants/ext:M-1?note=13800001234", PERSON, key="my-key-0001")
    assert answer.status_code == 201

    [row] = logged(tenant)

    assert row.id == answer.headers["BT-Request-Id"]
    assert (row.method, row.route) == ("PUT", "/api/v1/merchants/ext:{external_id}")
    assert row.path == "/api/v1/merchants/ext:M-1?note=****1234"
    assert (row.status, row.code, row.external_id) == (201, "", "M-1")
    assert (row.key_id, row.is_verified, row.is_replayed) == (owner.key_id, True, False)
    assert row.idempotency_key == "my-key-0001"
    assert row.at == datetime.fromisoformat("2026-03-02T10:00:00+08:00")
    assert json.loads(row.asked) == {
        "name": "张*", "kind": "individual_business", "region": "****1234",
    }  # fmt: skip
    assert json.loads(row.answered)["external_id"] == "M-1"
    kept = " ".join(str(value) for value in vars(row).values())
    for private in ("张示例", "13800001234", owner.secret, "BT-HMAC"):
        assert private not in kept


def test_a_refusal_is_logged_with_its_code(tenant: Tenant, owner: Partner) -> None:
    answer = owner.get("merchants/ext:nobody")
    [row] = logged(tenant)
    assert (row.status, row.code, row.external_id) == (404, answer.json()["code"], "nobody")
    assert json.loads(row.answered)["request_id"] == row.id


def test_a_secret_told_once_is_not_in_the_log(tenant: Tenant, owner: Partner) -> None:
    made = owner.post("webhook_endpoints", {"url": "https://93.184.216.34/h"}, key="hook-0001")
    again = owner.post("webhook_endpoints", {"url": "https://93.184.216.34/h"}, key="hook-0001")
    assert (made.status_code, again.status_code) == (201, 201)
    rows = logged(tenant)
    assert [row.is_replayed for row in rows] == [False, True]
    assert [json.loads(row.answered)["secret"] for row in rows] == ["***", None]


def test_a_wrong_signature_is_logged_without_what_was_sent(
    tenant: Tenant, owner: Partner, at: datetime
) -> None:
    imposter = Partner(owner.key_id, "not the secret")
    assert imposter.put("merchants/ext:M-1", {"name": "x" * 50}).status_code == 401
    with tenant_scope(tenant.id):
        revoke_key(key_id=owner.key_id, actor="usr_test", at=at)
    assert owner.get("hello").status_code == 401
    rows = logged(tenant)
    assert [(row.code, row.is_verified, row.asked) for row in rows] == [
        ("signature_invalid", False, ""), ("key_revoked", False, ""),
    ]  # fmt: skip


def test_strangers_pages_and_health_leave_nothing(tenant: Tenant, stranger: Partner) -> None:
    assert stranger.get("hello").status_code == 401
    assert stranger.http.get("/api/v1/docs/").status_code == 200
    assert stranger.http.get("/console/").status_code == 302
    assert Partner("key_01jd0000000000000000000000", "x").get("hello").status_code == 401
    assert request_buffer.take(9) == []
    assert logged(tenant) == []


def test_another_platform_sees_nothing(
    tenant: Tenant, other_tenant: Tenant, owner: Partner, neighbor: Partner
) -> None:
    mine = owner.get("hello").headers["BT-Request-Id"]
    theirs = neighbor.get("hello").headers["BT-Request-Id"]
    assert [row.id for row in logged(tenant)] == [mine]
    with tenant_scope(other_tenant.id):
        assert [row.id for row in queries.list_requests()] == [theirs]
        for gone in (mine, "req_1", "odd"):
            with pytest.raises(NotFound):
                queries.request(gone)
        assert queries.request(theirs).id == theirs
    with pytest.raises(NoScope):
        queries.list_requests()


def test_a_request_costs_not_one_statement_more(
    owner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner.get("hello")  # notes the day of first use
    with django_assert_num_queries(2) as seen:
        owner.get("hello")
    assert not [one for one in seen.captured_queries if "apirequest" in one["sql"]]


def test_without_redis_the_answer_is_the_same(
    tenant: Tenant, owner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = request_buffer._client("redis://127.0.0.1:1/0")
    with monkeypatch.context() as patched:
        patched.setattr(request_buffer, "_redis", lambda: dead)
        assert owner.put("merchants/ext:M-1", {"name": "示例"}).status_code == 201
    with tenant_scope(tenant.id):
        assert Merchant.objects.get().external_id == "M-1"
    assert logged(tenant) == []


def test_the_buffer_is_bounded_and_lines_are_written_once(
    tenant: Tenant, owner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_buffer, "MOST", 3)
    ids = [owner.get("hello").headers["BT-Request-Id"] for _ in range(5)]
    lines = request_buffer.take(9)
    assert [line["id"] for line in lines] == ids[2:]
    for line in [*lines[:2], lines[0]]:
        request_buffer.push(line)
    assert [row.id for row in logged(tenant)] == ids[2:4]
    assert write_api_requests() == 0


def test_after_thirty_days_it_is_gone(
    tenant: Tenant, other_tenant: Tenant, owner: Partner, neighbor: Partner, at: datetime
) -> None:
    owner.get("hello"), neighbor.get("hello"), owner.get("hello")
    write_api_requests()
    with tenant_scope(tenant.id):
        kept = ApiRequest.objects.order_by("id")[0]
        ApiRequest.objects.filter(pk=kept.pk).update(at=at + timedelta(seconds=1))
    assert purge_api_requests(at=at + KEPT) == 0
    assert purge_api_requests(at=at + KEPT + timedelta(seconds=1)) == 2
    assert [row.id for row in logged(tenant)] == [kept.id]
    assert logged(other_tenant) == []


def test_it_is_found_by_what_a_developer_knows(tenant: Tenant, owner: Partner, at: Any) -> None:
    owner.put("merchants/ext:M-1", {"name": "示例"})
    owner.get("merchants/ext:nobody")
    owner.get("hello")
    first, second, third = (row.id for row in logged(tenant))
    with tenant_scope(tenant.id):
        for wanted, found in [
            ({"request_id": first}, [first]),
            ({"request_id": "odd"}, []),
            ({"external_id": "nobody"}, [second]),
            ({"path": "/api/v1/merchants"}, [first, second]),
            ({"outcome": "ok"}, [first, third]),
            ({"outcome": "4xx"}, [second]),
            ({"outcome": "5xx"}, []),
            ({"code": "not_found"}, [second]),
            ({"key_id": owner.key_id}, [first, second, third]),
            ({"key_id": "key_1"}, []),
            ({"since": at, "until": at + timedelta(seconds=1)}, [first, second, third]),
            ({"until": at}, []),
        ]:
            rows = queries.list_requests(**wanted).order_by("id")
            assert [row.id for row in rows] == found, wanted


def test_figures_of_each_operation(tenant: Tenant, owner: Partner, at: datetime) -> None:
    owner.get("hello"), owner.get("hello"), owner.get("merchants/ext:nobody")
    write_api_requests()
    with tenant_scope(tenant.id):
        for took, row in zip((5, 90), ApiRequest.objects.order_by("id"), strict=False):
            ApiRequest.objects.filter(pk=row.pk).update(duration_ms=took)
        ApiRequest.objects.filter(status=404).update(duration_ms=7)
        since = at - timedelta(hours=23)
        figures = queries.operation_figures(since)
        assert [(one.route, one.count, one.error_rate, one.p95_ms) for one in figures] == [
            ("/api/v1/merchants/ext:{external_id}", 1, 1.0, 7), ("/api/v1/hello", 2, 0.0, 90),
        ]  # fmt: skip
        hours = queries.buckets(since=since, until=at + timedelta(hours=1))
        assert [(one.ok, one.theirs) for one in hours] == [(0, 0)] * 23 + [(2, 1)]
        days = queries.buckets(since=at - timedelta(days=6), until=at + timedelta(hours=1))
        assert [(one.since.day, one.ok) for one in days] == [
            (24, 0), (25, 0), (26, 0), (27, 0), (28, 0), (1, 0), (2, 2),
        ]  # fmt: skip
