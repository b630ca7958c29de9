"""The developer's pages: how the integration is doing, the log, replaying, the list of checks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import audit, events, ids
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import (
    ApiRequest,
    Tenant,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReplay,
)
from tenants.operations.credentials import create_hmac_key, create_rsa_key
from tenants.operations.tenants import set_embed_origins
from tenants.operations.webhooks import create_endpoint
from tests.analytics import desk

pytestmark = pytest.mark.django_db
HELLO = "/api/v1/hello"


def a_request(tenant: Tenant, at: datetime, **facts: Any) -> ApiRequest:
    told = {
        "key_id": ids.new_id("key"), "is_verified": True, "method": "GET", "route": HELLO,
        "path": HELLO, "status": 200, "duration_ms": 7, **facts,
    }  # fmt: skip
    with tenant_scope(tenant.id):
        row: ApiRequest = ApiRequest.objects.create(id=ids.new_id("req"), at=at, **told)
    return row


def an_endpoint(tenant: Tenant, at: datetime, **facts: Any) -> WebhookEndpoint:
    with tenant_scope(tenant.id):
        row, _ = create_endpoint(
            url="http://127.0.0.1:1/in", event_names=["credit.drawdown.*"], actor="u", at=at
        )
        WebhookEndpoint.objects.filter(pk=row.pk).update(**{"status": "active", **facts})
    return row


def a_delivery(tenant: Tenant, endpoint: WebhookEndpoint, at: datetime, *took: int) -> None:
    with tenant_scope(tenant.id):
        row = WebhookDelivery.objects.create(
            endpoint=endpoint, event_id=ids.new_id("evt"), event_name="credit.drawdown.captured",
            body="{}", status="delivered", delivered_at=at, attempt_count=len(took),
            next_attempt_at=at,
        )  # fmt: skip
        for number, ms in enumerate(took, start=1):
            WebhookAttempt.objects.create(
                delivery=row, attempt_no=number, at=at, status_code=200, duration_ms=ms
            )


def test_figures_and_trouble_are_above_the_fold(tenant: Tenant, at: datetime) -> None:
    for status, ms in ((200, 3), (200, 90), (422, 4), (500, 5)):
        a_request(tenant, at, status=status, duration_ms=ms)
    a_request(tenant, at - timedelta(days=3), status=401)
    endpoint = an_endpoint(tenant, at, failing_since=at - timedelta(days=2))
    for _ in range(3):
        a_delivery(tenant, endpoint, at, 1)
    client = desk.at_the_desk("developer", tenant, at)

    day = client.get("/console/developer").context

    [figures] = day["operations"]
    assert (figures.count, figures.theirs, figures.ours, figures.p95_ms) == (4, 1, 1, 90)
    assert (day["success_rate"], day["ours_count"]) == (0.5, 1)
    assert [one.id for one in day["in_trouble"]] == [endpoint.id]
    assert day["too_quick"] == ["http://127.0.0.1:1/in"]
    assert day["passed_count"] == 1
    assert [sum(one["values"]) for one in day["chart"]["series"]] == [2, 1, 1]
    assert len(day["chart"]["x"]) == 25
    week = client.get("/console/developer?period=7d").context
    assert (week["count"], len(week["chart"]["x"])) == (5, 8)
    assert client.get("/console/developer?period=odd").context["period"] == "24h"


def test_before_the_first_request_it_says_what_to_do(tenant: Tenant, at: datetime) -> None:
    page = desk.at_the_desk("developer", tenant, at).get("/console/developer")
    assert (page.status_code, page.context["count"], page.context["operations"]) == (200, 0, [])
    assert page.context["passed_count"] == 0
    assert "GET /api/v1/hello" in page.content.decode()


def test_every_check_passes_by_what_was_seen(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    public = rsa.generate_private_key(65537, 2048).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def done() -> set[str]:
        checks = client.get("/console/developer").context["checks"]
        return {check.code for check, is_done in checks if is_done}

    def rehearse(whose: Tenant) -> None:
        a_request(whose, at, is_verified=False, status=401, code="signature_invalid")
        a_request(whose, at + timedelta(seconds=1))
        a_request(whose, at, route="/api/v1/entry")
        a_request(whose, at, is_replayed=True)
        a_request(whose, at, route="/api/v1/reconciliation_files/{file_id}/content")
        endpoint = an_endpoint(whose, at)
        a_delivery(whose, endpoint, at, 40, 50)
        with tenant_scope(whose.id):
            create_rsa_key(label="k", public_key_pem=pem, scopes=["read"], actor="u", at=at)
            set_embed_origins(origins=["https://shop.example"], actor="u", at=at)
            audit.record(actor="u", action="signingauthority.connect", subject="sga_1", at=at)
            for name in (
                "credit.drawdown.captured",
                "credit.drawdown.canceled",
                "credit.drawdown.refund",
                "credit.repayment.succeeded",
            ):
                events.record(name, subject="drw_1", actor="u", at=at)

    rehearse(other_tenant)
    assert done() == set()
    rehearse(tenant)
    assert {check.code for check in _checks(client)} - done() == {"orders_pushed"}
    with tenant_scope(tenant.id):
        WebhookEndpoint.objects.update(failing_since=at)
    assert "webhook_delivered" not in done()


def _checks(client: Client) -> list[Any]:
    return [check for check, _ in client.get("/console/developer").context["checks"]]


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_cost_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    for number in range(item_count):
        row = a_request(tenant, at, route=f"/api/v1/{number}")
        a_delivery(tenant, an_endpoint(tenant, at, failing_since=at), at, 1, 1, 1)
    with django_assert_num_queries(9):
        assert len(client.get("/console/developer").context["operations"]) == item_count
    with django_assert_num_queries(6):
        assert len(client.get("/console/developer/requests").context["rows"]) == item_count
    with django_assert_num_queries(5):
        assert client.get(f"/console/developer/requests/{row.id}").status_code == 200


def test_the_log_is_searched_and_read(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        key, _ = create_hmac_key(label="后台", scopes=["read"], actor="u", at=at)
    row = a_request(
        tenant, at, key_id=key.id, status=422, code="invalid", external_id="SO-1",
        asked='{"a":1}', answered='{"cut',
    )  # fmt: skip
    a_request(tenant, at - timedelta(hours=1))
    client = desk.at_the_desk("owner", tenant, at)
    for query in (
        f"request_id={row.id}", "external_id=SO-1", "outcome=4xx", "code=invalid",
        f"key={key.id}", "since=2026-03-02T09:59&until=2026-03-02T10:01&path=/api/v1/h",
    ):  # fmt: skip
        page = client.get(f"/console/developer/requests?{query}")
        assert [(one.id, label) for one, label in page.context["rows"]] == [(row.id, "后台")], query
    assert client.get("/console/developer/requests?request_id=odd").context["rows"] == []
    page = client.get(f"/console/developer/requests/{row.id}")
    assert (page.context["asked"], page.context["answered"]) == ('{\n  "a": 1\n}', '{"cut')


def test_other_platforms_and_other_roles_see_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    theirs, endpoint = a_request(other_tenant, at), an_endpoint(other_tenant, at)
    with tenant_scope(other_tenant.id):
        replay = WebhookReplay.objects.create(
            endpoint=endpoint, since=at - timedelta(1), until=at, actor="u", asked_at=at
        )
    owner, viewer = (desk.at_the_desk(role, tenant, at) for role in ("owner", "viewer"))
    pages = (
        f"/console/developer/requests/{theirs.id}",
        f"/console/webhooks/endpoints/{endpoint.id}/replay",
        f"/console/webhooks/replays/{replay.id}",
    )
    for page in pages:
        assert owner.get(page).status_code == 404
    for page in ("/console/developer", "/console/developer/requests", *pages):
        assert viewer.get(page).status_code == 403
        assert Client().get(page).status_code == 302
    assert owner.get("/console/developer").context["count"] == 0
    assert owner.get("/console/developer/requests").context["rows"] == []


def test_a_replay_is_counted_then_confirmed_then_watched(tenant: Tenant, at: datetime) -> None:
    endpoint = an_endpoint(tenant, at)
    with tenant_scope(tenant.id):
        for name in ("credit.drawdown.captured", "credit.drawdown.canceled", "credit.line.opened"):
            events.record(name, subject="x", actor="u", at=at)
    client = desk.at_the_desk("developer", tenant, at)
    page = f"/console/webhooks/endpoints/{endpoint.id}/replay"
    asked = {"since": "2026-03-02T09:00", "until": "2026-03-02T11:00", "types": ""}
    assert client.get(page).context["count"] is None
    assert client.get(page, asked).context["count"] == 2
    one = {**asked, "types": "credit.drawdown.captured"}
    assert client.get(page, one).context["count"] == 1
    with tenant_scope(tenant.id):
        assert WebhookReplay.objects.count() == 0

    answers = [client.post(page, asked) for _ in range(2)]

    with tenant_scope(tenant.id):
        row = WebhookReplay.objects.get()
    watched = f"/console/webhooks/replays/{row.id}"
    assert [answer.headers["Location"] for answer in answers] == [watched] * 2
    assert client.get(watched).context["row"].id == row.id
    for wrong in ({**asked, "types": "x"}, {**asked, "until": asked["since"]}, one):
        refused = client.post(page, wrong)
        assert [message.level_tag for message in refused.context["messages"]] == ["error"]
    assert client.post(page, {"since": "odd"}).context["form"].errors.keys() == {"since", "until"}
    with tenant_scope(tenant.id):
        assert WebhookReplay.objects.count() == 1
        assert WebhookDelivery.objects.count() == 0


def test_an_answer_that_came_too_quickly_is_marked(tenant: Tenant, at: datetime) -> None:
    endpoint = an_endpoint(tenant, at)
    a_delivery(tenant, endpoint, at, 4)
    a_delivery(tenant, endpoint, at, 5)
    client = desk.at_the_desk("developer", tenant, at)
    rows = client.get("/console/webhooks").context["rows"]
    assert [is_quick for _, _, is_quick in rows] == [False, True]
    page = client.get(f"/console/webhooks/deliveries/{rows[1][0].id}")
    assert [is_quick for _, is_quick in page.context["attempts"]] == [True]
    assert page.context["headers"]["webhook-id"] == rows[1][0].event_id
    assert page.context["headers"]["webhook-signature"] == "v1,…"
