"""What is held for orders that have not shipped, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet, Sum

from credit.enums import HoldStatus
from credit.models import Hold
from platform_app.kernel import clock

STANDING: Final = (HoldStatus.HELD, HoldStatus.PART_CAPTURED)
ENDING_WITHIN_DAYS: Final = 3
OLD_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many orders wait in one way, what was authorized for them in fen, and the first of it."""

    count: int
    amount_minor: int | None
    since: date | datetime | None


def ending_holds(on: date, *, days: int) -> QuerySet[Hold]:
    """The holds that stand on a day and end within so many days; each stands on its last day."""
    return Hold.objects.filter(_ending(on, days))


def late_holds(on: date) -> QuerySet[Hold]:
    """Holds of which nothing was captured, and whose order was to ship before this day."""
    return Hold.objects.filter(_late(on))


def waiting_orders(on: date) -> dict[str, Waiting]:
    """Orders authorized and not captured, by the state of a list of drawdowns: one statement."""
    old = Q(drawdown__authorized_at__lt=clock.moment_on(on - OLD_AFTER))
    ways = {
        "late": (_late(on), "drawdown__authorized_at"),
        "expiring": (_ending(on, ENDING_WITHIN_DAYS), "expires_on"),
        "uncaptured": (old, "drawdown__authorized_at"),
    }
    sums: dict[str, Any] = {}
    for way, (which, since) in ways.items():
        sums[f"{way}_count"] = Count("pk", filter=which)
        sums[f"{way}_amount"] = Sum("drawdown__authorized_minor", filter=which)
        sums[f"{way}_since"] = Min(since, filter=which)
    row = Hold.objects.filter(status__in=STANDING).aggregate(**sums)
    return {
        way: Waiting(row[f"{way}_count"], row[f"{way}_amount"], row[f"{way}_since"]) for way in ways
    }


def _ending(on: date, days: int) -> Q:
    last = on + timedelta(days=days)
    return Q(status__in=STANDING, expires_on__gte=on, expires_on__lte=last)


def _late(on: date) -> Q:
    return Q(status=HoldStatus.HELD, ships_on__lt=on)


def standing_hold(drawdown_id: str) -> Hold | None:
    """What is still held for a drawdown."""
    return Hold.objects.filter(drawdown_id=drawdown_id, status__in=STANDING).first()
