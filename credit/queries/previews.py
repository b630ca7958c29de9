"""What an act would make of a drawdown: the figures before it, after it, and what it posts.

The answers come from `derive` and `balances`, as booking takes them, so a preview is the result.
"""

from dataclasses import dataclass, replace
from datetime import date

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, Derived, Happening, Row
from credit.enums import AccountCode
from credit.models import Drawdown
from credit.queries.balances import balances, difference
from credit.queries.business_day import open_day
from credit.queries.plans import agreed_due_on, derived, happenings


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One installment as a merchant has to pay it: interest of days to come is in, in fen.

    `owed_minor` is what is still asked for, late interest as far as it has run included;
    `discount_minor` is what a coupon bears, and not among what was waived.
    """

    seq: int
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    paid_minor: int
    discount_minor: int
    waived_minor: int
    written_off_minor: int
    owed_minor: int

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What stands on one day, in fen. `to_come_minor` is planned interest of days not yet lived."""

    payoff_minor: int
    due_minor: int
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    to_come_minor: int
    waiting_minor: int
    waived_minor: int
    written_off_minor: int
    next_due_on: date | None
    next_due_minor: int
    maturity_on: date
    rows: tuple[PreviewRow, ...]

    @property
    def open_count(self) -> int:
        """How many installments still ask for something."""
        return sum(row.owed_minor > 0 for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Both sides of one act on the business day `on`.

    `postings` move in the books, debits positive; `taken` is what the act itself pays, per
    component; `unspent_minor` is what of it finds nothing to pay.
    """

    on: date
    before: Figures
    after: Figures
    postings: dict[AccountCode, int]
    taken: dict[Component, int]
    unspent_minor: int

    @property
    def saved_minor(self) -> int:
        """Planned interest that the act spares."""
        return self.before.to_come_minor - self.after.to_come_minor


def preview(drawdown: Drawdown, change: Happening) -> Preview:
    """What `change` would do on the open day. Raises ValueError when nothing was captured."""
    day = open_day()
    past = happenings(drawdown.id)
    if change.kind in ("extension", "restructure"):
        dues = agreed_due_on(drawdown, [*past, change], as_of=day)
        change = replace(change, dues=tuple(dues))
    return compare(
        derived(drawdown, past, as_of=day), derived(drawdown, [*past, change], as_of=day), change
    )


def compare(before: Derived, after: Derived, change: Happening) -> Preview:
    """Two answers of one day, side by side."""
    taken = dict.fromkeys(COMPONENTS, 0)
    for part in after.taken:
        if part.event_seq == change.seq:
            taken[part.component] += part.amount_minor
    return Preview(
        on=after.as_of,
        before=figures(before),
        after=figures(after),
        postings=difference(balances(after), balances(before)),
        taken=taken,
        unspent_minor=change.amount_minor - sum(taken.values())
        if change.kind == "repayment"
        else after.unspent.get(change.seq, 0),
    )


def figures(answer: Derived) -> Figures:
    """The figures of one answer."""
    rows = tuple(_row(answer, row) for row in answer.rows)
    coming = [row for row in rows if row.owed_minor > 0]
    first = min((row.due_on for row in coming), default=None)
    return Figures(
        payoff_minor=answer.payoff_minor,
        due_minor=answer.due_minor,
        principal_minor=answer.outstanding_principal_minor,
        interest_minor=answer.owed_minor(Component.INTEREST),
        fee_minor=answer.owed_minor(Component.FEE),
        penalty_minor=answer.owed_minor(Component.PENALTY),
        to_come_minor=sum(answer.unearned(row) for row in answer.rows),
        waiting_minor=sum(answer.unspent.values()),
        waived_minor=sum(answer.total("waived_", part) for part in COMPONENTS),
        written_off_minor=sum(answer.total("written_off_", part) for part in COMPONENTS),
        next_due_on=first,
        next_due_minor=sum(row.owed_minor for row in coming if row.due_on == first),
        maturity_on=answer.maturity_on,
        rows=rows,
    )


def _row(answer: Derived, row: Row) -> PreviewRow:
    running = {part: answer.running_minor(row, part) for part in COMPONENTS}
    return PreviewRow(
        seq=row.seq,
        due_on=row.due_on,
        principal_minor=row.principal_minor,
        interest_minor=row.interest_minor + running[Component.INTEREST],
        fee_minor=row.fee_minor,
        penalty_minor=row.penalty_minor + running[Component.PENALTY],
        paid_minor=row.paid_minor,
        discount_minor=row.discount_minor,
        waived_minor=sum(row.of("waived_", part) for part in COMPONENTS) - row.discount_minor,
        written_off_minor=row.written_off_minor,
        owed_minor=row.unpaid_minor + sum(running.values()),
    )


def payment(drawdown: Drawdown, amount_minor: int) -> Preview:
    """What a payment of this many fen on the open day would do."""
    change = Happening(drawdown.event_count + 1, "repayment", open_day(), amount_minor)
    return preview(drawdown, change)
