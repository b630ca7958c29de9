"""The one pure function: terms and events in, plan, allocations, interest segments out.

Quote, preview, posting, early payoff and replay all ask it, so the figure shown is the figure
signed is the figure booked. Stored rows are a cache of its answer.

How a day runs (all dates are Shanghai days; `as_of` is the open business date, days before it are
closed):

1. Interest runs on the *expected* balance: captured principal less what the plan says is due and
   less what was paid early. It is rounded to the fen where it is frozen: at a row's seed due date,
   and when a payment reaches beyond what is due.
2. On a due date the row is billed first, then that day's payments are taken.
3. A payment goes row by row through what is past due and due: penalty, interest, principal. What is
   left pays early: the interest earned so far on the running row, then principal row by row. A row
   paid early is frozen; later interest joins the next open row.
4. A row still unpaid when its grace has passed bears penalty interest on its unpaid principal, from
   the due date. Cured inside grace, it bears none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from credit.domain.amortization import schedule
from credit.domain.derived import (
    COMPONENTS,
    FOREVER,
    ComponentName,
    Derived,
    Happening,
    Row,
    Segment,
    Taken,
)
from credit.domain.terms import DrawdownTerms


def derive(
    terms: DrawdownTerms,
    events: Iterable[Happening],
    *,
    as_of: date,
    is_workday: Callable[[date], bool],
) -> Derived:
    """Derive everything about one drawdown from its events with `value_on` ≤ any date.

    Raises ValueError when there is no capture, or a capture lies on or after the first due date.
    """
    ordered = sorted(events, key=lambda e: (e.value_on, e.kind != "capture", e.seq))
    life = _Life(terms, ordered, as_of, is_workday)
    return life.run()


@dataclass(slots=True)
class _Life:
    terms: DrawdownTerms
    events: Sequence[Happening]
    as_of: date
    is_workday: Callable[[date], bool]
    rows: list[Row] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    unspent: dict[int, int] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    base: int = 0
    since: date = FOREVER
    open_row: int = 0
    penalty_since: dict[int, date] = field(default_factory=dict)

    def run(self) -> Derived:
        captures = [event for event in self.events if event.kind == "capture"]
        if not captures:
            raise ValueError("nothing was captured")
        self._plan(captures)
        for day in sorted({r.seed_due_on for r in self.rows} | {e.value_on for e in self.events}):
            self._bill(day)
            for event in (e for e in self.events if e.value_on == day):
                if event.kind == "capture":
                    self._capture(event)
                else:
                    self._pay(event)
        self._late_until(self.as_of)
        return self._answer()

    def _plan(self, captures: Sequence[Happening]) -> None:
        drawn_on = captures[0].value_on
        plan = schedule(
            self.terms.schedule_terms,
            principal_minor=sum(event.amount_minor for event in captures),
            drawn_on=drawn_on,
            is_workday=self.is_workday,
            working_day_rule=self.terms.working_day_rule,
        )
        if captures[-1].value_on >= plan[0].seed_due_on and len(captures) > 1:
            raise ValueError("a capture on or after the first due date")
        self.rows = [
            Row(r.seq, r.start_on, r.seed_due_on, r.due_on, r.principal_minor) for r in plan
        ]
        self.since = self.terms.interest_from(drawn_on)

    # --- interest ------------------------------------------------------------------------------

    def _freeze(self, day: date) -> None:
        """Turn the interest earned on the running stretch into an owed amount of the open row."""
        if day <= self.since or self.open_row >= len(self.rows):
            return
        row = self.rows[self.open_row]
        if self.base > 0 and self.terms.annual_rate > 0:
            segment = Segment(
                "interest", row.seq, self.since, day, self.base, self.terms.annual_rate
            )
            row.interest_minor += segment.earned_minor(day, self.terms.year_days)
            self.segments.append(segment)
        self.since = day

    def _bill(self, day: date) -> None:
        """A row reaches its seed due date: its interest is final, its principal is expected."""
        while self.open_row < len(self.rows) and self.rows[self.open_row].seed_due_on <= day:
            row = self.rows[self.open_row]
            self._freeze(row.seed_due_on)
            self.base -= row.unpaid_principal_minor
            self.open_row += 1

    def _capture(self, event: Happening) -> None:
        self._freeze(event.value_on)
        self.base += event.amount_minor

    # --- payments ------------------------------------------------------------------------------

    def _pay(self, event: Happening) -> None:
        day, left = event.value_on, event.amount_minor
        self._late_until(day)
        for index in range(self.open_row):
            row = self.rows[index]
            if row.unpaid_minor == 0 or left == 0:
                continue
            self._stop_penalty(row, day)
            left = self._take(event, row, left, COMPONENTS)
            self._resume_penalty(row, day)
        if left:
            left = self._pay_early(event, left)
        if left:
            self.unspent[event.seq] = left

    def _pay_early(self, event: Happening, left: int) -> int:
        day = event.value_on
        self._freeze(day)
        while left and self.open_row < len(self.rows):
            row = self.rows[self.open_row]
            before = row.unpaid_principal_minor
            left = self._take(event, row, left, ("interest", "principal"))
            self.base -= before - row.unpaid_principal_minor
            if row.unpaid_minor:
                break
            self.open_row += 1
        return left

    def _take(
        self, event: Happening, row: Row, left: int, components: Sequence[ComponentName]
    ) -> int:
        for component in components:
            owed = getattr(row, f"unpaid_{component}_minor")
            amount = min(owed, left)
            if amount:
                paid = f"paid_{component}_minor"
                setattr(row, paid, getattr(row, paid) + amount)
                self.taken.append(Taken(event.seq, row.seq, component, amount))
                left -= amount
        if row.unpaid_minor == 0:
            row.paid_off_on = event.value_on
        return left

    # --- penalty -------------------------------------------------------------------------------

    def _late_until(self, day: date) -> None:
        """Start penalty on every billed row whose grace has passed unpaid before `day`."""
        for row in self.rows[: self.open_row]:
            late = row.due_on + timedelta(days=self.terms.grace_days) < day
            if late and row.unpaid_principal_minor and row.seq not in self.penalty_since:
                self.penalty_since[row.seq] = row.due_on

    def _stop_penalty(self, row: Row, day: date) -> None:
        since = self.penalty_since.get(row.seq)
        if since is None or since >= day or self.terms.penalty_rate <= 0:
            return
        segment = Segment(
            "penalty", row.seq, since, day, row.unpaid_principal_minor, self.terms.penalty_rate
        )
        self.segments.append(segment)
        row.penalty_minor += segment.earned_minor(day, self.terms.year_days)

    def _resume_penalty(self, row: Row, day: date) -> None:
        if row.seq in self.penalty_since:
            self.penalty_since[row.seq] = day if row.unpaid_principal_minor else FOREVER

    # --- the answer ----------------------------------------------------------------------------

    def _answer(self) -> Derived:
        self.segments += [
            Segment("penalty", r.seq, self.penalty_since[r.seq], FOREVER,
                    r.unpaid_principal_minor, self.terms.penalty_rate)
            for r in self.rows
            if self.penalty_since.get(r.seq, FOREVER) < FOREVER and self.terms.penalty_rate > 0
        ]  # fmt: skip
        year, day = self.terms.year_days, self.as_of
        earned = {"interest": 0, "penalty": 0}
        for segment in self.segments:
            earned[segment.kind] += segment.earned_minor(day, year)
        principal = sum(row.unpaid_principal_minor for row in self.rows)
        paid = {c: sum(t.amount_minor for t in self.taken if t.component == c) for c in COMPONENTS}
        open_rows = [row for row in self.rows if row.paid_off_on is None and row.unpaid_minor]
        billed = [row for row in open_rows if row.due_on < day]
        penalty = earned["penalty"] - paid["penalty"]
        return Derived(
            as_of=day,
            rows=tuple(self.rows),
            taken=tuple(self.taken),
            unspent=self.unspent,
            segments=tuple(self.segments),
            outstanding_principal_minor=principal,
            accrued_interest_minor=earned["interest"],
            accrued_penalty_minor=earned["penalty"],
            payoff_minor=principal
            + earned["interest"] - paid["interest"] + penalty,
            due_minor=penalty + sum(
                row.unpaid_principal_minor + row.unpaid_interest_minor
                for row in open_rows if row.seed_due_on <= day
            ),
            oldest_unpaid_on=min((r.due_on for r in billed), default=None),
            next_event_on=self._next_event(open_rows),
            paid_off_on=None if open_rows else max(e.value_on for e in self.events),
        )  # fmt: skip

    def _next_event(self, open_rows: Sequence[Row]) -> date | None:
        """The first day, from `as_of` on, whose close changes something by itself."""
        grace = timedelta(days=self.terms.grace_days)
        days = [day for r in open_rows for day in (r.due_on, r.due_on + grace) if day >= self.as_of]
        return min(days, default=None)
