"""A drawdown must not wait for the nightly close: lagging days are done inline, for it alone."""

from datetime import date, datetime

from credit.enums import DayStatus
from credit.models import BusinessDay, Drawdown
from credit.operations.aging import age


def catch_up(drawdown: Drawdown, day: date, at: datetime) -> None:
    """Bring a locked drawdown to the start of the open business day `day`."""
    if drawdown.next_event_on is None or drawdown.next_event_on >= day:
        return
    lagging = BusinessDay.objects.filter(status=DayStatus.CLOSING, on__lt=day)
    for closing in lagging.order_by("on").values_list("on", flat=True):
        age(day=closing, at=at, only=[drawdown.id])
    drawdown.refresh_from_db(fields=["oldest_unpaid_on", "next_event_on"])
