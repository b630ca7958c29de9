"""What paying would do: the live figures of one drawdown on the open day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credit.domain.allocation import Component
from credit.domain.derived import Row
from credit.models import Drawdown
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff:
    """What a drawdown asks for on the open day, in fen.

    `due_minor` is past due and due, or else the running installment with the interest earned so
    far; `saved_minor` is the planned interest that paying everything today spares.
    """

    on: date
    rows: tuple[Row, ...]
    due_minor: int
    due_on: date | None
    payoff_minor: int
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    overpaid_minor: int
    saved_minor: int


def payoff(drawdown: Drawdown) -> Payoff:
    """The live figures of a captured drawdown. Raises ValueError when nothing was captured."""
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    unpaid = [row for row in answer.rows if row.paid_off_on is None and row.unpaid_minor]
    due = [row for row in unpaid if row.due_on <= answer.as_of] or unpaid[:1]
    interest = answer.owed_minor(Component.INTEREST)
    return Payoff(
        on=answer.as_of,
        rows=answer.rows,
        due_minor=sum(answer.owed_now(row) for row in due),
        due_on=due[0].due_on if due else None,
        payoff_minor=answer.payoff_minor,
        principal_minor=answer.outstanding_principal_minor,
        interest_minor=interest,
        fee_minor=answer.owed_minor(Component.FEE),
        penalty_minor=answer.owed_minor(Component.PENALTY),
        overpaid_minor=sum(answer.unspent.values()),
        saved_minor=sum(answer.unearned(row) for row in answer.rows),
    )


def count_periods(rows: Sequence[Row]) -> int:
    """How many installments are still to be paid."""
    return sum(row.paid_off_on is None and row.unpaid_minor > 0 for row in rows)
