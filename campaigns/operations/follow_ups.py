"""Call-backs: choosing a time, changing it, and what came of the call.

A time never holds more merchants than its capacity, whoever asks at once: the count is raised by
one conditional statement. Lock order: merchant, its call-back, times by day and hour.
"""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from campaigns.domain.slots import CAPACITY, START_HOURS, Slot, offered
from campaigns.enums import CallOutcome, FollowUpStatus
from campaigns.errors import (
    CapacityTaken,
    FollowUpNotBooked,
    FollowUpNotFound,
    SlotFull,
    SlotNotOffered,
)
from campaigns.models import FollowUp, FollowUpCall, FollowUpSlot
from credit.queries.calendar import workday_test
from credit.queries.contacts import admit_hour
from platform_app.kernel import events
from platform_app.kernel.errors import Invalid
from tenants.operations.merchants import lock_merchant

LONGEST: Final = 500
MOST_CALLS: Final = 40


@transaction.atomic
def book_call_back(
    *, merchant_id: str, slot: Slot, words: str, actor: str, at: datetime
) -> FollowUp:
    """Choose a time; whoever has one already changes it. The same time again changes only words.

    Raises NotFound, SlotNotOffered, SlotFull, Invalid (words).
    """
    text = _short(words)
    lock_merchant(merchant_id)
    booked = FollowUp.objects.filter(merchant_id=merchant_id, status=FollowUpStatus.BOOKED)
    row: FollowUp | None = booked.select_for_update().first()
    if row is not None and row.slot == slot:
        if row.words != text:
            row.words = text
            _keep(row, "words")
        return row
    _check_offered(slot, at)
    if row is not None:
        _move(row, slot, at)
        row.words = text
        _keep(row, "on", "hour", "words")
        _tell(row, "moved", actor, at)
        return row
    _take(slot)
    row = FollowUp.objects.create(
        merchant_id=merchant_id, on=slot.on, hour=slot.hour, words=text, booked_at=at
    )
    _tell(row, "booked", actor, at)
    return row


@transaction.atomic
def cancel_call_back(*, merchant_id: str, actor: str, at: datetime) -> FollowUp | None:
    """Take the booking back, if there is one: its time is free again. Raises NotFound."""
    lock_merchant(merchant_id)
    booked = FollowUp.objects.filter(merchant_id=merchant_id, status=FollowUpStatus.BOOKED)
    row: FollowUp | None = booked.select_for_update().first()
    if row is not None:
        if row.slot.starts_at > at:
            _release(row.slot)
        row.status, row.ended_at = FollowUpStatus.CANCELED, at
        _keep(row, "status", "ended_at")
        _tell(row, "canceled", actor, at)
    return row


@transaction.atomic
def assign_call_back(*, follow_up_id: str, assignee: str, actor: str, at: datetime) -> FollowUp:
    """Make the call `assignee`'s. Raises FollowUpNotFound, FollowUpNotBooked."""
    row = _booked(follow_up_id)
    if row.assignee != assignee:
        row.assignee = assignee
        _keep(row, "assignee")
        _tell(row, "assigned", actor, at, assignee=assignee)
    return row


@transaction.atomic
def record_call(
    *, follow_up_id: str, outcome: str, note: str, next_slot: Slot | None, actor: str, at: datetime
) -> FollowUpCall:
    """Write down a call that was placed now, and when the next one is, if there is one.

    With `next_slot` the call-back stays booked for then. Without it the merchant was spoken to, or
    missed, and a time that has not begun is free again. Raises FollowUpNotFound, FollowUpNotBooked,
    ContactQuietHours, Invalid (outcome, note), SlotNotOffered (asked for later, and no time named),
    SlotFull.
    """
    if outcome not in CallOutcome.values:
        raise Invalid(field="outcome")
    text = _short(note)
    row = _booked(follow_up_id)
    admit_hour(at=at)
    if next_slot is None and outcome == CallOutcome.LATER:
        raise SlotNotOffered(field="next")
    if next_slot is not None:
        _check_offered(next_slot, at)
    call = FollowUpCall.objects.create(
        follow_up=row, outcome=outcome, note=text, actor=actor, at=at,
        next_on=next_slot.on if next_slot else None,
        next_hour=next_slot.hour if next_slot else None,
    )  # fmt: skip
    row.call_count += 1
    row.assignee = row.assignee or actor
    told = {"outcome": outcome, "call": call.id}
    if next_slot is not None:
        _move(row, next_slot, at)
        _keep(row, "on", "hour", "call_count", "assignee")
        _tell(row, "moved", actor, at, **told)
        return call
    reached = outcome == CallOutcome.REACHED
    row.status = FollowUpStatus.DONE if reached else FollowUpStatus.MISSED
    row.ended_at = at
    if row.slot.starts_at > at:
        _release(row.slot)
    _keep(row, "status", "ended_at", "call_count", "assignee")
    _tell(row, str(row.status), actor, at, **told)
    return call


