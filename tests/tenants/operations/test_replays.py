"""Sending again in bulk: what a time's events become, once, and who may ask for it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel import clock, events
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ReplayStatus
from tenants.errors import (
    BadEventName,
    EndpointDisabled,
    NobodyListens,
    ReplayRunning,
    ReplayTooLarge,
)
from tenants.models import Tenant, WebhookDelivery, WebhookEndpoint, WebhookReplay
from tenants.operations import replays
from tenants.operations.replays import request_replay, resend_event, work_replay
from tenants.operations.webhooks import create_endpoint, disable_endpoint, make_deliveries
from tenants.queries import replays as queries
from tenants.tasks import resume_replays

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def endpoint(at: datetime, *names: str, path: str = "a") -> WebhookEndpoint:
    row, _ = create_endpoint(
        url=f"http://127.0.0.1:1/{path}", event_names=names, actor="usr", at=at
    )
    return row


def happen(at: datetime, name: str = "credit.drawdown.captured") -> str:
    return events.record(name, subject="drw_1", actor="t", at=at)


def replay(row: WebhookEndpoint, at: datetime, *names: str, **other: Any) -> WebhookReplay:
    asked = {"since": at - HOUR, "until": at + HOUR, "event_names": names, **other}
    return request_replay(endpoint_id=row.id, actor="usr", at=at, **asked)


def states() -> list[tuple[str, str, int]]:
    rows = WebhookDelivery.objects.order_by("event_id")
    return list(rows.values_list("event_id", "status", "attempt_count"))


@pytest.mark.usefixtures("inside")
def test_a_time_is_sent_again_with_what_was_never_delivered(at: datetime) -> None:
    missed = happen(at)
    row = endpoint(at, "credit.drawdown.*")
    told, waiting = happen(at), happen(at)
    happen(at, "credit.line.activated")  # never asked for
    happen(at, "campaigns.coupon.granted")  # nobody's business
    happen(at + HOUR), happen(at - HOUR * 2)  # another time
    for event_id in (told, waiting):
        make_deliveries(event_id)
    WebhookDelivery.objects.filter(event_id=told).update(
        status="delivered", attempt_count=4, delivered_at=at
    )
    WebhookDelivery.objects.filter(event_id=waiting).update(
        attempt_count=2, next_attempt_at=clock.machine_now() + HOUR
    )

    found = replay(row, at)
    assert (found.status, found.event_count) == ("waiting", 0)
    assert work_replay(replay_id=found.id) == 3

    assert states() == [(missed, "pending", 0), (told, "pending", 0), (waiting, "pending", 2)]
    assert not WebhookDelivery.objects.filter(next_attempt_at__gt=clock.machine_now()).exists()
    found.refresh_from_db()
    assert (found.status, found.event_count, found.finished_at) == ("done", 3, clock.now())
    assert work_replay(replay_id=found.id) == 0
    assert AuditRecord.objects.get(action="tenants.endpoint.replay").subject == row.id


@pytest.mark.usefixtures("inside")
def test_a_worker_that_died_is_followed_by_another(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "BATCH", 2)
    row = endpoint(at, "credit.drawdown.*")
    ids = [happen(at) for _ in range(5)]
    found = replay(row, at)
    assert replays._next_batch(found.id, at) == 2
    WebhookDelivery.objects.update(status="delivered", delivered_at=at, attempt_count=1)
    assert replay(row, at).id == found.id  # the same wish, while it is being done
    assert AuditRecord.objects.filter(action="tenants.endpoint.replay").count() == 1
    assert work_replay(replay_id=found.id) == 3
    assert states() == [
        *((one, "delivered", 1) for one in ids[:2]), *((one, "pending", 0) for one in ids[2:]),
    ]  # fmt: skip


def test_the_sweep_finds_it(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with tenant_scope(tenant.id):
        row = endpoint(at, "credit.drawdown.*")
        happen(at)
        found = replay(row, at)
    with django_capture_on_commit_callbacks(execute=True):
        assert resume_replays() == 1
    with tenant_scope(tenant.id):
        found.refresh_from_db()
        assert (found.status, found.event_count) == ("done", 1)


@pytest.mark.usefixtures("inside")
def test_only_the_named_types(at: datetime) -> None:
    row = endpoint(at)
    wanted = happen(at)
    happen(at, "credit.line.activated")
    assert replays.count_replay(
        endpoint=row, since=at, until=at + HOUR, event_names=["credit.drawdown.*"]
    ) == 1  # fmt: skip
    work_replay(replay_id=replay(row, at, "credit.drawdown.captured").id)
    assert [event_id for event_id, _, _ in states()] == [wanted]


@pytest.mark.usefixtures("inside")
def test_what_is_refused_leaves_nothing(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    row = endpoint(at)
    happen(at), happen(at)
    off = endpoint(at, path="b")
    disable_endpoint(endpoint_id=off.id, actor="usr", at=at)
    refused: list[tuple[type[Exception], WebhookEndpoint, tuple[str, ...], dict[str, Any]]] = [
        (BadEventName, row, ("risk.*",), {}),
        (Invalid, row, (), {"since": at, "until": at}),
        (ReplayTooLarge, row, (), {"since": at - timedelta(days=40)}),
        (EndpointDisabled, off, (), {}),
    ]
    for error, whose, names, other in refused:
        with pytest.raises(error):
            replay(whose, at, *names, **other)
    monkeypatch.setattr(queries, "MOST", 1)
    with pytest.raises(ReplayTooLarge):
        replay(row, at)
    with pytest.raises(NotFound):
        request_replay(
            endpoint_id="whe_1", since=at, until=at + HOUR, event_names=[], actor="usr", at=at
        )
    assert (WebhookReplay.objects.count(), states()) == (0, [])
    assert not AuditRecord.objects.filter(action="tenants.endpoint.replay").exists()


@pytest.mark.usefixtures("inside")
def test_one_at_a_time_and_none_to_an_endpoint_switched_off(at: datetime) -> None:
    row = endpoint(at)
    happen(at)
    found = replay(row, at)
    with pytest.raises(ReplayRunning):
        replay(row, at, "credit.drawdown.*")
    disable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    assert work_replay(replay_id=found.id) == 0
    found.refresh_from_db()
    assert (found.status, states()) == (ReplayStatus.STOPPED, [])


@pytest.mark.usefixtures("inside")
def test_one_event_goes_to_everybody_who_asks_for_it(at: datetime) -> None:
    event_id = happen(at)
    with pytest.raises(NobodyListens):
        resend_event(event_id=event_id, actor="usr", at=at)
    one, two = endpoint(at, path="1"), endpoint(at, "credit.*", path="2")
    endpoint(at, "credit.line.*", path="3")
    rows = resend_event(event_id=event_id, actor="usr", at=at)
    assert [(row.endpoint_id, row.status) for row in rows] == [
        (one.id, "pending"), (two.id, "pending"),
    ]  # fmt: skip
    WebhookDelivery.objects.update(status="delivered", delivered_at=at, attempt_count=3)
    again = resend_event(event_id=event_id, actor="usr", at=at)
    assert [(row.id, row.status, row.attempt_count) for row in again] == [
        (row.id, "pending", 0) for row in rows
    ]
    for hidden in ("evt_1", happen(at, "risk.policy.published")):
        with pytest.raises(NotFound):
            resend_event(event_id=hidden, actor="usr", at=at)
    assert AuditRecord.objects.filter(action="tenants.event.resend").count() == 2


def test_another_platforms_events_and_endpoints_are_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        row, event_id = endpoint(at), happen(at)
        found = replay(row, at)
    with tenant_scope(tenant.id):
        endpoint(at)
        for refused in (
            lambda: replay(row, at),
            lambda: resend_event(event_id=event_id, actor="usr", at=at),
            lambda: queries.replay(found.id),
            lambda: queries.replay("whr_1"),
        ):
            with pytest.raises(NotFound):
                refused()
        assert (list(queries.list_replays()), states()) == ([], [])
    with pytest.raises(NoScope):
        replay(row, at)
