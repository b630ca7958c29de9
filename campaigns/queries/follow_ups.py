"""Questions about call-backs: what can be chosen, what is booked, the calls of a day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from campaigns.domain.slots import CAPACITY, START_HOURS, Slot, offered
from campaigns.enums import FollowUpStatus, Urgency
from campaigns.errors import FollowUpNotFound
from campaigns.models import FollowUp, FollowUpCall, FollowUpSlot
from credit.queries.calendar import workday_test
from credit.queries.contacts import admit_hour
from platform_app.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Choice:
    """A time and how many more calls it holds."""

    slot: Slot
    left: int


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call-back of the desk with how near its time is."""

    call_back: FollowUp
    urgency: str


def choices(*, at: datetime) -> list[tuple[date, list[Choice]]]:
    """The times of the next five working days, day by day."""
    slots = offered(at, workday_test())
    rows = FollowUpSlot.objects.filter(on__in={slot.on for slot in slots})
    left = {Slot(row.on, row.hour): row.capacity - row.taken_count for row in rows}
    days: dict[date, list[Choice]] = {}
    for slot in slots:
        days.setdefault(slot.on, []).append(Choice(slot, left.get(slot, CAPACITY)))
    return list(days.items())


def booked_call_back(merchant_id: str) -> FollowUp | None:
    """The time the merchant has chosen, if any."""
    rows = FollowUp.objects.filter(merchant_id=merchant_id, status=FollowUpStatus.BOOKED)
    found: FollowUp | None = rows.first()
    return found


def is_call_owed(call_back: FollowUp | None, *, at: datetime) -> bool:
    """Whether the chosen time went by and nobody of ours has called."""
    return call_back is not None and at >= call_back.slot.ends_at


def slot_of(value: str) -> Slot | None:
    """`2026-03-02-10` as a time, or nothing."""
    day, _, hour = value.rpartition("-")
    try:
        return Slot(date.fromisoformat(day), int(hour))
    except ValueError:
        return None


def calls_of_day(on: date, *, at: datetime) -> list[CallRow]:
    """What is to be called on a day and what is left of earlier ones, then what is done."""
    waiting = FollowUp.objects.filter(status=FollowUpStatus.BOOKED, on__lte=on)
    ended = FollowUp.objects.filter(on=on).exclude(
        status__in=[FollowUpStatus.BOOKED, FollowUpStatus.CANCELED]
    )
    rows = [*_ordered(waiting), *_ordered(ended)]
    return [CallRow(row, _urgency(row, at)) for row in rows]


def call_back(follow_up_id: str) -> FollowUp:
    """One call-back with its merchant. Raises FollowUpNotFound."""
    try:
        found: FollowUp | None = (
            FollowUp.objects.select_related("merchant").filter(pk=follow_up_id).first()
        )
    except ValueError:
        found = None
    if found is None:
        raise FollowUpNotFound
    return found


def calls(follow_up_id: str) -> QuerySet[FollowUpCall]:
    """The calls that were made, the latest first."""
    rows: QuerySet[FollowUpCall] = FollowUpCall.objects.filter(follow_up_id=follow_up_id)
    return rows.order_by("-at", "-id")


def capacities(on: date) -> list[tuple[int, int, int]]:
    """Of each time of a day: its hour, how many calls it holds, how many are taken."""
    rows = {row.hour: row for row in FollowUpSlot.objects.filter(on=on)}
    return [
        (hour, rows[hour].capacity, rows[hour].taken_count) if hour in rows else (hour, CAPACITY, 0)
        for hour in START_HOURS
    ]


def quiet_hours(*, at: datetime) -> DomainError | None:
    """Why nobody may be called at a moment, or nothing."""
    try:
        admit_hour(at=at)
    except DomainError as refusal:
        return refusal
    return None


def _ordered(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("merchant").order_by("on", "hour", "id")


def _urgency(row: FollowUp, at: datetime) -> str:
    """Late once its two hours are over, soon while they run."""
    if row.status != FollowUpStatus.BOOKED:
        return ""
    if at >= row.slot.ends_at:
        return Urgency.LATE
    return Urgency.SOON if at >= row.slot.starts_at else Urgency.FINE
