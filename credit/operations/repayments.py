"""Money came back: take it by the rules, book it, free the line."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from credit.domain.derived import Derived, Happening, Taken
from credit.enums import AccountCode, DrawdownStatus, EntryKind, RepaymentChannel
from credit.errors import DayClosed, DrawdownNotRepaying, DrawdownPaidOff, ExternalIdConflict
from credit.models import Allocation, CreditLine, Drawdown, Hold, LoanEvent, Repayment
from credit.operations import ledger, plans
from credit.operations.catch_up import catch_up
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from credit.queries.plans import derived, happenings
from platform_app.kernel import events
from platform_app.kernel.events import NewEvent
from risk.operations import exposure

_REPAYABLE = (DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED)
_ACCOUNTS = {
    "penalty": AccountCode.PENALTY_RECEIVABLE,
    "interest": AccountCode.INTEREST_RECEIVABLE,
    "principal": AccountCode.LOANS,
}


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
) -> Repayment:
    """Book a payment of `amount_minor` fen for one drawdown on the open business day.

    What is past due and due is paid first (penalty, interest, principal, oldest row first), the
    rest pays early. More than the payoff amount waits as overpayment. The same external_id with
    the same drawdown and amount returns the first repayment. `value_on` None means the open day.
    Raises DrawdownNotFound, DrawdownNotRepaying, DrawdownPaidOff, DayClosed, ExternalIdConflict.
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
    if value_on is not None and value_on != day:
        raise DayClosed(field="value_on", on=value_on.isoformat(), open_on=day.isoformat())
    catch_up(drawdown, day, at)
    seq = drawdown.event_count + 1
    past = happenings(drawdown.id)
    now = Happening(seq, "repayment", day, amount_minor)
    answer = derived(drawdown, [*past, now], as_of=day)
    taken = [part for part in answer.taken if part.event_seq == seq]
    unspent = answer.unspent.get(seq, 0)
    repayment = Repayment.objects.create(
        merchant_id=drawdown.merchant_id,
        drawdown=drawdown,
        external_id=external_id,
        channel=channel,
        amount_minor=amount_minor,
        allocated_minor=amount_minor - unspent,
        unspent_minor=unspent,
        value_on=day,
        received_at=at,
    )
    _store(drawdown, line, repayment, answer, taken, seq=seq, actor=actor, at=at)
    _post(drawdown, repayment, taken, at)
    _free(drawdown, line, taken)
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


def _store(
    drawdown: Drawdown, line: CreditLine, repayment: Repayment, answer: Derived,
    taken: list[Taken], *, seq: int, actor: str, at: datetime,
) -> None:  # fmt: skip
    day = repayment.value_on
    loan_event = LoanEvent.objects.create(
        drawdown=drawdown, seq=seq, kind="repayment", amount_minor=repayment.amount_minor,
        value_on=day, booked_on=day, key=repayment.external_id, actor=actor, at=at,
    )  # fmt: skip
    Allocation.objects.bulk_create(
        [
            Allocation(
                drawdown=drawdown, loan_event=loan_event, seq=part.seq, component=part.component,
                amount_minor=part.amount_minor,
            )
            for part in taken
        ]
    )  # fmt: skip
    drawdown.event_count = seq
    drawdown.version += 1
    plans.store(drawdown, answer, product_id=line.product_id)
    if answer.paid_off_on and drawdown.status == DrawdownStatus.REPAYING:
        drawdown.status = DrawdownStatus.PAID_OFF
        drawdown.paid_off_on = answer.paid_off_on
    drawdown.save(
        update_fields=[
            "event_count", "version", "status", "paid_off_on", "outstanding_principal_minor",
            "oldest_unpaid_on", "next_event_on", "maturity_on",
        ]
    )  # fmt: skip


def _post(drawdown: Drawdown, repayment: Repayment, taken: list[Taken], at: datetime) -> None:
    amounts = {AccountCode.FUNDING_BANK: repayment.amount_minor}
    for part in taken:
        account = _ACCOUNTS[part.component]
        amounts[account] = amounts.get(account, 0) - part.amount_minor
    amounts[AccountCode.OVERPAYMENT] = -repayment.unspent_minor
    ledger.post(
        kind=EntryKind.REPAYMENT, key=repayment.external_id,
        funding_source_id=drawdown.funding_source_id, amounts=amounts,
        value_on=repayment.value_on, booked_on=repayment.value_on, at=at, drawdown_id=drawdown.id,
    )  # fmt: skip


def _free(drawdown: Drawdown, line: CreditLine, taken: list[Taken]) -> None:
    """Restore the line by the principal that was allocated, not by the cash."""
    principal = sum(part.amount_minor for part in taken if part.component == "principal")
    if principal:
        CreditLine.objects.filter(pk=line.pk).update(
            used_minor=line.used_minor - principal, version=line.version + 1
        )
        slice_no = Hold.objects.values_list("exposure_slice_no", flat=True).get(drawdown=drawdown)
        exposure.release(slice_no=slice_no, amount_minor=principal)


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
