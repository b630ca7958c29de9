"""Capture: what was shipped of an order becomes a loan.

Lock order: line, drawdown, lenders' cap slices, exposure bucket.
"""

from dataclasses import dataclass
from datetime import date, datetime

from credit.domain.charges import charges
from credit.domain.terms import DrawdownTerms
from credit.enums import DrawdownStatus, HoldStatus
from credit.errors import (
    CaptureTooLarge,
    CaptureTooLate,
    DrawdownNotAuthorized,
    ExternalIdConflict,
)
from credit.models import CreditLine, Drawdown, Hold, LoanEvent, PlanRow
from credit.operations.booking import Change, book
from credit.operations.drawdowns import CAPTURABLE
from credit.operations.funding import give_back
from credit.operations.instructions import instruct_funding
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events
from platform_app.kernel.transactions import retrying


@retrying
def capture_drawdown(
    *,
    drawdown_id: str,
    amount_minor: int,
    external_id: str,
    is_final: bool,
    actor: str,
    at: datetime,
) -> Drawdown:
    """The goods were shipped: this much of the hold becomes a loan, its value date the open day.

    A final capture releases what it leaves; otherwise the rest stays held for further shipments.
    The same external_id returns the drawdown unchanged. Raises DrawdownNotFound,
    DrawdownNotAuthorized, CaptureTooLarge, CaptureTooLate, ExternalIdConflict.
    """
    drawdown, line = locked_drawdown(drawdown_id)
    day = open_day_for_booking()
    key = f"{drawdown_id}:{external_id}"
    before = LoanEvent.objects.filter(kind="capture", key=key).first()
    if before is not None:
        if before.amount_minor != amount_minor:
            raise ExternalIdConflict(field="external_id", fields="amount")
        return drawdown
    if drawdown.status not in CAPTURABLE:
        raise DrawdownNotAuthorized
    hold = Hold.objects.get(drawdown=drawdown)
    if amount_minor > hold.remaining_minor:
        raise CaptureTooLarge(
            field="amount", remaining_minor=hold.remaining_minor, needed_minor=amount_minor
        )
    if _first_row_is_due(drawdown, day):
        raise CaptureTooLate
    what = _Capture(amount_minor, 0 if not is_final else hold.remaining_minor - amount_minor)
    _book_capture(drawdown, line, what, key=key, day=day, actor=actor, at=at)
    _use_hold(drawdown, line, hold, what)
    _tell_captured(drawdown, what, actor, at)
    return drawdown


@dataclass(frozen=True, slots=True)
class _Capture:
    amount_minor: int
    released_minor: int


def _first_row_is_due(drawdown: Drawdown, day: date) -> bool:
    if drawdown.event_count == 0:
        return False
    return PlanRow.objects.filter(drawdown=drawdown, seed_due_on__lte=day).exists()


def _book_capture(
    drawdown: Drawdown, line: CreditLine, what: _Capture, *, key: str, day: date, actor: str,
    at: datetime,
) -> None:  # fmt: skip
    before_minor = drawdown.captured_minor
    captured = before_minor + what.amount_minor
    still_held = drawdown.authorized_minor - captured - what.released_minor
    drawdown.status = DrawdownStatus.PARTIALLY_CAPTURED if still_held else DrawdownStatus.REPAYING
    change = Change(kind="capture", key=key, value_on=day, amount_minor=what.amount_minor)
    booked = book(drawdown, line, change, day=day, actor=actor, at=at)
    instruct_funding(
        drawdown=drawdown, loan_event=booked.event, captured_before_minor=before_minor, at=at
    )
    raised = charges(
        DrawdownTerms.from_json(drawdown.terms), drawdown.signed_due_on, what.amount_minor
    )
    for no, fee in enumerate(raised):
        charge = Change(
            kind="fee", key=f"{key}:{fee.code}:{no}", value_on=day, amount_minor=fee.amount_minor,
            details={"code": fee.code, "due_on": fee.due_on.isoformat()},
        )  # fmt: skip
        book(drawdown, line, charge, day=day, actor=actor, at=at)


def _use_hold(drawdown: Drawdown, line: CreditLine, hold: Hold, what: _Capture) -> None:
    hold.captured_minor += what.amount_minor
    hold.released_minor += what.released_minor
    hold.status = HoldStatus.PART_CAPTURED if hold.remaining_minor else HoldStatus.CAPTURED
    hold.save(update_fields=["captured_minor", "released_minor", "status"])
    CreditLine.objects.filter(pk=line.pk).update(
        held_minor=line.held_minor - what.amount_minor - what.released_minor
    )
    give_back(drawdown=drawdown, hold=hold, released_minor=what.released_minor)


def _tell_captured(drawdown: Drawdown, what: _Capture, actor: str, at: datetime) -> None:
    events.record(
        "credit.drawdown.captured", subject=drawdown.id, merchant_id=drawdown.merchant_id,
        actor=actor, at=at,
        props={"amount_minor": what.amount_minor, "released_minor": what.released_minor,
               "order_no": drawdown.order_no, "version": drawdown.version},
    )  # fmt: skip
