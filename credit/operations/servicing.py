"""Changing a living drawdown: refunds, fees, concessions, new dates and plans, write-off.

Each act is one event, kept once by its key. What a preview shows is what the act books: both derive
the same event (`credit.queries.previews`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from credit.domain.allocation import Component
from credit.domain.fees import FeeTiming
from credit.domain.terms import DrawdownTerms
from credit.enums import DrawdownStatus, LineStatus
from credit.errors import DrawdownNotServiceable, ExternalIdConflict
from credit.models import CreditLine, Drawdown, LoanEvent
from credit.operations.booking import Booked, Change, book, value_day, wait_for_close
from credit.operations.servicing_rules import (
    check_charge,
    check_extension,
    check_overpayment,
    check_pause,
    check_plan,
    check_rate,
    check_refund,
    check_reversal,
    check_waiver,
    check_write_off,
)
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import events

_AGREED = "dues"  # the due dates that booking adds to what was asked
_LIVING = (
    DrawdownStatus.REPAYING,
    DrawdownStatus.PARTIALLY_CAPTURED,
    DrawdownStatus.PAID_OFF,
    DrawdownStatus.WRITTEN_OFF,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something to which drawdown when, under which key (an id of the caller's)."""

    drawdown_id: str
    external_id: str
    actor: str
    at: datetime
    value_on: date | None = None


def refund_drawdown(act: Act, *, amount_minor: int) -> LoanEvent:
    """Goods came back: principal falls by `amount_minor` fen, with the interest it bore.

    What was paid already waits as overpayment. The partner's next settlement is that much smaller.
    Raises RefundTooLarge beside what every act raises: DrawdownNotFound, DrawdownNotServiceable,
    DayClosed, DayBeingClosed, ExternalIdConflict.
    """
    return _do(act, "refund", amount_minor, {}, check_refund)


def return_payout(act: Act, *, amount_minor: int) -> LoanEvent:
    """The partner gave back money that was paid out; it is taken by its own allocation rule."""
    return _do(act, "payout_refund", amount_minor, {}, check_refund)


def credit_goodwill(act: Act, *, amount_minor: int) -> LoanEvent:
    """Pay part of the debt ourselves; it is booked as a concession."""
    return _do(act, "goodwill", amount_minor, {}, None)


def charge_fee(act: Act, *, amount_minor: int, code: str, due_on: date | None) -> LoanEvent:
    """Charge a fee of the cost sheet; it joins the row of its due date (None: today).

    Credit that waits pays it at once. Raises FeeNotOnCostSheet.
    """
    details = {"code": code, "due_on": due_on.isoformat() if due_on else None}
    return _do(act, "fee", amount_minor, details, check_charge)


def waive(act: Act, *, amount_minor: int, component: Component) -> LoanEvent:
    """Forgive part of one component. Raises NothingOwed when less is owed."""
    return _do(act, "waiver", amount_minor, {"component": component.value}, check_waiver)


def change_rate(act: Act, *, annual_rate: Decimal) -> LoanEvent:
    """Lower the rate from this day on; one above what was signed needs a new contract.

    Raises RateNotAllowed.
    """
    return _do(act, "rate_change", 0, {"rate": str(annual_rate)}, check_rate)


def pause_interest(act: Act, *, until_on: date) -> LoanEvent:
    """No interest and no penalty until `until_on`. Raises BadPeriod."""
    return _do(act, "pause", 0, {"due_on": until_on.isoformat()}, check_pause)


def extend(act: Act, *, row_seq: int, days: int) -> LoanEvent:
    """Let installment `row_seq` and all after it fall due `days` later.

    The product's fees for an extension are charged with it. Raises BadPeriod, BadPlan.
    """
    details = {"row_seq": row_seq, "days": days}
    return _do(act, "extension", 0, details, check_extension, then=_charge_extension)


def restructure(act: Act, *, method: str, installments: int, every: int, unit: str) -> LoanEvent:
    """Give what is owed a new plan from today; unpaid interest and fees move into its first row.

    Raises BadPlan.
    """
    plan = {"method": method, "installments": installments, "every": every, "unit": unit}
    return _do(act, "restructure", 0, {"plan": plan}, check_plan)


def refund_overpayment(act: Act, *, amount_minor: int) -> LoanEvent:
    """Pay waiting credit back to the merchant. Raises OverpaymentTooSmall."""
    return _do(act, "overpayment_refund", amount_minor, {}, check_overpayment)


