"""What each kind of event does to a life: money in, charges, concessions, new dates and plans."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, Happening, Row, Segment
from credit.domain.interest import (
    InterestOnShift,
    PeriodUnit,
    shift_to_workday,
)
from credit.domain.life import Life
from credit.domain.paying import allocate, credited, recover
from credit.domain.refunds import refund
from credit.domain.schedule_terms import Method, ScheduleTerms

RATE_PLACES = Decimal("0.00000001")


def capture(life: Life, event: Happening) -> None:
    """Money goes out; the partner's subsidy for the free days is deferred and earned over them."""
    life.freeze(event.value_on)
    life.base += event.amount_minor
    credited(life, event)
    terms = life.terms
    if terms.subsidy_rate > 0:
        free = Segment(
            "subsidy", 0, event.value_on, terms.interest_from(event.value_on), event.amount_minor,
            terms.subsidy_rate, terms.year_days,
        )  # fmt: skip
        same_day = [part for part in life.segments if _is_subsidy_from(part, free.from_on)]
        whole = free.earned_minor(free.to_on) + sum(part.base_minor for part in same_day)
        if whole:
            life.segments = [part for part in life.segments if part not in same_day]
            life.segments.append(
                replace(free, base_minor=whole, rate=Decimal(1), per_days=terms.interest_free_days)
            )


def _is_subsidy_from(part: Segment, day: date) -> bool:
    return part.kind == "subsidy" and part.from_on == day


def credit(life: Life, event: Happening) -> None:
    """Money, or its like, pays what its rule says; after a write-off it is a recovery."""
    credited(life, event)
    if life.written_off_on is not None:
        left = recover(life, event, event.amount_minor)
    else:
        left = allocate(life, event, event.kind, event.amount_minor)
    life.credits.append((event, left))


def charge(life: Life, event: Happening) -> None:
    """A fee or a penalty joins the row of its due date; waiting credit pays it at once."""
    due_on = event.due_on or event.value_on
    row = _row_of(life, due_on)
    component = Component(event.kind)
    row.add("", component, event.amount_minor)
    row.paid_off_on = None
    life.charged[component] = life.charged.get(component, 0) + event.amount_minor
    waiting, life.credits = life.credits, []
    for one, left in waiting:
        life.credits.append((one, allocate(life, one, one.kind, left) if left else 0))


def _row_of(life: Life, due_on: date) -> Row:
    for row in life.rows:
        if row.seq and due_on <= row.due_on:
            return row
    last = life.rows[-1]
    row = Row(last.seq + 1, last.due_on, due_on, due_on, 0)
    life.rows.append(row)
    return row


def waive(life: Life, event: Happening) -> None:
    """Forgive one component, the oldest first; more than is owed forgives what is owed."""
    component, left = event.component or Component.PENALTY, event.amount_minor
    life.start_late(event.value_on)
    life.freeze(event.value_on)
    for row in life.unpaid_rows():
        life.stop_late(row, event.value_on)
        amount = min(left, row.unpaid(component))
        row.add("waived_", component, amount)
        life.reduce_base(row, component, amount)
        left -= amount
        if amount and row.unpaid_minor == 0:
            row.paid_off_on = event.value_on
        life.end_late(row)
    life.close_empty(event.value_on)


def write_off(life: Life, event: Happening) -> None:
    """What is owed leaves the books; nothing earns any more, the claim remains."""
    life.start_late(event.value_on)
    life.freeze(event.value_on)
    for row in life.rows:
        life.stop_late(row, event.value_on)
        for component in COMPONENTS:
            row.add("written_off_", component, row.unpaid(component))
    life.late.clear()
    life.base = 0
    life.written_off_on = event.value_on


def refund_overpayment(life: Life, event: Happening) -> None:
    """Give waiting credit back to the merchant, the oldest first."""
    left, kept = event.amount_minor, []
    for one, waiting in life.credits:
        amount = min(left, waiting)
        left -= amount
        life.overpayment_refunded += amount
        kept.append((one, waiting - amount))
    life.credits = kept


