"""Endpoints, deliveries, events and embed sessions over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel import events, ids
from platform_app.kernel.models import AuditRecord, IdempotencyRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import EmbedSession, Tenant, WebhookDelivery, WebhookEndpoint
from tenants.operations.embed_sessions import redeem_session
from tenants.operations.replays import work_replay
from tenants.operations.tenants import set_embed_origins
from tests.tenants.interfaces.api.client import Partner

URL = "https://93.184.216.34/hook"


def test_the_secret_is_told_once(tenant: Tenant, owner: Partner) -> None:
    body = {"url": URL, "event_names": ["credit.drawdown.*"]}
    made = owner.post("webhook_endpoints", body, key="hook-0001").json()
    assert made["secret"].startswith("whsec_")
    again = owner.post("webhook_endpoints", body, key="hook-0001").json()
    assert again == {**made, "secret": None}
    shown = owner.get(f"webhook_endpoints/{made['id']}").json()
    assert "secret" not in shown
    assert owner.get("webhook_endpoints").json()["data"] == [shown]
    with tenant_scope(tenant.id):
        assert WebhookEndpoint.objects.count() == 1
        assert made["secret"] not in str(IdempotencyRecord.objects.values_list("body", flat=True))


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"url": "http://93.184.216.34/hook"}, "url_not_allowed", "/url"),
        ({"url": "https://10.0.0.1/hook"}, "url_not_allowed", "/url"),
        ({"url": "https://a..b/"}, "url_not_allowed", "/url"),
        ({"url": f"https://{'a' * 64}.example/"}, "url_not_allowed", "/url"),
        ({"url": URL, "event_names": ["risk.*"]}, "event_name_invalid", "/event_names"),
        ({"url": URL, "secret": "mine"}, "invalid", "/secret"),
    ],
)
def test_an_endpoint_that_cannot_be(
    tenant: Tenant, owner: Partner, body: Any, code: str, path: str
) -> None:
    answer = owner.post("webhook_endpoints", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path
    with tenant_scope(tenant.id):
        assert (
            WebhookEndpoint.objects.count()
            == AuditRecord.objects.filter(action="tenants.endpoint.create").count()
            == 0
        )


def test_nobody_takes_all_the_senders(tenant: Tenant, owner: Partner) -> None:
    made = [owner.post("webhook_endpoints", {"url": f"{URL}{n}"}).json()["id"] for n in range(20)]
    more = owner.post("webhook_endpoints", {"url": f"{URL}x"})
    assert (more.status_code, more.json()["code"]) == (409, "endpoints_too_many")
    owner.patch(f"webhook_endpoints/{made[0]}", {"status": "disabled"})
    assert owner.post("webhook_endpoints", {"url": f"{URL}x"}).status_code == 201
    again = owner.patch(f"webhook_endpoints/{made[0]}", {"status": "active"})
    assert (again.status_code, again.json()["code"]) == (409, "endpoints_too_many")
    with tenant_scope(tenant.id):
        assert WebhookEndpoint.objects.filter(status="active").count() == 20


@pytest.mark.parametrize("path", [
    "webhook_deliveries?type=%00", "webhook_deliveries?status=%00", "merchants?status=%00",
    "merchants?category=%00",
])  # fmt: skip
def test_a_filter_the_database_cannot_say_finds_nothing(owner: Partner, path: str) -> None:
    assert owner.get(path).status_code in {200, 422}


def test_half_a_character_is_refused_in_words(tenant: Tenant, owner: Partner) -> None:
    target = "/api/v1/webhook_endpoints"
    for raw in (rb'{"\ud800": 1}', rb'{"url": "\ud800"}'):
        said = owner.authorization("POST", target, raw)
        sent = {"Authorization": said, "Idempotency-Key": "half-0001"}
        answer = owner.http.generic("POST", target, raw, "application/json", headers=sent)
        assert (answer.status_code, answer.json()["retryable"]) == (422, False)
    with tenant_scope(tenant.id):
        assert WebhookEndpoint.objects.count() == 0


def test_what_is_too_large_is_refused_in_words(tenant: Tenant, owner: Partner) -> None:
    answer = owner.post("webhook_endpoints", {"url": URL, "event_names": ["x" * 7_000_000]})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"
    with tenant_scope(tenant.id):
        assert WebhookEndpoint.objects.count() == 0


def test_an_endpoint_is_switched_off_and_on(owner: Partner) -> None:
    made = owner.post("webhook_endpoints", {"url": URL}).json()
    path = f"webhook_endpoints/{made['id']}"
    off = owner.patch(path, {"status": "disabled"}).json()
    assert (off["status"], off["disabled_reason"]) == ("disabled", "by_hand")
    assert off["next_action"]["code"] == "enable_endpoint"
    on = owner.patch(path, {"status": "active"}).json()
    assert (on["status"], on["disabled_reason"], on["next_action"]) == ("active", None, None)


def test_deliveries_are_listed_and_sent_again(tenant: Tenant, owner: Partner, at: datetime) -> None:
    endpoint = owner.post("webhook_endpoints", {"url": URL}).json()["id"]
    with tenant_scope(tenant.id):
        delivery = WebhookDelivery.objects.create(
            endpoint_id=endpoint, event_id=ids.new_id("evt"), event_name="credit.line.activated",
            body="{}", next_attempt_at=at, status="failed", attempt_count=10,
        )  # fmt: skip
    rows = owner.get(f"webhook_deliveries?endpoint={endpoint}&status=failed").json()["data"]
    assert [(row["id"], row["next_action"]["code"]) for row in rows] == [(delivery.id, "resend")]
    sent = owner.post(f"webhook_deliveries/{delivery.id}/resend").json()
    assert (sent["status"], sent["attempt_count"]) == ("pending", 0)
    assert owner.get("webhook_deliveries?type=credit.line.closed").json()["data"] == []
    owner.patch(f"webhook_endpoints/{endpoint}", {"status": "disabled"})
    answer = owner.post(f"webhook_deliveries/{delivery.id}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "endpoint_disabled")


def test_events_are_what_webhooks_tell(owner: Partner) -> None:
    found = owner.put("merchants/ext:M-1", {"name": "绝密店"}).json()
    rows = owner.get("events?type=tenants.merchant.*").json()["data"]
    assert [(row["type"], row["subject"], row["version"]) for row in rows] == [
        ("tenants.merchant.pooled", found["id"], 1)
    ]
    assert rows[0]["data"] == {
        "object": "merchant",
        "id": found["id"],
        "merchant_id": found["id"],
        "external_id": "M-1",
    }
    assert "绝密店" not in owner.get("events").content.decode()
    last = owner.get("events").json()["data"][-1]["id"]
    assert owner.get(f"events?after={last}").json()["data"] == []
    assert owner.get("events?type=risk.*").json()["data"] == []


def test_an_embed_session_opens_once(tenant: Tenant, owner: Partner, at: datetime) -> None:
    merchant = owner.put("merchants/ext:M-1", {"name": "示例店"}).json()["id"]
    with tenant_scope(tenant.id):
        set_embed_origins(origins=["https://shop.example"], actor="usr_test", at=at)
    body = {
        "merchant": merchant,
        "component": "checkout",
        "origin": "https://shop.example",
        "order_no": "SO-1",
        "amount": 128_000,
    }
    made = owner.post("embed_sessions", body).json()
    address, _, secret = made["url"].partition("#s=")
    assert address.endswith(f"/m/e/?t={tenant.id}&l=zh-hans")
    assert made["expires_at"] == "2026-03-02T10:10:00+08:00"
    session, _ = redeem_session(secret=secret, at=at)
    assert (session.id, session.order_no, session.amount_minor) == (made["id"], "SO-1", 128_000)
    bad = owner.post("embed_sessions", {**body, "origin": "https://evil.example"})
    assert (bad.status_code, bad.json()["code"]) == (422, "origin_not_allowed")
    with tenant_scope(tenant.id):
        assert EmbedSession.objects.count() == 1


def test_a_secret_is_rotated_and_told_once(
    tenant: Tenant, owner: Partner, neighbor: Partner
) -> None:
    made = owner.post("webhook_endpoints", {"url": URL}).json()
    path = f"webhook_endpoints/{made['id']}/rotate_secret"
    assert neighbor.post(path, {}).status_code == 404
    new = owner.post(path, {}, key="rotate-0001").json()
    assert new["secret"].startswith("whsec_")
    assert new["secret"] != made["secret"]
    assert owner.post(path, {}, key="rotate-0001").json() == {**new, "secret": None}
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="tenants.endpoint.rotate").count() == 1
        assert new["secret"] not in str(IdempotencyRecord.objects.values_list("body", flat=True))


def test_a_test_event_is_asked_for(tenant: Tenant, owner: Partner, neighbor: Partner) -> None:
    made = owner.post("webhook_endpoints", {"url": URL}).json()
    path = f"webhook_endpoints/{made['id']}/test"
    assert neighbor.post(path, {}).status_code == 404
    sent = owner.post(path, {})
    assert sent.status_code == 201
    assert sent.json()["event_type"] == "tenants.webhook_endpoint.tested"
    owner.patch(f"webhook_endpoints/{made['id']}", {"status": "disabled"})
    refused = owner.post(path, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_disabled")
    with tenant_scope(tenant.id):
        assert WebhookDelivery.objects.count() == 1


def test_a_time_is_replayed_to_an_endpoint(tenant: Tenant, owner: Partner, at: datetime) -> None:
    made = owner.post("webhook_endpoints", {"url": URL, "event_names": ["credit.line.*"]}).json()
    with tenant_scope(tenant.id):
        told = events.record("credit.line.activated", subject="lin_1", actor="t", at=at)
    body = {"from": at.isoformat(), "to": (at + timedelta(hours=1)).isoformat()}
    path = f"webhook_endpoints/{made['id']}/replay"
    answer = owner.post(path, body, key="replay-0001")
    assert answer.status_code == 202
    assert answer.json() == owner.post(path, body, key="replay-0001").json()
    assert (answer.json()["status"], answer.json()["event_count"]) == ("waiting", 0)
    refused = owner.post(path, {**body, "types": ["credit.line.closed"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "replay_running")
    with tenant_scope(tenant.id):
        work_replay(replay_id=answer.json()["id"])
        assert WebhookDelivery.objects.get().event_id == told
    shown = owner.get(f"webhook_replays/{answer.json()['id']}").json()
    assert (shown["status"], shown["event_count"]) == ("done", 1)
    assert shown["finished_at"] == at.isoformat()
    for bad, code, where in [
        ({"from": body["to"], "to": body["from"]}, "invalid", "/to"),
        ({**body, "from": "2025-01-01T00:00:00+08:00"}, "replay_too_large", "/from"),
        ({**body, "types": ["x"]}, "event_name_invalid", "/types"),
        ({"to": body["to"]}, "invalid", "/from"),
    ]:
        problem = owner.post(path, bad).json()
        assert (problem["code"], problem["errors"][0]["path"]) == (code, where)


def test_an_event_is_sent_again(tenant: Tenant, owner: Partner, at: datetime) -> None:
    with tenant_scope(tenant.id):
        event = events.record("credit.line.activated", subject="lin_1", actor="t", at=at)
    answer = owner.post(f"events/{event}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_listens")
    endpoint = owner.post("webhook_endpoints", {"url": URL}).json()["id"]
    [sent] = owner.post(f"events/{event}/resend").json()["data"]
    assert (sent["endpoint"], sent["event"], sent["status"]) == (endpoint, event, "pending")
    assert owner.post(f"events/{ids.new_id('evt')}/resend").status_code == 404
