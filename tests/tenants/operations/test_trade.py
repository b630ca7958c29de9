"""Orders by the thousand: repeated, revised, raced."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import FutureOrder
from tenants.models import Merchant, Tenant, TradeOrder
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import create_tenant
from tenants.operations.trade import import_orders
from tenants.queries.trade import list_orders
from tenants.values import ImportCounts, OrderRow

ROW = OrderRow("SO1", "M1", date(2026, 1, 6), 2, 1280)


def take(at: datetime, *rows: OrderRow) -> ImportCounts:
    return import_orders(rows=rows, known_at=at, actor="api")


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_orders_come_in_and_their_firms_are_pooled_once(at: datetime) -> None:
    later = replace(ROW, order_no="SO2", ordered_on=date(2026, 1, 9), merchant_name="示例店")
    assert take(at, later, ROW) == ImportCounts(created=2)
    firm = Merchant.objects.get()
    assert (firm.external_id, firm.name, firm.kyb_status) == ("M1", "示例店", "pooled")
    assert firm.joined_on == date(2026, 1, 6)
    event = Event.objects.get(name="tenants.merchant.pooled")
    assert (event.subject, event.merchant_id, event.occurred_at) == (firm.id, firm.id, at)
    order = TradeOrder.objects.get(order_no="SO1")
    assert (order.merchant_id, order.revision, order.known_at) == (firm.id, 1, at)
    assert order.event_at == clock.moment_on(date(2026, 1, 6), 12)
    assert (order.quantity, order.amount_minor, order.status) == (2, 1280, "placed")


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_the_same_content_writes_nothing(at: datetime) -> None:
    take(at, ROW)
    assert take(at + timedelta(days=1), ROW, ROW) == ImportCounts(repeated=2)
    assert TradeOrder.objects.get().known_at == at
    assert Event.objects.filter(name="tenants.merchant.pooled").count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_other_content_is_the_next_revision_and_the_past_can_be_asked(at: datetime) -> None:
    take(at, ROW)
    tomorrow = at + timedelta(days=1)
    changed = replace(ROW, status="returned")
    assert take(tomorrow, changed, changed) == ImportCounts(revised=1, repeated=1)
    assert [(o.revision, o.status) for o in list_orders()] == [(2, "returned")]
    assert [(o.revision, o.status) for o in list_orders(known_by=at)] == [(1, "placed")]
    assert list(list_orders(known_by=at - timedelta(seconds=1))) == []
    assert take(tomorrow, ROW) == ImportCounts(revised=1)
    assert list_orders().get().revision == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_rows_of_one_call_are_read_in_order(at: datetime) -> None:
    dearer = replace(ROW, amount_minor=1300)
    assert take(at, ROW, ROW, dearer, ROW) == ImportCounts(created=1, revised=2, repeated=1)
    assert list_orders().get().amount_minor == 1280
    assert TradeOrder.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_an_order_of_tomorrow_refuses_the_whole_call(at: datetime) -> None:
    tomorrow = replace(ROW, order_no="SO2", ordered_on=clock.day_of(at) + timedelta(days=1))
    with pytest.raises(FutureOrder) as caught:
        take(at, ROW, tomorrow)
    assert caught.value.facts == {"order_no": "SO2"}
    assert (TradeOrder.objects.count(), Merchant.objects.count()) == (0, 0)
    assert not Event.objects.filter(name="tenants.merchant.pooled").exists()
    midnight = clock.moment_on(tomorrow.ordered_on)
    assert take(midnight, tomorrow) == ImportCounts(created=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_known_firm_keeps_its_name(at: datetime) -> None:
    upsert_merchant(external_id="M1", name="原名", actor="api", at=at)
    take(at, replace(ROW, merchant_name="另一个名"))
    assert Merchant.objects.get().name == "原名"


@pytest.mark.django_db
@pytest.mark.parametrize("row_count", [1, 3000])
@pytest.mark.usefixtures("inside")
def test_a_chunk_takes_a_handful_of_statements(
    row_count: int, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(at, ROW)
    rows = [replace(ROW, order_no=f"SO{n}", amount_minor=n) for n in range(row_count)]
    with django_assert_num_queries(6):  # savepoint, firms, latest revisions, insert, event, release
        import_orders(rows=rows, known_at=at, actor="api")


@pytest.mark.django_db
def test_orders_are_their_owners_alone(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        take(at, ROW)
    with tenant_scope(other_tenant.id):
        assert list(list_orders()) == []
        assert take(at, ROW) == ImportCounts(created=1)
    with pytest.raises(NoScope):
        list_orders()
    with pytest.raises(NoScope):
        take(at, ROW)
    with tenant_scope(tenant.id):
        assert TradeOrder.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_the_database_refuses_to_change_an_order(at: datetime) -> None:
    take(at, ROW)
    with pytest.raises(DatabaseError), transaction.atomic():
        TradeOrder.objects.update(amount_minor=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        take(at, replace(ROW, order_no="SO9", amount_minor=-1))
    assert list_orders().get().amount_minor == 1280


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_lose_and_double_nothing(at: datetime) -> None:
    tenant = create_tenant(slug="race", name="示例", vertical="pet", actor="t", at=at)
    rows = [replace(ROW, order_no=f"SO{n}", merchant_no=f"M{n % 40}") for n in range(400)]
    found: list[ImportCounts] = []

    def run(part: list[OrderRow]) -> None:
        try:
            with tenant_scope(tenant.id):
                found.append(import_orders(rows=part, known_at=at, actor="api"))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(part,)) for part in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] + found[1] == ImportCounts(created=400, repeated=400)
    with tenant_scope(tenant.id):
        assert (TradeOrder.objects.count(), Merchant.objects.count()) == (400, 40)
        assert Event.objects.filter(name="tenants.merchant.pooled").count() == 40
