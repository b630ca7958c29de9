"""Orders that were authorized and not captured: told of in time, or given back by a person."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from credit.enums import DrawdownStatus
from credit.models import Drawdown, Hold
from credit.operations.drawdowns import CAPTURABLE, cancel_drawdown
from credit.queries.drawdowns import locked_drawdown
from credit.queries.holds import ending_holds, late_holds
from platform_app.kernel import audit, clock, events
from platform_app.kernel.errors import ReasonNeeded

EXPIRING: Final = "credit.drawdown.expiring"
UNCAPTURED: Final = "credit.drawdown.uncaptured"
DAYS_BEFORE: Final = (1, 3)


def tell_hold_ends(*, actor: str, at: datetime) -> int:
    """Tell the platform of the open scope which holds end soon; returns how many events.

    An order is told of three days and one day before its hold ends, at each threshold once, at the
    nearest one only if both have passed. Needs no transaction: each order has one of its own.
    """
    day = clock.day_of(at)
    soon = ending_holds(day, days=DAYS_BEFORE[-1]).order_by("drawdown_id")
    return sum(
        _tell_end(drawdown_id, day, actor=actor, at=at)
        for drawdown_id in soon.values_list("drawdown_id", flat=True)
    )


def tell_late_orders(*, actor: str, at: datetime) -> int:
    """Tell the platform which orders it meant to ship by yesterday, and never captured; once each.

    Returns how many events. Needs no transaction.
    """
    late = late_holds(clock.day_of(at)).filter(is_late_told=False).order_by("drawdown_id")
    return sum(
        _tell_late(drawdown_id, actor=actor, at=at)
        for drawdown_id in late.values_list("drawdown_id", flat=True)
    )


@transaction.atomic
def _tell_end(drawdown_id: str, day: date, *, actor: str, at: datetime) -> int:
    drawdown, _line = locked_drawdown(drawdown_id)
    if drawdown.status not in CAPTURABLE:
        return 0
    hold = Hold.objects.get(drawdown=drawdown)
    days = next(days for days in DAYS_BEFORE if hold.expires_on - day <= timedelta(days=days))
    if hold.end_told_days is not None and hold.end_told_days <= days:
        return 0
    hold.end_told_days = days
    hold.save(update_fields=["end_told_days"])
    said = {"days": days, "expires_on": hold.expires_on.isoformat()}
    _tell(EXPIRING, drawdown, hold, said, actor=actor, at=at)
    return 1


@transaction.atomic
def _tell_late(drawdown_id: str, *, actor: str, at: datetime) -> int:
    drawdown, _line = locked_drawdown(drawdown_id)
    hold = Hold.objects.get(drawdown=drawdown)
    if drawdown.status != DrawdownStatus.AUTHORIZED or hold.is_late_told or not hold.ships_on:
        return 0
    hold.is_late_told = True
    hold.save(update_fields=["is_late_told"])
    said = {"ships_on": hold.ships_on.isoformat(), "expires_on": hold.expires_on.isoformat()}
    _tell(UNCAPTURED, drawdown, hold, said, actor=actor, at=at)
    return 1


def _tell(
    name: str, drawdown: Drawdown, hold: Hold, said: dict[str, Any], *, actor: str, at: datetime
) -> None:
    """An event about a locked drawdown; it raises the version, or receivers would drop it."""
    drawdown.version += 1
    drawdown.save(update_fields=["version"])
    events.record(
        name, subject=drawdown.id, merchant_id=drawdown.merchant_id, actor=actor, at=at,
        props={"amount_minor": hold.remaining_minor, **said, "order_no": drawdown.order_no,
               "external_id": drawdown.external_id, "version": drawdown.version},
    )  # fmt: skip


@transaction.atomic
def release_hold(*, drawdown_id: str, reason: str, actor: str, at: datetime) -> Drawdown:
    """A person gives back what is still held, and says why; what was captured stays a loan.

    One that was given back before stays as it is. Raises DrawdownNotFound, DrawdownNotAuthorized,
    ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    before, _line = locked_drawdown(drawdown_id)
    was_held = before.status in CAPTURABLE
    drawdown = cancel_drawdown(drawdown_id=drawdown_id, actor=actor, at=at)
    if was_held:
        audit.record(
            actor=actor, action="credit.hold.release", subject=drawdown_id, at=at, reason=reason,
            before={"status": str(before.status)}, after={"status": str(drawdown.status)},
        )  # fmt: skip
    return drawdown
