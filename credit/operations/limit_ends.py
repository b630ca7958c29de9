"""Telling that a temporary limit ends: fourteen days before, and three."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from credit.models import TemporaryLimit
from credit.queries.lines import ending_limits
from platform_app.kernel import events
from platform_app.kernel.events import NewEvent

BEFORE: Final = (3, 14)
ACTOR: Final = "system:limits"


@transaction.atomic
def tell_limit_ends(*, on: date, at: datetime) -> int:
    """Record of each temporary limit that it ends within fourteen days, and within three; how many.

    Each once, however often it runs; a day that was missed is made good while the end is ahead. A
    limit given for no more than so many days is not told of so many. On a line that cannot be drawn
    on nothing is told. The number of statements does not depend on how many there are.
    """
    near = ending_limits(on).select_for_update(of=("self",)).select_related("line").order_by("id")
    told = []
    for limit in near:
        days = _due(limit, on)
        if days is not None:
            limit.told_days = days
            told.append(limit)
    if not told:
        return 0
    TemporaryLimit.objects.bulk_update(told, ["told_days"])
    events.record_all([_event(limit, on, at) for limit in told])
    return len(told)


def _due(limit: TemporaryLimit, on: date) -> int | None:
    """The nearest telling whose time has come and that was not made."""
    left, whole = (limit.until_on - on).days, (limit.until_on - limit.from_on).days
    days = next((one for one in BEFORE if left <= one < whole), None)
    is_told = days is None or (limit.told_days is not None and limit.told_days <= days)
    return None if is_told else days


def _event(limit: TemporaryLimit, on: date, at: datetime) -> NewEvent:
    return NewEvent(
        name="credit.temporary_limit.ending",
        subject=limit.line_id,
        merchant_id=limit.line.merchant_id,
        actor=ACTOR,
        at=at,
        props={
            "limit": limit.id,
            "amount_minor": limit.amount_minor,
            "until_on": limit.until_on.isoformat(),
            "days_left": (limit.until_on - on).days,
        },
    )
