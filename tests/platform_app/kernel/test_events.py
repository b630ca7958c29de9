"""What happened is written once, for those who asked; the log is cut by month of Shanghai."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel import clock, events, ids
from platform_app.kernel.events import Consumer, NewEvent
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.tenancy import NoScope, tenant_scope
from tenants.models import Tenant
from tests.platform_app.kernel import sql

pytestmark = pytest.mark.django_db


def ignore(_: str) -> None: ...


@pytest.fixture(autouse=True)
def no_consumers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_consumers", {})


def subscribe(name: str, *prefixes: str, **said: Any) -> None:
    events.subscribe(Consumer(name=name, prefixes=prefixes, **{"handle": ignore, **said}))


def record(name: str, at: datetime, **said: Any) -> str:
    return events.record(name, subject="drw_1", actor="usr_1", at=at, **said)


def dispatched() -> list[tuple[str, str]]:
    return list(Dispatch.objects.order_by("id").values_list("consumer", "event_id"))


@pytest.mark.usefixtures("inside")
def test_an_event_is_kept_as_it_was_told(at: datetime) -> None:
    merchant_id = ids.new_id("mch")
    event_id = record(
        "credit.drawdown.captured", at, merchant_id=merchant_id, props={"amount_minor": 1}
    )
    row = Event.objects.get(id=event_id)
    assert (row.name, row.subject, row.actor, row.source) == (
        "credit.drawdown.captured", "drw_1", "usr_1", "operation",
    )  # fmt: skip
    assert (row.merchant_id, row.props) == (merchant_id, {"amount_minor": 1})
    assert (row.occurred_at, row.received_at) == (at, clock.now())


@pytest.mark.usefixtures("inside")
def test_only_those_who_asked_are_told(at: datetime) -> None:
    subscribe("webhooks", "credit.", "tenants.")
    subscribe("journeys", "credit.drawdown.")
    subscribe("nobody", "page.")
    captured = record("credit.drawdown.captured", at)
    closed = record("credit.day.closed", at)
    record("campaigns.coupon.granted", at)
    assert dispatched() == [("webhooks", captured), ("journeys", captured), ("webhooks", closed)]
    first = Dispatch.objects.order_by("id")[0]
    assert (first.status, first.attempt_count, first.occurred_at) == ("pending", 0, at)
    assert first.next_attempt_at == clock.now()


def test_a_condition_asks_the_database_about_the_tenant(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    condition = "EXISTS (SELECT 1 FROM tenants_tenant WHERE id = %(tenant_id)s AND slug = 'pets')"
    subscribe("pets only", "credit.", condition_sql=f"{condition} AND %(tenant_id)s IS NOT NULL")
    subscribe("all", "credit.")
    with tenant_scope(tenant.id):
        event_id = record("credit.day.closed", at)
        assert dispatched() == [("pets only", event_id), ("all", event_id)]
    with tenant_scope(other_tenant.id):
        event_id = record("credit.day.closed", at)
        assert dispatched() == [("all", event_id)]


@pytest.mark.usefixtures("inside")
def test_many_at_once_keep_their_order(at: datetime, django_assert_num_queries: Any) -> None:
    subscribe("webhooks", "credit.")
    happened = [NewEvent(name=f"credit.day.n{n}", subject="s", actor="a", at=at) for n in range(50)]
    with django_assert_num_queries(1):
        made = events.record_all(happened)
    assert made == sorted(made)
    assert list(
        Event.objects.filter(id__in=made).order_by("id").values_list("name", flat=True)
    ) == [event.name for event in happened]
    assert dispatched() == [("webhooks", event_id) for event_id in made]
    with django_assert_num_queries(0):
        assert events.record_all([]) == []


@pytest.mark.usefixtures("inside")
def test_a_rollback_takes_the_event_and_its_dispatch_with_it(
    at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    subscribe("webhooks", "credit.")
    before = Event.objects.count()
    with (  # noqa: PT012 -- ended by it
        django_capture_on_commit_callbacks() as callbacks,
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        record("credit.day.closed", at)
        raise RuntimeError
    assert (Event.objects.count(), Dispatch.objects.count(), callbacks) == (before, 0, [])


@pytest.mark.usefixtures("inside")
def test_the_relay_is_called_only_when_somebody_is_told(
    at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    subscribe("never", "credit.", condition_sql="false")
    with django_capture_on_commit_callbacks() as callbacks:
        record("credit.day.closed", at)
    assert callbacks == []
    subscribe("webhooks", "credit.")
    with django_capture_on_commit_callbacks() as callbacks:
        record("credit.day.closed", at)
    assert len(callbacks) == 1


@pytest.mark.usefixtures("inside")
def test_the_same_event_is_told_to_a_consumer_once(at: datetime) -> None:
    subscribe("webhooks", "credit.")
    event_id = record("credit.day.closed", at)
    with pytest.raises(IntegrityError, match="kernel_dispatch_once"), transaction.atomic():
        Dispatch.objects.create(consumer="webhooks", event_id=event_id, occurred_at=at)
    with pytest.raises(IntegrityError, match="kernel_dispatch_status"), transaction.atomic():
        Dispatch.objects.create(consumer="x", event_id=event_id, occurred_at=at, status="lost")
    with pytest.raises(IntegrityError, match="pkey"), transaction.atomic():
        Event.objects.create(id=event_id, name="x", subject="x", actor="x", occurred_at=at)


def test_no_scope_no_event(at: datetime) -> None:
    with pytest.raises(NoScope):
        record("credit.day.closed", at)


def part_of(event_id: str) -> str:
    """The partition a row lies in."""
    return str(
        sql.one(
            "SELECT tableoid::regclass::text FROM kernel_event WHERE id = %s",
            str(ids.to_uuid("evt", event_id)),
        )
    )


def partitions() -> set[str]:
    found = sql.rows("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
    return {name for (name,) in found}


@pytest.mark.usefixtures("inside")
def test_a_late_event_waits_in_the_default_partition_until_its_month_is_made() -> None:
    start = datetime(2019, 4, 30, 16, tzinfo=UTC)  # 1 May 00:00 in Shanghai
    end = datetime(2019, 5, 31, 16, tzinfo=UTC)
    late = {
        moment: record("page.viewed", moment)
        for moment in (start - timedelta(seconds=1), start, end - timedelta(seconds=1), end)
    }
    assert {part_of(event_id) for event_id in late.values()} == {"kernel_event_default"}
    events.ensure_partitions(date(2019, 5, 20), months=1)
    assert [part_of(event_id) for event_id in late.values()] == [
        "kernel_event_default", "kernel_event_201905", "kernel_event_201905",
        "kernel_event_default",
    ]  # fmt: skip
    assert part_of(record("page.viewed", start)) == "kernel_event_201905"
    events.ensure_partitions(date(2019, 5, 1), months=1)
    assert Event.objects.filter(name="page.viewed").count() == 5
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        sql.rows("SELECT * FROM kernel_event_201905")
    with sql.owner_sees(["kernel_event"]), pytest.raises(IntegrityError, match="append-only"):
        sql.rows("DELETE FROM kernel_event_201905")


@pytest.mark.parametrize("day", [date(2031, 3, 1), date(2031, 3, 31)])
def test_four_months_from_the_last_one_on(day: date) -> None:
    before = partitions()
    with clock.travel(clock.moment_on(day, 3)):
        events.ensure_partitions()
    assert partitions() - before == {f"kernel_event_20310{month}" for month in (2, 3, 4, 5)}


FOUND = """
SELECT 'credit.installment.' || w AS name, kernel_public_id('drw', %(drawdown)s::uuid) AS subject,
       %(merchant)s::uuid AS merchant_id, jsonb_build_object('word', w) AS props
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS t(w, n) ORDER BY n
"""


def selected(at: datetime, *words: str) -> int:
    of = {"drawdown": str(DRAWDOWN), "merchant": str(MERCHANT), "words": list(words)}
    return events.record_selected(FOUND, of, actor="system:close", at=at)


DRAWDOWN, MERCHANT = ids.new_uuid(), ids.new_uuid()


@pytest.mark.usefixtures("inside")
def test_events_of_a_select_are_as_those_recorded_one_by_one(
    at: datetime, django_assert_num_queries: Any, django_capture_on_commit_callbacks: Any
) -> None:
    subscribe("all", "credit.")
    subscribe("some", "credit.installment.late", "tenants.")
    subscribe("none", "credit.", condition_sql="%(tenant_id)s::uuid IS NULL")
    with django_capture_on_commit_callbacks() as callbacks, django_assert_num_queries(1):
        assert selected(at, "due", "late") == 2
    assert len(callbacks) == 1
    kept = Event.objects.filter(name__startswith="credit.installment.").order_by("id")
    columns = ("name", "subject", "merchant_id", "actor", "source", "occurred_at", "props")
    drawdown, merchant = ids.from_uuid("drw", DRAWDOWN), ids.from_uuid("mch", MERCHANT)
    said = (drawdown, merchant, "system:close", "operation", at)
    assert list(kept.values_list(*columns)) == [
        ("credit.installment.due", *said, {"word": "due"}),
        ("credit.installment.late", *said, {"word": "late"}),
    ]
    due, late = kept.values_list("id", flat=True)
    assert sorted(dispatched()) == sorted([("all", due), ("all", late), ("some", late)])


@pytest.mark.usefixtures("inside")
def test_a_select_that_finds_nothing_records_nothing(
    at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    subscribe("all", "credit.")
    before = Event.objects.count()
    with django_capture_on_commit_callbacks() as callbacks:
        assert selected(at) == 0
    assert (Event.objects.count(), dispatched(), callbacks) == (before, [], [])


def test_no_scope_no_events_of_a_select(at: datetime) -> None:
    with pytest.raises(NoScope):
        selected(at, "due")


def test_the_database_writes_public_ids_as_we_do() -> None:
    some = [ids.new_uuid(), UUID(int=0), UUID(int=2**128 - 1), UUID(int=2**64), UUID(int=2**63 + 1)]
    some += [UUID(int=1 << bit) for bit in range(128)]
    for one in some:
        found = sql.one(f"SELECT kernel_public_id('drw', '{one}')")
        assert found == ids.from_uuid("drw", one)
