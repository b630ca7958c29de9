"""A failing endpoint: its developers hear of it after a day, after three, and when it is off."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel import clock
from platform_app.kernel.models import Event
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import tenant_scope
from tenants.gateways.http_post import Reply
from tenants.models import Tenant, WebhookEndpoint
from tenants.operations.endpoint_health import judge
from tenants.operations.webhooks import create_endpoint, enable_endpoint
from tests import callers

pytestmark = pytest.mark.django_db
BAD, GOOD = Reply(500, "", "", 9), Reply(204, "", "", 9)


@pytest.fixture
def endpoint(tenant: Tenant, at: datetime) -> WebhookEndpoint:
    with tenant_scope(tenant.id):
        row, _ = create_endpoint(url="http://127.0.0.1:1/a", event_names=[], actor="u", at=at)
    return row


def told(tenant: Tenant) -> list[tuple[str, Any]]:
    with tenant_scope(tenant.id):
        rows = Event.objects.filter(name__startswith="tenants.endpoint.").order_by("id")
        return [(row.name.rsplit(".", 1)[1], row.props) for row in rows]


def fail(tenant: Tenant, endpoint: WebhookEndpoint, at: datetime, *hours: int) -> None:
    with tenant_scope(tenant.id):
        for hour in hours:
            judge(endpoint, BAD, at + timedelta(hours=hour))


def test_it_is_told_at_day_one_and_three_and_switched_off_at_five(
    tenant: Tenant, endpoint: WebhookEndpoint, at: datetime
) -> None:
    fail(tenant, endpoint, at, 0, 23, 24, 30, 71, 72, 119)
    props = {"disabled_after_days": 5}
    assert told(tenant) == [("failing", {"days": 1, **props}), ("failing", {"days": 3, **props})]
    fail(tenant, endpoint, at, 120, 121)
    assert told(tenant)[2:] == [("disabled", {"reason": "failing_five_days"})]
    with tenant_scope(tenant.id):
        enable_endpoint(endpoint_id=endpoint.id, actor="u", at=at)
        endpoint.refresh_from_db()
    assert (endpoint.status, endpoint.failing_since, endpoint.told_days) == ("active", None, 0)


def test_a_success_begins_anew(tenant: Tenant, endpoint: WebhookEndpoint, at: datetime) -> None:
    fail(tenant, endpoint, at, 0, 25)
    with tenant_scope(tenant.id):
        judge(endpoint, GOOD, at + timedelta(hours=26))
    fail(tenant, endpoint, at, 27, 52)
    assert [name for name, _ in told(tenant)] == ["failing", "failing"]
    assert told(tenant)[1][1]["days"] == 1


def test_developers_get_a_mail_in_their_language(
    tenant: Tenant, other_tenant: Tenant, endpoint: WebhookEndpoint, at: datetime, mailoutbox: Any
) -> None:
    callers.member(other_tenant, "developer", at)
    callers.member(tenant, "owner", at)
    developer = callers.member(tenant, "developer", at)
    developer.language = "en"
    developer.save(update_fields=["language"])
    fail(tenant, endpoint, at, 0, 24, 120)
    with clock.travel(at + timedelta(days=6)):
        relay_dispatches()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([developer.email], "Your webhook endpoint is failing"),
        ([developer.email], "Your webhook endpoint was switched off"),
    ]
    assert "It has failed for 1 days; after 5 we switch it off." in mailoutbox[0].body
    assert endpoint.url in mailoutbox[1].body


def test_without_a_developer_the_administrator_gets_it(
    tenant: Tenant, endpoint: WebhookEndpoint, at: datetime, mailoutbox: Any
) -> None:
    owner = callers.member(tenant, "owner", at)
    with tenant_scope(tenant.id):
        judge(endpoint, Reply(410, "", "", 9), at)
    assert told(tenant) == [("disabled", {"reason": "gone"})]
    relay_dispatches()
    assert [mail.to for mail in mailoutbox] == [[owner.email]]
