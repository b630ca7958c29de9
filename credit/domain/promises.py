"""Was a promise to pay kept? Decided by the money, not by a note."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from platform_app.kernel import clock

Outcome = Literal["open", "kept", "broken"]


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that counts on `value_on` and reached us at `received_at`, in fen."""

    value_on: date
    received_at: datetime
    amount_minor: int


def paid_within(payments: Iterable[Payment], *, made_at: datetime, by_on: date) -> int:
    """Fen value-dated from the day of the promise to its last day, both included.

    Money that had arrived before the promise was made does not count; money booked later does, if
    its value date lies in the window.
    """
    made_on = clock.day_of(made_at)
    return sum(
        payment.amount_minor
        for payment in payments
        if made_on <= payment.value_on <= by_on and payment.received_at > made_at
    )


def outcome(paid_minor: int, *, amount_minor: int, by_on: date, on: date) -> Outcome:
    """Kept as soon as enough is paid; broken once the last day has ended (24:00 Shanghai)."""
    if paid_minor >= amount_minor:
        return "kept"
    return "broken" if on > by_on else "open"
