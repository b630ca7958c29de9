"""The life of one drawdown while it is being derived: rows, running interest, what is late.

`derive` walks the days; `changes` says what each kind of event does; this is what they move.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from credit.domain.allocation import Component
from credit.domain.amortization import schedule
from credit.domain.derived import (
    COMPONENTS,
    FOREVER,
    Granted,
    Happening,
    Row,
    Segment,
    SegmentName,
    Taken,
)
from credit.domain.granting import grant
from credit.domain.interest import DayCount, InterestOnShift, InterestPeriod, row_rates
from credit.domain.schedule_terms import Method, ScheduleTerms
from credit.domain.terms import DrawdownTerms, OverdueInterest, PenaltyBase

BY_DAY = {DayCount.ACT_365: 365, DayCount.ACT_360: 360}


@dataclass(slots=True)
class Life:
    """Raises ValueError without a capture, or with one on or after the first due date."""

    terms: DrawdownTerms
    events: Sequence[Happening]
    as_of: date
    is_workday: Callable[[date], bool]
    signed_due_on: Sequence[date] | None
    rows: list[Row] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    granted: list[Granted] = field(default_factory=list)
    credits: list[tuple[Happening, int]] = field(default_factory=list)
    credited: dict[str, int] = field(default_factory=dict)
    charged: dict[Component, int] = field(default_factory=dict)
    interest_back: dict[int, int] = field(default_factory=dict)
    returned: list[tuple[date, int]] = field(default_factory=list)
    taken: dict[tuple[int, int, Component], int] = field(default_factory=dict)
    late: dict[tuple[SegmentName, int], date] = field(default_factory=dict)
    was_late: dict[tuple[SegmentName, int], date] = field(default_factory=dict)
    pauses: list[tuple[date, date]] = field(default_factory=list)
    base: int = 0
    captured: int = 0
    planned: int = 0
    first_on: date = FOREVER
    since: date = FOREVER
    open_row: int = 0
    annual_rate: Decimal = Decimal(0)
    penalty_rate: Decimal = Decimal(0)
    written_off_on: date | None = None
    agreed_due_on: tuple[date, ...] = ()
    ran_late: set[Segment] = field(default_factory=set)
    recovered: int = 0
    overpayment_refunded: int = 0

    def __post_init__(self) -> None:
        captures = [event for event in self.events if event.kind == "capture"]
        if not captures:
            raise ValueError("nothing was captured")
        drawn_on = captures[0].value_on
        self.captured = sum(event.amount_minor for event in captures)
        using = self.terms.schedule_terms(drawn_on)
        self.rows = self.plan(using, self.captured, drawn_on, signed=self.signed_due_on)
        first_due = next(row.seed_due_on for row in self.rows if row.seq)
        if len(captures) > 1 and captures[-1].value_on >= first_due:
            raise ValueError("a capture on or after the first due date")
        self.annual_rate, self.penalty_rate = self.terms.annual_rate, self.terms.penalty_rate
        self.since = self.first_on = self.terms.interest_from(drawn_on)
        self.skip_paid()

    def plan(
        self,
        using: ScheduleTerms,
        principal_minor: int,
        drawn_on: date,
        *,
        signed: Sequence[date] | None = None,
        after_seq: int = 0,
    ) -> list[Row]:
        """New rows from a schedule. A row of nothing counts as paid on the first day."""
        self.planned = self.goods_on(drawn_on)
        plan = schedule(
            using,
            principal_minor=principal_minor,
            drawn_on=drawn_on,
            is_workday=self.is_workday,
            working_day_rule=self.terms.working_day_rule,
            interest_on_shift=self.terms.interest_on_shift,
            signed_due_on=signed,
        )
        on_shift = self.terms.interest_on_shift is InterestOnShift.ACCRUE
        rows = [
            Row(
                r.seq + after_seq, r.start_on, r.due_on if on_shift else r.seed_due_on, r.due_on,
                r.principal_minor, flat_minor=r.interest_minor,
                paid_off_on=None if r.total_minor else drawn_on,
            )
            for r in plan
        ]  # fmt: skip
        self._price(rows, using, drawn_on)
        return rows

    def _price(self, rows: Sequence[Row], using: ScheduleTerms, drawn_on: date) -> None:
        """Give each row the price of its days, exact: `rate` for every `per_days` days."""
        priced = [row for row in rows if row.start_on < row.seed_due_on]
        if using.interest_period is InterestPeriod.DAILY and using.day_count in BY_DAY:
            for row in rows:
                row.rate, row.per_days = using.annual_rate, BY_DAY[using.day_count]
            return
        ends = tuple(row.seed_due_on for row in priced)
        factors, scale = row_rates(using.accrual, drawn_on, ends, using.row_lengths)
        top, bottom = using.annual_rate.as_integer_ratio()
        free_until = drawn_on + timedelta(days=using.interest_free_days)
        for row, factor in zip(priced, factors, strict=True):
            days = (row.seed_due_on - min(max(row.start_on, free_until), row.seed_due_on)).days
            if days and top:
                year = Fraction(factor, scale) * bottom / top
                row.rate = using.annual_rate * year.numerator
                row.per_days = year.denominator * days

    # --- running interest ----------------------------------------------------------------------

    def freeze(self, day: date) -> None:
        """Turn the interest earned on the running stretch into an owed amount of the open row."""
        if day <= self.since:
            return
        if self.base > 0 and self.open_row < len(self.rows):
            row = self.rows[self.open_row]
            for start, end, source in self._pieces(self.since, day):
                base, rate, per = self._price_of(source)
                if rate > 0 and base > 0:
                    segment = Segment("interest", row.seq, start, end, base, rate, per)
                    row.interest_minor += segment.earned_minor(end)
                    self.segments.append(segment)
                    if (off := self.terms.discount) is not None:
                        grant(off, self.granted, row, segment, first_on=self.first_on)
        self.since = day

    def _price_of(self, row: Row) -> tuple[int, Decimal, int]:
        if self.terms.option.method is Method.FLAT:
            days = (row.seed_due_on - max(row.start_on, self.first_on)).days
            left = row.flat_minor * self.goods_on(self.since) // self.planned
            return left, Decimal(1), max(days, 1)
        return self.base, row.rate, row.per_days

    def goods_on(self, day: date) -> int:
        """What the goods are worth that had not come back by the end of `day`; a fen at least."""
        return max(1, self.captured - sum(amount for on, amount in self.returned if on <= day))

    def _pieces(self, start: date, end: date) -> Iterator[tuple[date, date, Row]]:
        """The stretch without pauses, cut where the price of a day changes."""
        for begin, until in self._unpaused(start, end):
            if self.terms.interest_period is InterestPeriod.DAILY and (
                self.terms.day_count in BY_DAY and self.terms.option.method is not Method.FLAT
            ):
                yield begin, until, self.rows[self.open_row]
                continue
            cursor = begin
            for row in self.rows:
                stop = min(until, row.seed_due_on)
                if row.start_on < row.seed_due_on and cursor < stop:
                    yield cursor, stop, row
                    cursor = stop

    def _unpaused(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        cursor = start
        for pause_from, pause_until in sorted(self.pauses):
            if cursor < min(pause_from, end):
                yield cursor, min(pause_from, end)
            cursor = max(cursor, min(pause_until, end))
        if cursor < end:
            yield cursor, end

    def bill(self, day: date) -> None:
        """A row reaches its seed due date: its interest is final, its principal is expected."""
        while self.open_row < len(self.rows) and self.rows[self.open_row].seed_due_on <= day:
            row = self.rows[self.open_row]
            self.freeze(row.seed_due_on)
            self.base -= row.unpaid_principal_minor
            row.is_expected = True
            if row.discount_minor and not row.unpaid_minor and row.paid_off_on is None:
                row.paid_off_on = row.seed_due_on
            self.open_row += 1
            self.skip_paid()

    def skip_paid(self) -> None:
        """Interest joins the next row that is still open."""
        while self.open_row < len(self.rows) and self.rows[self.open_row].paid_off_on is not None:
            self.open_row += 1

    # --- what is late --------------------------------------------------------------------------

    def grace_ends(self, row: Row) -> date:
        return row.due_on + timedelta(days=self.terms.grace_days)

    def late_of(self, row: Row) -> list[tuple[SegmentName, date]]:
        """The kinds of late interest running on a row, each with the day from which it runs."""
        kinds: tuple[SegmentName, ...] = ("interest", "penalty")
        return [(kind, self.late[kind, row.seq]) for kind in kinds if (kind, row.seq) in self.late]

    def start_late(self, day: date) -> None:
        """Start what runs on rows whose due date, or grace, has passed unpaid before `day`."""
        if self.written_off_on is not None:
            return
        runs_on = self.terms.overdue_interest is OverdueInterest.RUNS
        for row in self.rows:
            if not row.is_expected or row.due_on >= day or not self._late_base("penalty", row):
                continue
            if runs_on and self.annual_rate > 0:
                self._late_from("interest", row)
            if self.grace_ends(row) < day and self.penalty_rate > 0:
                self._late_from("penalty", row)

    def _late_from(self, kind: SegmentName, row: Row) -> None:
        """From the due date, but no day bears twice: an extension may end before its own day."""
        since = max(row.due_on, self.was_late.get((kind, row.seq), row.due_on))
        self.late.setdefault((kind, row.seq), since)

    def _late_base(self, kind: SegmentName, row: Row) -> int:
        base = row.unpaid_principal_minor
        if kind == "penalty" and self.terms.penalty_base is PenaltyBase.PRINCIPAL_AND_INTEREST:
            base += row.unpaid_interest_minor
        return base

    def late_segments(
        self, kind: SegmentName, row: Row, since: date, until: date
    ) -> Iterator[Segment]:
        """The stretches of late interest of a row; penalty ends where its cap is reached."""
        base = self._late_base(kind, row)
        rate = self.penalty_rate if kind == "penalty" else self.annual_rate
        per = self.terms.year_days
        if kind == "penalty" and self.terms.penalty_days is not None:
            until = min(until, row.due_on + timedelta(days=self.terms.penalty_days))
        for start, end in self._unpaused(since, until):
            if base > 0 and rate > 0:
                yield Segment(kind, row.seq, start, end, base, rate, per)

    def stop_late(self, row: Row, day: date) -> None:
        """Turn what ran on an overdue row into owed amounts of it."""
        for kind, since in self.late_of(row):
            for segment in self.late_segments(kind, row, since, day):
                self.segments.append(segment)
                self.ran_late.add(segment)
                row.add("", Component(kind), segment.earned_minor(day))
            self.late[kind, row.seq] = max(since, day)

    def end_late(self, row: Row) -> None:
        """Nothing runs on a row any more when its base is gone."""
        if not self._late_base("penalty", row):
            for kind, _ in self.late_of(row):
                del self.late[kind, row.seq]

    # --- paying --------------------------------------------------------------------------------

    def take(self, event: Happening, row: Row, left: int, components: Sequence[Component]) -> int:
        """Pay a row from a credit, component by component; return what is left of it."""
        for component in components:
            amount = min(row.unpaid(component), left)
            if amount:
                row.add("paid_", component, amount)
                key = (event.seq, row.seq, component)
                self.taken[key] = self.taken.get(key, 0) + amount
                self.reduce_base(row, component, amount)
                left -= amount
        if row.unpaid_minor == 0 and row.paid_off_on is None:
            row.paid_off_on = event.value_on
        return left

    def reduce_base(self, row: Row, component: Component, amount: int) -> None:
        """Principal that goes before it was expected stops earning."""
        if component is Component.PRINCIPAL and not row.is_expected:
            self.base -= amount

    def close_empty(self, day: date) -> None:
        """When nothing is left to earn on, rows that owe nothing are done."""
        if self.base == 0:
            for row in self.rows[self.open_row :]:
                if row.unpaid_minor == 0 and row.paid_off_on is None:
                    row.paid_off_on = day
        self.skip_paid()

    def all_taken(self) -> tuple[Taken, ...]:
        return tuple(Taken(*which, amount) for which, amount in self.taken.items())

    def unpaid_rows(self, components: Sequence[Component] = COMPONENTS) -> list[Row]:
        """Rows that owe some of these, the oldest due first; a down payment after its equals."""
        rows = [row for row in self.rows if any(row.unpaid(part) for part in components)]
        return sorted(rows, key=lambda row: (row.due_on, row.seq == 0, row.seq))
