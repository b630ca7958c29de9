"""What changed on a bill beside payments, in the merchant's words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from credit.domain.derived import Derived
from credit.models import Drawdown, LoanEvent
from credit.queries.loan_events import undone_by

_NAMES: Final = {
    "refund": gettext_noop("Goods returned"),
    "payout_refund": gettext_noop("Given back by the platform"),
    "goodwill": gettext_noop("Credit from us"),
    "waiver": gettext_noop("Waived by us"),
    "fee": gettext_noop("Fee"),
    "pause": gettext_noop("Interest paused"),
    "extension": gettext_noop("Due dates moved later"),
    "restructure": gettext_noop("New repayment plan"),
    "rate_change": gettext_noop("Lower annual rate"),
    "overpayment_refund": gettext_noop("Paid back to you"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line: the day it counts from, what it was, how much, and interest given back with it."""

    on: date
    name: str
    amount_minor: int
    interest_back_minor: int


def changes(events: list[LoanEvent], answer: Derived) -> list[Change]:
    """What still counts, newest first; what was reversed is not shown."""
    undone = undone_by([(one.seq, one.id, one.details) for one in events])
    return [
        Change(
            on=one.value_on,
            name=_(_NAMES[one.kind]),
            amount_minor=one.amount_minor,
            interest_back_minor=answer.interest_back.get(one.seq, 0),
        )
        for one in reversed(events)
        if one.kind in _NAMES and one.seq not in undone
    ]


def moved_from(drawdown: Drawdown, answer: Derived) -> dict[int, date]:
    """The due date that was signed, of each installment that falls due on another day now."""
    signed = dict(enumerate(drawdown.signed_due_on, start=1))
    return {
        row.seq: signed[row.seq]
        for row in answer.rows
        if row.seq in signed and row.due_on != signed[row.seq]
    }
