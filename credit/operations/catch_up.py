"""A drawdown must not wait for the nightly close: lagging days are done inline, for it alone."""

from datetime import date, datetime

from credit.enums import DayStatus
from credit.errors import DrawdownLags
from credit.models import BusinessDay, Drawdown
from credit.operations.aging import Share, age


def catch_up(drawdown: Drawdown, day: date, at: datetime) -> None:
    """Bring a locked drawdown to the start of the open business day `day`.

    Raises DrawdownLags when the close could not do a day for it and a repair is due.
    """
    if drawdown.lags_since is not None:
        raise DrawdownLags(since=drawdown.lags_since.isoformat())
    if drawdown.next_event_on is None or drawdown.next_event_on >= day:
        return
    lagging = BusinessDay.objects.filter(status=DayStatus.CLOSING, on__lt=day)
    for closing in lagging.order_by("on").values_list("on", flat=True):
        age(Share(day=closing, only=[drawdown.id]), at=at)
    drawdown.refresh_from_db(fields=["oldest_unpaid_on", "next_event_on"])
