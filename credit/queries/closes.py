"""How the close of a day went: its buckets, what it left behind."""

from dataclasses import dataclass

from credit.models import BusinessDay, CloseBucket, CloseException


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
