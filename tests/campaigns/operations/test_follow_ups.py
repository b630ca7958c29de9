"""Call-backs: times hold what they hold, changes free what they leave, calls keep the hours."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns import errors
from campaigns.domain.slots import Slot
from campaigns.models import FollowUp, FollowUpCall, FollowUpSlot
from campaigns.operations import follow_ups as operations
from campaigns.queries import follow_ups as queries
from credit.errors import ContactQuietHours
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns import desk
from tests.platform_app.kernel.sql import Neighbor

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
TWO, FOUR = Slot(MONDAY, 14), Slot(MONDAY, 16)


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    return desk.merchant_of(inside, at)


def book(merchant: Merchant, slot: Slot, at: datetime, words: str = "") -> FollowUp:
    return operations.book_call_back(
        merchant_id=merchant.id, slot=slot, words=words, actor="m", at=at
    )


def record(row: FollowUp, at: datetime, outcome: str = "reached", **more: Any) -> FollowUpCall:
    told: dict[str, Any] = {"note": "", "next_slot": None} | more
    return operations.record_call(follow_up_id=row.id, outcome=outcome, actor="usr", at=at, **told)


def taken() -> dict[Slot, int]:
    return {Slot(row.on, row.hour): row.taken_count for row in FollowUpSlot.objects.all()}


def everything() -> tuple[Any, ...]:
    return (
        list(FollowUp.objects.order_by("id").values()),
        list(FollowUpSlot.objects.order_by("id").values()),
        FollowUpCall.objects.count(),
        Event.objects.count(),
    )


def refuse(error: type[DomainError], act: Callable[[], object]) -> None:
    before = everything()
    with pytest.raises(error):
        act()
    assert everything() == before


@pytest.mark.django_db
def test_choosing_changing_and_taking_back(merchant: Merchant, at: datetime) -> None:
    first = book(merchant, TWO, at, "想问额度")
    assert (first.status, taken()) == ("booked", {TWO: 1})
    assert book(merchant, TWO, at, "想问额度").version == 1
    moved = book(merchant, FOUR, at)
    assert (moved.id, moved.slot, taken()) == (first.id, FOUR, {TWO: 0, FOUR: 1})
    canceled = operations.cancel_call_back(merchant_id=merchant.id, actor="m", at=at)
    assert canceled is not None
    assert (canceled.status, taken()) == ("canceled", {TWO: 0, FOUR: 0})
    assert operations.cancel_call_back(merchant_id=merchant.id, actor="m", at=at) is None
    assert book(merchant, TWO, at).id != first.id
    names = Event.objects.filter(name__startswith="campaigns.").order_by("id")
    assert [one.name.rpartition(".")[2] for one in names] == [
        "booked", "moved", "canceled", "booked",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_full_time_refuses_and_says_so(merchant: Merchant, inside: Tenant, at: datetime) -> None:
    operations.set_slot_capacity(on=MONDAY, hour=14, capacity=1, actor="u", at=at)
    book(merchant, TWO, at)
    second = desk.merchant_of(inside, at, "M-2")
    refuse(errors.SlotFull, lambda: book(second, TWO, at))
    book(second, FOUR, at)
    refuse(errors.SlotFull, lambda: book(second, TWO, at))
    refuse(
        errors.CapacityTaken,
        lambda: operations.set_slot_capacity(on=MONDAY, hour=14, capacity=0, actor="u", at=at),
    )
    for wrong in ({"hour": 11}, {"capacity": -1}, {"capacity": 41}):
        told = {"on": MONDAY, "hour": 14, "capacity": 2} | wrong
        refuse(
            Invalid,
            lambda t=told: operations.set_slot_capacity(actor="u", at=at, **t),  # type: ignore[misc]
        )
    left = {one.slot: one.left for _, found in queries.choices(at=at) for one in found}
    assert (left[TWO], left[FOUR], left[Slot(FRIDAY, 10)]) == (0, 3, 4)


@pytest.mark.django_db
def test_only_what_is_offered(merchant: Merchant, at: datetime) -> None:
    for slot in (
        Slot(MONDAY, 10),  # has begun
        Slot(MONDAY, 11),
        Slot(date(2026, 3, 7), 10),  # Saturday
        Slot(date(2026, 3, 9), 10),  # the sixth working day
    ):
        refuse(errors.SlotNotOffered, lambda one=slot: book(merchant, one, at))  # type: ignore[misc]
    refuse(Invalid, lambda: book(merchant, TWO, at, "长" * 501))
    with pytest.raises(NotFound):
        operations.book_call_back(merchant_id="mch_x", slot=TWO, words="", actor="m", at=at)


@pytest.mark.django_db
def test_calls_and_what_came_of_them(merchant: Merchant, inside: Tenant, at: datetime) -> None:
    row, during = book(merchant, TWO, at), clock.moment_on(MONDAY, 14, 30)
    refuse(errors.SlotNotOffered, lambda: record(row, during, "later"))
    refuse(Invalid, lambda: record(row, during, "nonsense"))
    record(row, during, "later", next_slot=Slot(FRIDAY, 10), note="周五再打")
    row.refresh_from_db()
    assert (row.status, row.slot, row.call_count) == ("booked", Slot(FRIDAY, 10), 1)
    assert taken() == {TWO: 1, Slot(FRIDAY, 10): 1}  # a time that has begun stays counted
    record(row, clock.moment_on(FRIDAY, 11), "no_answer")
    row.refresh_from_db()
    assert (row.status, row.call_count) == ("missed", 2)
    refuse(errors.FollowUpNotBooked, lambda: record(row, during))
    second = book(desk.merchant_of(inside, at, "M-2"), FOUR, at)
    operations.assign_call_back(follow_up_id=second.id, assignee="usr_1", actor="usr_1", at=at)
    record(second, during)
    second.refresh_from_db()
    assert (second.status, second.assignee) == ("done", "usr_1")
    assert [row.urgency for row in queries.calls_of_day(MONDAY, at=during)] == [""]


@pytest.mark.django_db
@pytest.mark.parametrize(("hour", "minute"), [(22, 0), (23, 30), (7, 59)])
def test_nobody_is_called_at_night(
    merchant: Merchant, at: datetime, hour: int, minute: int
) -> None:
    row = book(merchant, TWO, at)
    night = clock.moment_on(MONDAY, hour, minute)
    refuse(ContactQuietHours, lambda: record(row, night))
    record(row, clock.moment_on(MONDAY, 21, 59))


@pytest.mark.django_db
def test_nobody_elses(merchant: Merchant, other_tenant: Tenant, at: datetime) -> None:
    row = book(merchant, TWO, at)
    with tenant_scope(other_tenant.id):
        with pytest.raises(errors.FollowUpNotFound):
            record(row, at)
        with pytest.raises(NotFound):
            book(merchant, TWO, at)
    with pytest.raises(errors.FollowUpNotFound):
        operations.assign_call_back(follow_up_id="fup_x", assignee="u", actor="u", at=at)


@pytest.mark.django_db
def test_without_a_scope_nothing_is_done(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        operations.assign_call_back(follow_up_id="fup_1", assignee="u", actor="u", at=at)


@pytest.mark.django_db
def test_the_database_refuses_what_cannot_be(merchant: Merchant, at: datetime) -> None:
    book(merchant, TWO, at)
    for model, wrong in (
        (FollowUpSlot, {"taken_count": 5}),
        (FollowUpSlot, {"taken_count": -1}),
        (FollowUpSlot, {"hour": 11}),
        (FollowUp, {"status": "done"}),
        (FollowUp, {"hour": 9}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once(tenant: Tenant, at: datetime) -> None:
    """Two merchants on two connections; whoever comes second waits, then is told."""
    first, second = (desk.merchant_of(tenant, at, f"M-{number}") for number in (1, 2))

    def late() -> FollowUp:
        with clock.travel(at), tenant_scope(tenant.id):
            return book(second, TWO, at)

    with tenant_scope(tenant.id):
        operations.set_slot_capacity(on=MONDAY, hour=14, capacity=1, actor="u", at=at)
        with transaction.atomic():
            book(first, TWO, at)
            neighbor = Neighbor(late)
            assert neighbor.is_waiting
        with pytest.raises(errors.SlotFull):
            neighbor.answer()
        assert (taken(), FollowUp.objects.count()) == ({TWO: 1}, 1)
        assert book(first, FOUR, at + timedelta(minutes=1)).slot == FOUR
        assert taken() == {TWO: 0, FOUR: 1}


@pytest.mark.django_db
def test_a_call_before_its_time_gives_the_place_back(merchant: Merchant, at: datetime) -> None:
    row = book(merchant, Slot(FRIDAY, 10), at)
    record(row, at, "no_answer")
    row.refresh_from_db()
    assert (row.status, taken()) == ("missed", {Slot(FRIDAY, 10): 0})


@pytest.mark.django_db
def test_a_time_that_nobody_served_is_owed(merchant: Merchant, at: datetime) -> None:
    row = book(merchant, TWO, at)
    ends = row.slot.ends_at
    assert not queries.is_call_owed(row, at=ends - timedelta(minutes=1))
    assert queries.is_call_owed(row, at=ends)
    assert not queries.is_call_owed(None, at=ends)
    operations.cancel_call_back(merchant_id=merchant.id, actor="x", at=ends)
    assert taken() == {TWO: 1}  # a time that has begun stays counted
