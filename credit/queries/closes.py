"""How the close of a day went: its buckets, what it left behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credit.models import BusinessDay, CloseBucket, CloseException
from platform_app.kernel import clock

# The close is looked for every hour and takes minutes: one that is this late needs a person.
LATE_AFTER: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """One day's close: done buckets of all, and the drawdowns that lag since that day."""

    day: BusinessDay
    buckets: list[CloseBucket]
    exceptions: list[CloseException]

    @property
    def done_count(self) -> int:
        return sum(bucket.closed_at is not None for bucket in self.buckets)

    @property
    def percent(self) -> int:
        return 100 * self.done_count // max(len(self.buckets), 1)


def close_of(day_id: str) -> Close | None:
    """The close of one business day, or None when there is no such day."""
    day = BusinessDay.objects.filter(pk=day_id).first()
    if day is None:
        return None
    return Close(
        day=day,
        buckets=list(CloseBucket.objects.filter(business_day=day).order_by("no")),
        exceptions=list(CloseException.objects.filter(on=day.on).order_by("id")),
    )


def lagging() -> list[CloseException]:
    """Every exception that is not repaired, the oldest first."""
    return list(CloseException.objects.exclude(status="repaired").order_by("on", "id"))


def late_day(at: datetime) -> BusinessDay | None:
    """The oldest day that should have been closed by now: nobody closes it, or it cannot close.

    For platforms that time moves; a virtual one's days are moved by its replay.
    """
    day = BusinessDay.objects.exclude(status="closed").order_by("on").first()
    return day if day is not None and at >= clock.end_of(day.on) + LATE_AFTER else None
