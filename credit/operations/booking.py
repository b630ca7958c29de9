"""Booking one event of a drawdown: the event, what it makes of the plan, what it posts.

Every servicing act ends here, so each is idempotent by its key, derived, stored and posted in the
same way, in the caller's transaction. The caller holds the line and the drawdown, in that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F

from credit.domain.derived import CREDITS, Derived, EventKind, Happening
from credit.enums import AccountCode, DrawdownStatus, EntryKind, RepaymentStatus
from credit.errors import DayBeingClosed, DayClosed
from credit.models import (
    BusinessDay,
    CreditLine,
    Drawdown,
    Hold,
    JournalEntry,
    LoanEvent,
    Repayment,
)
from credit.operations import ledger, plans
from credit.operations.catch_up import catch_up
from credit.operations.discounts import follow_discount
from credit.operations.funding import move_use
from credit.queries.balances import sides
from credit.queries.funding import shares_of
from credit.queries.plans import agreed_due_on, derived, happenings
from credit.values import NewEntry
from risk.operations import exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One act on a drawdown. `details` are the fields of `Happening` that its kind needs."""

    kind: EventKind
    key: str
    value_on: date
    amount_minor: int = 0
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What an event did: the answers before (None for the first) and after it."""

    event: LoanEvent
    before: Derived | None
    after: Derived
    entry: JournalEntry | None

    @property
    def unspent_minor(self) -> int:
        """What of a payment found nothing to pay, returned to the merchant since or still waiting.

        A backdated one may find that a later overpayment refund has returned part of it already.
        """
        return self.event.amount_minor - self.after.allocated_minor(self.event.seq)


def value_day(value_on: date | None, day: date, drawdown: Drawdown) -> date:
    """The value date of an act booked on the open `day`; None means that day.

    Raises DayClosed for a day to come or before the drawdown, DayBeingClosed for a past day while
    the nightly close is still at work: it reads what a backdated act rewrites.
    """
    on = value_on or day
    if on > day or (drawdown.value_on is not None and on < drawdown.value_on):
        raise DayClosed(field="value_on", on=on.isoformat(), open_on=day.isoformat())
    if on < day:
        wait_for_close()
    return on


def wait_for_close() -> None:
    """Raises DayBeingClosed while a day is closing."""
    if BusinessDay.objects.filter(status="closing").exists():
        raise DayBeingClosed


def book(
    drawdown: Drawdown, line: CreditLine, change: Change, *, day: date, actor: str, at: datetime
) -> Booked:
    """Record `change` on the open business `day`, derive, store the difference, post it.

    The drawdown is saved with its new status; the line's use and the exposure follow its principal.
    """
    catch_up(drawdown, day, at)
    past = happenings(drawdown.id) if drawdown.event_count else []
    before = derived(drawdown, past, as_of=day) if past else None
    if change.kind in ("extension", "restructure"):
        change = agreed(drawdown, change, past, day)
    event = _record(drawdown, change, day=day, actor=actor, at=at)
    after = derived(drawdown, [*past, happening(event)], as_of=day)
    if before is None:
        drawdown.value_on = event.value_on
        drawdown.signed_due_on = [row.due_on for row in after.rows if row.seq]
    plans.store(drawdown, before, after, product_id=line.product_id, booked=event)
    _save(drawdown, after)
    entry = _post(drawdown, before, after, event, at)
    _use(drawdown, line, before, after)
    _refresh_repayments(drawdown, before, after, event)
    follow_discount(drawdown=drawdown, before=before, after=after, actor=actor, at=at)
    return Booked(event=event, before=before, after=after, entry=entry)


def happening(event: LoanEvent) -> Happening:
    """A stored event as `derive` takes it."""
    return Happening.recorded(
        event.seq, event.kind, event.value_on, event.amount_minor, event.booked_on, event.details
    )


def agreed(drawdown: Drawdown, change: Change, past: list[Happening], day: date) -> Change:
    """The change with the due dates it gives by today's calendar; from now on they are fixed."""
    dues = agreed_due_on(drawdown, [*past, as_happening(drawdown, change, day)], as_of=day)
    return replace(
        change, details={**(change.details or {}), "dues": [one.isoformat() for one in dues]}
    )


def as_happening(drawdown: Drawdown, change: Change, day: date) -> Happening:
    """A change as `derive` takes it, before anything is recorded."""
    return Happening.recorded(
        drawdown.event_count + 1, change.kind, change.value_on, change.amount_minor, day,
        change.details or {},
    )  # fmt: skip


def _record(
    drawdown: Drawdown, change: Change, *, day: date, actor: str, at: datetime
) -> LoanEvent:
    drawdown.event_count += 1
    drawdown.version += 1
    return LoanEvent.objects.create(
        drawdown=drawdown, seq=drawdown.event_count, kind=change.kind,
        amount_minor=change.amount_minor, value_on=change.value_on, booked_on=day,
        details=dict(change.details or {}), key=change.key, actor=actor, at=at,
    )  # fmt: skip


def _save(drawdown: Drawdown, after: Derived) -> None:
    drawdown.captured_minor = after.credited["capture"]
    drawdown.status = _status(drawdown, after)
    drawdown.paid_off_on = after.paid_off_on if drawdown.status == DrawdownStatus.PAID_OFF else None
    drawdown.save(
        update_fields=[
            "event_count", "version", "captured_minor", "value_on", "status", "paid_off_on",
            "signed_due_on", *plans.STORED,
        ]
    )  # fmt: skip


