"""Deliveries: what was told, and telling it again."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import ids
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.analytics import desk

pytestmark = pytest.mark.django_db


def a_delivery(tenant: Tenant, at: datetime, endpoint_status: str = "active") -> WebhookDelivery:
    with tenant_scope(tenant.id):
        endpoint, _ = WebhookEndpoint.objects.get_or_create(
            url="https://hooks.example.com/in", status=endpoint_status,
            defaults={"secret_sealed": b"sealed"},
        )  # fmt: skip
        delivery: WebhookDelivery = WebhookDelivery.objects.create(
            endpoint=endpoint, event_id=ids.new_id("evt"), event_name="credit.drawdown.captured",
            body='{"type":"credit.drawdown.captured"}', status="failed", attempt_count=6,
            next_attempt_at=at,
        )  # fmt: skip
        for number, status in enumerate((500, 502), start=1):
            WebhookAttempt.objects.create(
                delivery=delivery, attempt_no=number, at=at, status_code=status, duration_ms=41,
                error=f"HTTP {status}",
            )  # fmt: skip
        return delivery


def test_the_list_shows_the_last_attempt(tenant: Tenant, at: datetime) -> None:
    delivery = a_delivery(tenant, at)

    page = desk.at_the_desk("developer", tenant, at).get("/console/webhooks?status=failed")

    [(row, last, _)] = page.context["rows"]
    assert (row.id, last.error) == (delivery.id, "HTTP 502")


def test_the_page_shows_every_attempt_and_the_body(tenant: Tenant, at: datetime) -> None:
    delivery = a_delivery(tenant, at)

    page = desk.at_the_desk("developer", tenant, at).get(
        f"/console/webhooks/deliveries/{delivery.id}"
    )

    assert [attempt.status_code for attempt, _ in page.context["attempts"]] == [500, 502]
    assert page.context["body"] == '{\n  "type": "credit.drawdown.captured"\n}'


def test_sending_again_starts_the_ladder_anew_and_is_audited(tenant: Tenant, at: datetime) -> None:
    delivery = a_delivery(tenant, at)
    client = desk.at_the_desk("developer", tenant, at)

    answer = client.post(f"/console/webhooks/deliveries/{delivery.id}/resend")

    assert answer.headers["Location"] == f"/console/webhooks/deliveries/{delivery.id}"
    with tenant_scope(tenant.id):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.attempt_count) == ("pending", 0)
        assert AuditRecord.objects.filter(action="tenants.delivery.resend").count() == 1


def test_to_a_disabled_endpoint_nothing_is_sent(tenant: Tenant, at: datetime) -> None:
    delivery = a_delivery(tenant, at, "disabled")
    client = desk.at_the_desk("developer", tenant, at)

    page = client.post(f"/console/webhooks/deliveries/{delivery.id}/resend", follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    with tenant_scope(tenant.id):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.attempt_count) == ("failed", 6)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    for _ in range(item_count):
        a_delivery(tenant, at)

    with django_assert_num_queries(7):
        assert len(client.get("/console/webhooks").context["rows"]) == item_count


def test_another_platforms_delivery_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    theirs = a_delivery(other_tenant, at)
    client = desk.at_the_desk("owner", tenant, at)
    page = f"/console/webhooks/deliveries/{theirs.id}"

    assert client.get(page).status_code == 404
    assert client.post(f"{page}/resend").status_code == 404
    assert client.get("/console/webhooks").context["rows"] == []
    assert Client().get(page).status_code == 302
    with tenant_scope(other_tenant.id):
        theirs.refresh_from_db()
        assert theirs.status == "failed"
