"""The outbox: each consumer on its own, tried again on a ladder, handed over by one relay only."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from platform_app.kernel import clock, events, ids
from platform_app.kernel.events import RETRY_LADDER, Consumer
from platform_app.kernel.models import Dispatch
from platform_app.kernel.scope import current_tenant_id
from platform_app.kernel.tasks import BATCH, relay_dispatches
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Merchant, Tenant
from tests.platform_app.kernel.sql import Neighbor

Handed = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def no_consumers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_consumers", {})


@pytest.fixture
def handed() -> Handed:
    """What the consumer `good` was given: tenant and event."""
    got: Handed = []
    subscribe("good", lambda event_id: got.append((current_tenant_id(), event_id)))
    return got


def subscribe(name: str, handle: Callable[[str], None]) -> None:
    events.subscribe(Consumer(name=name, prefixes=("credit.",), handle=handle))


def happen(tenant: Tenant, at: datetime, count: int = 1) -> list[str]:
    with tenant_scope(tenant.id):
        return [
            events.record("credit.day.closed", subject="x", actor="a", at=at) for _ in range(count)
        ]


def outcome(tenant: Tenant, consumer: str) -> Dispatch:
    with tenant_scope(tenant.id):
        return Dispatch.objects.get(consumer=consumer)


@pytest.mark.django_db
def test_each_is_handed_over_inside_its_tenant_and_once(
    tenant: Tenant, other_tenant: Tenant, at: datetime, handed: Handed
) -> None:
    first, second = happen(tenant, at), happen(other_tenant, at)
    assert relay_dispatches() == 2
    assert sorted(handed) == sorted([(tenant.id, first[0]), (other_tenant.id, second[0])])
    assert relay_dispatches() == 0
    done = outcome(tenant, "good")
    assert (done.status, done.attempt_count, done.last_error) == ("done", 1, "")


@pytest.mark.django_db
def test_one_that_fails_delays_nobody_and_loses_nothing(
    tenant: Tenant, at: datetime, handed: Handed
) -> None:
    broken = [True]

    def handle(event_id: str) -> None:
        Merchant.objects.create(external_id=event_id, name="half done")
        if broken:
            Merchant.objects.create(
                external_id=event_id, name="the same again"
            )  # the database refuses

    subscribe("bad", handle)
    (event_id,) = happen(tenant, at)
    assert relay_dispatches() == 2
    assert handed == [(tenant.id, event_id)]
    failed = outcome(tenant, "bad")
    assert (failed.status, failed.attempt_count) == ("pending", 1)
    assert failed.next_attempt_at == at + timedelta(seconds=5)
    assert failed.last_error.startswith("IntegrityError: duplicate key")
    with tenant_scope(tenant.id):
        assert Merchant.objects.count() == 0
    broken.clear()
    with clock.travel(at + timedelta(seconds=5)):
        assert relay_dispatches() == 1
    assert outcome(tenant, "bad").status == "done"
    with tenant_scope(tenant.id):
        assert Merchant.objects.get().name == "half done"


@pytest.mark.django_db
def test_the_ladder_and_its_end(tenant: Tenant, at: datetime) -> None:
    def never(_: str) -> None:
        raise RuntimeError("no")

    subscribe("bad", never)
    happen(tenant, at)
    moment = at
    for attempt, wait in enumerate(RETRY_LADDER, start=1):
        with clock.travel(moment - timedelta(microseconds=1)):
            assert relay_dispatches() == 0
        with clock.travel(moment):
            assert relay_dispatches() == 1
        row = outcome(tenant, "bad")
        moment += wait
        assert (row.status, row.attempt_count, row.next_attempt_at) == ("pending", attempt, moment)
    with clock.travel(moment):
        assert relay_dispatches() == 1
        row = outcome(tenant, "bad")
        assert (row.status, row.attempt_count, row.last_error) == ("failed", 6, "RuntimeError: no")
    with clock.travel(moment + timedelta(days=30)):
        assert relay_dispatches() == 0


@pytest.mark.django_db
def test_a_consumer_that_is_gone_waits_for_its_return(
    tenant: Tenant, at: datetime, handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (event_id,) = happen(tenant, at)
    with monkeypatch.context() as gone:
        gone.setattr(events, "_consumers", {})
        assert relay_dispatches() == 1
    assert outcome(tenant, "good").last_error == "KeyError: 'good'"
    with clock.travel(at + timedelta(seconds=5)):
        assert relay_dispatches() == 1
    assert handed == [(tenant.id, event_id)]


@pytest.mark.django_db
def test_more_than_a_batch(tenant: Tenant, at: datetime, handed: Handed) -> None:
    made = happen(tenant, at, BATCH + 1)
    assert relay_dispatches() == BATCH + 1
    assert [event_id for _, event_id in handed] == made


@pytest.mark.django_db(transaction=True)
def test_two_relays_share_the_work_and_hand_over_once(
    tenant: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[str] = []
    holding, go_on = threading.Event(), threading.Event()

    def slow(event_id: str) -> None:
        got.append(event_id)
        if len(got) == 1:
            holding.set()
            assert go_on.wait(10)

    made = []
    with tenant_scope(tenant.id):
        for _ in range(3):
            row = Dispatch(consumer="slow", occurred_at=at, event_id=ids.new_id("evt"))
            row.next_attempt_at = at
            row.save(force_insert=True)
            made.append(row.event_id)
    subscribe("slow", slow)
    monkeypatch.setattr("platform_app.kernel.tasks.BATCH", 2)

    first = Neighbor(relay_dispatches)  # holds two
    assert holding.wait(10)
    assert relay_dispatches() == 1  # finds the third, and does not wait
    go_on.set()
    assert first.answer() == 2
    assert sorted(got) == sorted(made)
    with platform_scope():
        assert set(Dispatch.objects.values_list("status", "attempt_count")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_claimed_rows_are_skipped_not_waited_for(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        Dispatch.objects.create(
            consumer="x", occurred_at=at, event_id=ids.new_id("evt"), next_attempt_at=at
        )

    def claim() -> int:
        with platform_scope():
            return len(events.claim_due(limit=5, at=at))

    with platform_scope():
        assert len(events.claim_due(limit=5, at=at)) == 1
        assert Neighbor(claim).answer() == 0
    assert claim() == 1
    assert not connection.in_atomic_block
