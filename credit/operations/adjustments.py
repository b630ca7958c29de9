"""An order became smaller before it shipped: hold less for it."""

from datetime import datetime

from django.db import transaction

from credit.enums import DrawdownStatus, HoldStatus
from credit.errors import AmountBelowCaptured, AmountNotLower, DrawdownNotAuthorized
from credit.models import CreditLine, Drawdown, Hold
from credit.operations.funding import give_back
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events

_ADJUSTABLE = (DrawdownStatus.AUTHORIZED, DrawdownStatus.PARTIALLY_CAPTURED)


@transaction.atomic
def adjust_drawdown(*, drawdown_id: str, amount_minor: int, actor: str, at: datetime) -> Drawdown:
    """Lower the authorized amount to `amount_minor` fen and release the rest; never raise it.

    Down to what was captured already, the drawdown goes on to be repaid. The amount it has already
    changes nothing. Raises DrawdownNotFound, DrawdownNotAuthorized, AmountNotLower,
    AmountBelowCaptured.
    """
    drawdown, line = locked_drawdown(drawdown_id)
    open_day_for_booking()
    if drawdown.authorized_minor == amount_minor:
        return drawdown
    if drawdown.status not in _ADJUSTABLE:
        raise DrawdownNotAuthorized
    if amount_minor > drawdown.authorized_minor:
        raise AmountNotLower(field="amount", amount_minor=drawdown.authorized_minor)
    if amount_minor < max(drawdown.captured_minor, 1):
        raise AmountBelowCaptured(field="amount", captured_minor=drawdown.captured_minor)
    released = drawdown.authorized_minor - amount_minor
    hold = Hold.objects.get(drawdown=drawdown)
    hold.released_minor += released
    drawdown.authorized_minor = amount_minor
    if not hold.remaining_minor:
        hold.status = HoldStatus.CAPTURED
        drawdown.status = DrawdownStatus.REPAYING
    hold.save(update_fields=["released_minor", "status"])
    drawdown.version += 1
    drawdown.save(update_fields=["authorized_minor", "status", "version"])
    CreditLine.objects.filter(pk=line.pk).update(
        held_minor=line.held_minor - released, version=line.version + 1
    )
    give_back(drawdown=drawdown, hold=hold, released_minor=released)
    events.record(
        "credit.drawdown.adjusted", subject=drawdown.id, merchant_id=drawdown.merchant_id,
        actor=actor, at=at,
        props={"amount_minor": amount_minor, "released_minor": released,
               "order_no": drawdown.order_no, "version": drawdown.version},
    )  # fmt: skip
    return drawdown
