"""Money came back: take it by the rules, book it, free the line."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from credit.domain.derived import EventKind
from credit.enums import DrawdownStatus, RepaymentChannel
from credit.errors import DrawdownNotRepaying, DrawdownPaidOff, ExternalIdConflict
from credit.models import Drawdown, Repayment
from credit.operations.booking import Change, book, value_day
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events
from platform_app.kernel.events import NewEvent

_REPAYABLE = (
    DrawdownStatus.REPAYING,
    DrawdownStatus.PARTIALLY_CAPTURED,
    DrawdownStatus.WRITTEN_OFF,
)


@transaction.atomic
def record_repayment(
    *,
    drawdown_id: str,
    amount_minor: int,
    external_id: str,
    channel: RepaymentChannel,
    value_on: date | None,
    actor: str,
    at: datetime,
    kind: EventKind = "repayment",
) -> Repayment:
    """Book a payment of `amount_minor` fen for one drawdown on the open business day.

    It goes where the allocation rule of its kind says: by default what is past due and due first
    (penalty, fee, interest, principal, oldest row first), then early. More than the payoff amount
    waits as overpayment; after a write-off it is a recovery. `value_on` None means the open day; a
    past day derives everything since then again. The same external_id with the same drawdown and
    amount returns the first repayment. `kind` may be a guarantor's payout.
    Raises DrawdownNotFound, DrawdownNotRepaying, DrawdownPaidOff, DayClosed, DayBeingClosed,
    ExternalIdConflict.
    """
    drawdown, line = locked_drawdown(drawdown_id)
    day = open_day_for_booking()
    before = Repayment.objects.filter(external_id=external_id).first()
    if before is not None:
        return _same(before, drawdown_id, amount_minor)
    if drawdown.status == DrawdownStatus.PAID_OFF:
        raise DrawdownPaidOff
    if drawdown.status not in _REPAYABLE:
        raise DrawdownNotRepaying
    change = Change(
        kind=kind,
        key=external_id,
        value_on=value_day(value_on, day, drawdown),
        amount_minor=amount_minor,
    )
    booked = book(drawdown, line, change, day=day, actor=actor, at=at)
    repayment = Repayment.objects.create(
        merchant_id=drawdown.merchant_id,
        drawdown=drawdown,
        external_id=external_id,
        channel=channel,
        amount_minor=amount_minor,
        allocated_minor=amount_minor - booked.unspent_minor,
        unspent_minor=booked.unspent_minor,
        value_on=change.value_on,
        received_at=at,
    )
    _tell(drawdown, repayment, actor, at)
    return repayment


def _same(before: Repayment, drawdown_id: str, amount_minor: int) -> Repayment:
    wrong = [
        name
        for name, is_same in {
            "drawdown": before.drawdown_id == drawdown_id,
            "amount": before.amount_minor == amount_minor,
        }.items()
        if not is_same
    ]
    if wrong:
        raise ExternalIdConflict(field="external_id", fields=", ".join(wrong))
    return before


def _tell(drawdown: Drawdown, repayment: Repayment, actor: str, at: datetime) -> None:
    about: dict[str, Any] = {"merchant_id": drawdown.merchant_id, "actor": actor, "at": at}
    told = [
        NewEvent(
            name="credit.repayment.succeeded", subject=repayment.id,
            props={"drawdown": drawdown.id, "amount_minor": repayment.amount_minor,
                   "unspent_minor": repayment.unspent_minor, "version": drawdown.version},
            **about,
        )
    ]  # fmt: skip
    if drawdown.status == DrawdownStatus.PAID_OFF:
        told.append(
            NewEvent(
                name="credit.drawdown.paid_off", subject=drawdown.id,
                props={"order_no": drawdown.order_no, "version": drawdown.version}, **about,
            )
        )  # fmt: skip
    events.record_all(told)
