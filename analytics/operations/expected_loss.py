"""The month's expected loss of a platform: what credit knows is out, handed down to risk."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from analytics.queries.exposed import average_rate, exposed_lines
from risk.models import EclRun
from risk.operations.expected_loss import book_expected_loss
from risk.queries.champions import has_champion


def book_platform(*, on: date, actor: str, at: datetime) -> EclRun:
    """Book the scope's platform as it stands after the end of `on`; the first run of a day stands.

    Losses are discounted at what is out bears on average.
    """
    return book_expected_loss(
        on=on, exposures=exposed_lines(on=on), discount_rate=average_rate() or Decimal(0),
        actor=actor, at=at,
    )  # fmt: skip


def book_when_due(*, today: date, actor: str, at: datetime) -> bool:
    """Book as of yesterday when no run is of the last month's end or later.

    On the first of a month that is the month's end; a night that was missed is made up for by the
    next one, whose day the run then bears. A platform without a policy has nothing to book.
    """
    month_end = today.replace(day=1) - timedelta(days=1)
    if EclRun.objects.filter(on__gte=month_end).exists() or not has_champion():
        return False
    book_platform(on=today - timedelta(days=1), actor=actor, at=at)
    return True
