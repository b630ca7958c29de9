"""Handed over after commit, by name; a broker that is down loses nothing and breaks nothing."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from celery.exceptions import NotRegistered
from django.db import transaction

import platform_app.celery
from platform_app.kernel import events, jobs
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Dispatch
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


@pytest.fixture
def ran() -> Iterator[list[dict[str, Any]]]:
    """What the task `test.note` was called with."""
    calls: list[dict[str, Any]] = []
    app = platform_app.celery.app

    def note(**said: Any) -> None:
        calls.append(said)

    task = app.task(name="test.note", shared=False)(note)
    yield calls
    app.tasks.pop(task.name)


@pytest.mark.django_db(transaction=True)
def test_only_after_commit(ran: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        jobs.enqueue("test.note", order_id="ord_1")
        assert ran == []
    assert ran == [{"order_id": "ord_1"}]
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- ended by it
        jobs.enqueue("test.note", order_id="ord_2")
        raise RuntimeError
    assert ran == [{"order_id": "ord_1"}]
    jobs.enqueue("test.note")
    assert ran == [{"order_id": "ord_1"}, {}]


@pytest.mark.django_db(transaction=True)
def test_a_name_nobody_has_is_a_mistake_of_ours() -> None:
    with pytest.raises(NotRegistered):
        jobs.enqueue("test.unknown")


def test_every_thread_hands_work_to_our_app() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(current_app.main))
    thread.start()
    thread.join()
    assert found == ["baitiao"]


@pytest.fixture
def no_broker() -> Iterator[None]:
    """The current app is one whose broker refuses every connection."""
    dead = Celery("dead", broker="redis://127.0.0.1:1/0", set_as_current=False)
    dead.set_current()
    yield
    platform_app.celery.app.set_current()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_broker")
def test_a_broker_that_is_down_loses_no_event(
    tenant: Tenant, at: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[str] = []
    monkeypatch.setattr(events, "_consumers", {})
    events.subscribe(Consumer(name="c", prefixes=("credit.",), handle=got.append))
    with tenant_scope(tenant.id):
        event_id = events.record("credit.day.closed", subject="s", actor="a", at=at)
        assert Dispatch.objects.get().status == "pending"
    assert got == []
    assert "jobs.broker_unreachable" in caplog.text
    assert relay_dispatches() == 1
    assert got == [event_id]
