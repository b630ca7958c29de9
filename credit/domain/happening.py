"""One recorded event of a drawdown, as `derive` takes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self, cast

from credit.domain.allocation import Component

EventKind = Literal[
    "capture",
    "repayment",
    "goodwill",
    "refund",
    "payout_refund",
    "guarantor_payout",
    "fee",
    "penalty",
    "waiver",
    "rate_change",
    "pause",
    "extension",
    "restructure",
    "write_off",
    "overpayment_refund",
    "reversal",
]
# Money or its like that pays what is owed; each may have an allocation rule of its own.
CREDITS = ("repayment", "goodwill", "refund", "payout_refund", "guarantor_payout")
CHARGES = ("fee", "penalty")


@dataclass(frozen=True, slots=True)
class Happening:
    """One recorded event of a drawdown; `seq` is the order of booking.

    What a kind needs beside its amount: `due_on` the due date of a charge or the last day of a
    pause; `dues` the due dates agreed by an extension or a restructure; `component` what a waiver
    forgives; `rate` the new annual rate; `row_seq` and `days` the extension; `reverses` the `seq`
    of the event undone; `plan` the option of a restructure. `booked_on` None is the value date.
    """

    seq: int
    kind: EventKind
    value_on: date
    amount_minor: int = 0
    booked_on: date | None = None
    due_on: date | None = None
    component: Component | None = None
    rate: Decimal | None = None
    row_seq: int = 0
    days: int = 0
    reverses: int | None = None
    plan: Mapping[str, Any] | None = None
    dues: tuple[date, ...] = ()

    @classmethod
    def recorded(
        cls,
        seq: int,
        kind: str,
        value_on: date,
        amount_minor: int,
        booked_on: date,
        details: Mapping[str, Any],
    ) -> Self:
        """An event as stored: `details` is JSON by the names of the fields above."""
        more = dict(details)
        for name, read in _READERS.items():
            if more.get(name) is not None:
                more[name] = read(more[name])
        known = {name: more[name] for name in _DETAILS if name in more}
        return cls(seq, cast("EventKind", kind), value_on, amount_minor, booked_on, **known)

    @property
    def enters_on(self) -> date:
        """The day from which it counts: a charge when raised, or when due if that is earlier."""
        if self.kind in CHARGES and self.due_on is not None:
            return min(self.due_on, self.booked_on or self.value_on)
        return self.value_on


_DETAILS = ("due_on", "component", "rate", "row_seq", "days", "reverses", "plan", "dues")
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "due_on": date.fromisoformat,
    "component": Component,
    "rate": Decimal,
    "dues": lambda days: tuple(date.fromisoformat(day) for day in days),
}