@transaction.atomic
def set_slot_capacity(
    *, on: date, hour: int, capacity: int, actor: str, at: datetime
) -> FollowUpSlot:
    """How many calls one time holds. Raises Invalid, CapacityTaken below what is taken already."""
    if hour not in START_HOURS or not 0 <= capacity <= MOST_CALLS:
        raise Invalid(field="capacity")
    slot = Slot(on, hour)
    _open(slot)
    row = FollowUpSlot.objects.select_for_update().get(on=on, hour=hour)
    if capacity < row.taken_count:
        raise CapacityTaken(field="capacity", taken=row.taken_count)
    if row.capacity != capacity:
        before, row.capacity = row.capacity, capacity
        row.save(update_fields=["capacity"])
        events.record(
            "campaigns.follow_up_slot.changed", subject=row.id, actor=actor, at=at,
            props={"on": on.isoformat(), "hour": hour, "from": before, "capacity": capacity},
        )  # fmt: skip
    return row


def _check_offered(slot: Slot, at: datetime) -> None:
    if slot not in offered(at, workday_test()):
        raise SlotNotOffered(field="slot")


def _open(slot: Slot) -> None:
    """A time has its row from the first time somebody chooses it."""
    row = FollowUpSlot(on=slot.on, hour=slot.hour, capacity=CAPACITY)
    FollowUpSlot.objects.bulk_create([row], ignore_conflicts=True)


def _take(slot: Slot) -> None:
    """Raises SlotFull. One statement decides, so two at once cannot take the last place."""
    _open(slot)
    free = FollowUpSlot.objects.filter(on=slot.on, hour=slot.hour, taken_count__lt=F("capacity"))
    if not free.update(taken_count=F("taken_count") + 1):
        raise SlotFull(field="slot")


def _release(slot: Slot) -> None:
    rows = FollowUpSlot.objects.filter(on=slot.on, hour=slot.hour)
    rows.update(taken_count=F("taken_count") - 1)


def _move(row: FollowUp, slot: Slot, at: datetime) -> None:
    """Change a booking's time, both times locked in order. One that has begun stays counted."""
    before = row.slot
    if before == slot:
        return
    for one in sorted((before, slot)):
        _open(one)
    list(
        FollowUpSlot.objects.select_for_update()
        .filter(on__in=[before.on, slot.on], hour__in=[before.hour, slot.hour])
        .order_by("on", "hour")
    )
    _take(slot)
    if before.starts_at > at:
        _release(before)
    row.on, row.hour = slot.on, slot.hour


def _booked(follow_up_id: str) -> FollowUp:
    try:
        row: FollowUp | None = FollowUp.objects.select_for_update().filter(pk=follow_up_id).first()
    except ValueError:
        row = None
    if row is None:
        raise FollowUpNotFound
    if row.status != FollowUpStatus.BOOKED:
        raise FollowUpNotBooked
    return row


def _short(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if len(words) > LONGEST:
        raise Invalid(field="words")
    return words


def _keep(row: FollowUp, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def _tell(row: FollowUp, what: str, actor: str, at: datetime, **props: Any) -> None:
    events.record(
        f"campaigns.follow_up.{what}", subject=row.id, merchant_id=row.merchant_id,
        actor=actor, at=at,
        props={"on": row.on.isoformat(), "hour": row.hour, "version": row.version, **props},
    )  # fmt: skip