def change_rate(life: Life, event: Happening) -> None:
    """From this day on every open row, and what is late, earns at the new annual rate."""
    _stop_all(life, event.value_on)
    new, old = event.rate or Decimal(0), life.annual_rate
    if old > 0:
        for row in life.rows[life.open_row :]:
            row.rate = row.rate / old * new
        life.penalty_rate = (new * (life.penalty_rate / old)).quantize(RATE_PLACES)
    life.annual_rate = new


def pause(life: Life, event: Happening) -> None:
    """No interest and no penalty from the value date until `due_on`."""
    if event.due_on is not None:
        life.pauses.append((event.value_on, event.due_on))


def extend(life: Life, event: Happening) -> None:
    """Rows from `row_seq` on fall due `days` later; interest runs on, lateness starts afresh."""
    _stop_all(life, event.value_on)
    moved = [row for row in life.rows if row.seq >= event.row_seq and row.paid_off_on is None]
    for row in moved:
        if row.is_expected:
            life.base += row.unpaid_principal_minor
            row.is_expected = False
        for key in [key for key in life.late if key[1] == row.seq]:
            life.was_late[key] = life.late.pop(key)
        row.seed_due_on += timedelta(days=event.days)
        row.due_on = shift_to_workday(
            row.seed_due_on, life.terms.working_day_rule, life.is_workday, row.start_on
        )
        if row is not moved[0]:
            row.start_on += timedelta(days=event.days)
    _agree(life, event, moved)
    if moved:
        life.open_row = min(life.open_row, life.rows.index(moved[0]))
        life.skip_paid()


def restructure(life: Life, event: Happening) -> None:
    """What is owed gets a new plan from this day; unpaid interest, fees and penalty move along.

    `plan` names `installments`, `every`, `unit` and `method`. Rows that were paid in part keep
    what was paid; rows of which nothing was paid are gone.
    """
    _stop_all(life, event.value_on)
    open_rows = life.unpaid_rows()
    owed = {part: sum(row.unpaid(part) for row in open_rows) for part in COMPONENTS}
    for row in open_rows:
        for part in COMPONENTS:
            row.add("", part, -row.unpaid(part))
        row.paid_off_on = event.value_on
        row.is_expected = True
    life.rows = [row for row in life.rows if row.settled_minor]
    life.late.clear()
    new = life.plan(
        _new_terms(life, event), owed[Component.PRINCIPAL], event.value_on,
        after_seq=max([row.seq for row in life.rows], default=0),
    )  # fmt: skip
    for part in (Component.INTEREST, Component.FEE, Component.PENALTY):
        new[0].add("", part, owed[part])
    _agree(life, event, new)
    life.open_row = len(life.rows)
    life.rows += new
    life.base, life.since = owed[Component.PRINCIPAL], max(life.since, event.value_on)


def _agree(life: Life, event: Happening, rows: Sequence[Row]) -> None:
    """Due dates once agreed stay, whatever the calendar says later."""
    for row, due_on in zip(rows, event.dues, strict=False):
        row.due_on = due_on
    if life.terms.interest_on_shift is InterestOnShift.ACCRUE:
        for row in rows:
            row.seed_due_on = row.due_on
    life.agreed_due_on = tuple(row.due_on for row in rows)


def _new_terms(life: Life, event: Happening) -> ScheduleTerms:
    plan = event.plan or {}
    return replace(
        life.terms.schedule_terms(event.value_on),
        method=Method(plan["method"]),
        installments=int(plan["installments"]),
        every=int(plan["every"]),
        unit=PeriodUnit(plan["unit"]),
        annual_rate=life.annual_rate,
        down_payment=None,
        fixed_length=None,
        interest_free_days=0,
        principal_grace=0,
    )


def _stop_all(life: Life, day: date) -> None:
    life.start_late(day)
    life.freeze(day)
    for row in life.rows:
        life.stop_late(row, day)


HANDLERS: dict[str, Callable[[Life, Happening], None]] = {
    "capture": capture,
    "repayment": credit,
    "goodwill": credit,
    "payout_refund": credit,
    "guarantor_payout": credit,
    "refund": refund,
    "fee": charge,
    "penalty": charge,
    "waiver": waive,
    "rate_change": change_rate,
    "pause": pause,
    "extension": extend,
    "restructure": restructure,
    "write_off": write_off,
    "overpayment_refund": refund_overpayment,
}