def write_off(act: Act) -> LoanEvent:
    """Take what is owed off the books; the claim remains, and later money is a recovery.

    The line is suspended: nobody draws beside a loss. Raises NothingOwed.
    """
    return _do(act, "write_off", 0, {}, check_write_off, then=_suspend_line)


@transaction.atomic
def reverse_event(act: Act, *, event_id: str) -> LoanEvent:
    """Undo an event as if it had never been; what came after it is derived again.

    Only events booked on the drawdown, never a capture or an event undone already. The line may
    end over its limit, which blocks new drawdowns only. Raises EventNotFound, EventNotReversible.
    """
    drawdown, line = locked_drawdown(act.drawdown_id)
    day = open_day_for_booking()
    same = {"reverses": _seq_of(drawdown, event_id)}
    if before := _before(replace(act, value_on=None), "reversal", 0, same):
        return before
    wait_for_close()
    undone = check_reversal(drawdown, event_id)
    change = Change(
        kind="reversal", key=act.external_id, value_on=day, details={"reverses": undone.seq}
    )
    return _tell(act, drawdown, book(drawdown, line, change, day=day, actor=act.actor, at=act.at))


Check = Callable[[Drawdown, Change], None]


@transaction.atomic
def _do(
    act: Act,
    kind: Any,
    amount_minor: int,
    details: dict[str, Any],
    check: Check | None,
    *,
    then: Callable[[Act, Drawdown], None] | None = None,
) -> LoanEvent:
    """Book the act once; what comes with it (`then`) happens with the first booking only."""
    drawdown, line = locked_drawdown(act.drawdown_id)
    day = open_day_for_booking()
    if before := _before(act, kind, amount_minor, details):
        return before
    if drawdown.status not in _LIVING:
        raise DrawdownNotServiceable
    change = Change(
        kind=kind,
        key=act.external_id,
        value_on=value_day(act.value_on, day, drawdown),
        amount_minor=amount_minor,
        details=details,
    )
    if check is not None:
        check(drawdown, change)
    event = _tell(act, drawdown, book(drawdown, line, change, day=day, actor=act.actor, at=act.at))
    if then is not None:
        then(act, drawdown)
    return event


def _charge_extension(act: Act, drawdown: Drawdown) -> None:
    principal = drawdown.outstanding_principal_minor
    for fee in DrawdownTerms.from_json(drawdown.terms).fees:
        if amount := fee.charged(FeeTiming.AT_EXTENSION, principal):
            one = replace(act, external_id=f"{act.external_id}:{fee.code}")
            charge_fee(one, amount_minor=amount, code=fee.code, due_on=None)


def _suspend_line(_: Act, drawdown: Drawdown) -> None:
    CreditLine.objects.filter(pk=drawdown.line_id, status=LineStatus.ACTIVE).update(
        status=LineStatus.SUSPENDED, status_reason="written_off", version=F("version") + 1
    )


def _before(act: Act, kind: str, amount_minor: int, details: dict[str, Any]) -> LoanEvent | None:
    """The event this key made before, if it was the same act."""
    event = LoanEvent.objects.filter(kind=kind, key=act.external_id).first()
    if event is None:
        return None
    asked = {name: value for name, value in event.details.items() if name != _AGREED}
    wrong = [
        name
        for name, is_same in {
            "drawdown": event.drawdown_id == act.drawdown_id,
            "amount": event.amount_minor == amount_minor,
            "details": asked == details,
            "value_on": act.value_on in {None, event.value_on},
        }.items()
        if not is_same
    ]
    if wrong:
        raise ExternalIdConflict(field="external_id", fields=", ".join(wrong))
    return event


def _seq_of(drawdown: Drawdown, event_id: str) -> int | None:
    found = LoanEvent.objects.filter(drawdown=drawdown, pk=event_id)
    return found.values_list("seq", flat=True).first()


def _tell(act: Act, drawdown: Drawdown, booked: Booked) -> LoanEvent:
    event = booked.event
    events.record(
        f"credit.drawdown.{event.kind}", subject=drawdown.id, merchant_id=drawdown.merchant_id,
        actor=act.actor, at=act.at,
        props={"amount_minor": event.amount_minor, "event": event.id,
               "value_on": event.value_on.isoformat(), "order_no": drawdown.order_no,
               "version": drawdown.version},
    )  # fmt: skip
    return event