def _status(drawdown: Drawdown, after: Derived) -> DrawdownStatus:
    if any(row.written_off_minor for row in after.rows):
        return DrawdownStatus.WRITTEN_OFF
    if drawdown.status == DrawdownStatus.PARTIALLY_CAPTURED:
        return DrawdownStatus.PARTIALLY_CAPTURED
    return DrawdownStatus.PAID_OFF if after.paid_off_on else DrawdownStatus.REPAYING


def _post(
    drawdown: Drawdown, before: Derived | None, after: Derived, event: LoanEvent, at: datetime
) -> JournalEntry | None:
    """Post what the event changed; an event that moves no money posts nothing."""
    moved = sides(before, after, shares_of(drawdown))
    adjusted = {party: _accrual_corrections(event.kind, side) for party, side in moved.items()}
    entries = []
    if any(adjusted.values()):
        entries.append(NewEntry(
            kind=EntryKind.ADJUSTMENT, key=f"{event.kind}:{event.key}", sides=adjusted,
            value_on=event.value_on, booked_on=event.booked_on, at=at, drawdown_id=drawdown.id,
        ))  # fmt: skip
    is_moving = any(amount for side in moved.values() for amount in side.values())
    if is_moving:
        entries.append(NewEntry(
            kind=EntryKind(event.kind), key=event.key, sides=moved, value_on=event.value_on,
            booked_on=event.booked_on, at=at, drawdown_id=drawdown.id,
            reverses=_undone_entry(drawdown, event),
        ))  # fmt: skip
    posted = ledger.post_all(entries) if entries else []
    return posted[-1] if is_moving else None


def _accrual_corrections(kind: str, amounts: dict[AccountCode, int]) -> dict[AccountCode, int]:
    """Take out of a payment's entry, or its reversal's, what it changes of interest accrued since.

    A refund gives interest back and a charge is income of its own: theirs stay where they are.
    """
    if kind != "reversal" and (kind not in CREDITS or kind == "refund"):
        return {}
    taken: dict[AccountCode, int] = {}
    for income, receivable in _ACCRUED:
        if amount := amounts.get(income, 0):
            taken[income], taken[receivable] = amount, -amount
            amounts[income] = 0
            amounts[receivable] = amounts.get(receivable, 0) + amount
    return taken


_ACCRUED = (
    (AccountCode.INTEREST_INCOME, AccountCode.INTEREST_RECEIVABLE),
    (AccountCode.PENALTY_INCOME, AccountCode.PENALTY_RECEIVABLE),
)


def _undone_entry(drawdown: Drawdown, event: LoanEvent) -> str | None:
    """The entry of the event that a reversal takes back, if it posted one."""
    if event.kind != "reversal":
        return None
    undone = LoanEvent.objects.get(drawdown=drawdown, seq=event.details["reverses"])
    entries = JournalEntry.objects.filter(kind=undone.kind, key=undone.key)
    return entries.values_list("id", flat=True).first()


def _use(drawdown: Drawdown, line: CreditLine, before: Derived | None, after: Derived) -> None:
    """The line is used by the principal outstanding, not by cash. A capture's hold is its own."""
    change = after.outstanding_principal_minor
    change -= before.outstanding_principal_minor if before else 0
    captured = after.credited["capture"] - (before.credited["capture"] if before else 0)
    if change:
        line.used_minor += change
        line.version += 1
        CreditLine.objects.filter(pk=line.pk).update(
            used_minor=F("used_minor") + change, version=F("version") + 1
        )
    if change - captured:
        hold = Hold.objects.get(drawdown=drawdown)
        out = hold.remaining_minor + (before.outstanding_principal_minor if before else 0)
        move_use(drawdown=drawdown, before_minor=out, after_minor=out + change - captured)
        exposure.move(
            slice_no=hold.exposure_slice_no, amount_minor=change - captured,
            entity=hold.entity_key,
        )  # fmt: skip


def _refresh_repayments(
    drawdown: Drawdown, before: Derived | None, after: Derived, event: LoanEvent
) -> None:
    """Earlier payments of which this event made another use, and the one it reversed.

    A payment's `unspent_minor` is what paid nothing, returned to the merchant or still waiting.
    """
    undone = event.details.get("reverses")
    paid = {part.event_seq for one in (before, after) if one for part in one.taken}
    moved = {
        seq
        for seq in paid - {event.seq}
        if before is None or before.allocated_minor(seq) != after.allocated_minor(seq)
    }
    if undone is not None:
        moved.add(undone)
    if not moved:
        return
    found = LoanEvent.objects.filter(drawdown=drawdown, seq__in=moved, kind__in=CREDITS)
    for seq, key in found.values_list("seq", "key"):
        allocated = after.allocated_minor(seq)
        status = RepaymentStatus.REVERSED if seq == undone else RepaymentStatus.SUCCEEDED
        Repayment.objects.filter(external_id=key, drawdown=drawdown).update(
            allocated_minor=allocated,
            unspent_minor=F("amount_minor") - allocated,
            status=status,
        )
