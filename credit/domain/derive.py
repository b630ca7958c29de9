"""The one pure function: terms and events in, plan, allocations, interest segments out.

Quote, preview, posting, early payoff and replay all ask it, so the figure shown is the figure
signed is the figure booked. Stored rows are a cache of its answer.

How a day runs (all dates are Shanghai days; `as_of` is the open business date, days before it are
closed):

1. Interest runs on the *expected* balance: captured principal less what the plan says is due and
   less what was paid early. It is rounded to the fen where it is frozen: at a row's seed due date,
   and when a payment reaches beyond what is due.
2. On a due date the row is billed first, then that day's events are taken, in order of value
   date, booking date and sequence. What a reversal undoes never happened.
3. A credit goes where its allocation rule says. A row paid early is frozen with the interest
   earned so far; later interest joins the next open row. What nothing is owed for waits, and pays
   the next charge.
4. A row still unpaid when its grace has passed bears penalty interest, from the due date. Cured
   inside grace, it bears none.
5. A discount bears its part of contract interest as that is frozen; what is late is the merchant's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from credit.domain.changes import HANDLERS
from credit.domain.derived import FOREVER, Derived, Happening, Row
from credit.domain.life import Life
from credit.domain.terms import DrawdownTerms


def derive(
    terms: DrawdownTerms,
    events: Iterable[Happening],
    *,
    as_of: date,
    is_workday: Callable[[date], bool],
    signed_due_on: Sequence[date] | None = None,
) -> Derived:
    """Derive everything about one drawdown from its events with `value_on` ≤ any date.

    `signed_due_on` are the due dates a contract already names; none of them moves earlier.
    Raises ValueError when there is no capture, or a capture lies on or after the first due date.
    """
    standing = _standing(events)
    life = Life(terms, standing, as_of, is_workday, signed_due_on)
    _live(life)
    return _answer(life)


def _standing(events: Iterable[Happening]) -> list[Happening]:
    """The events that count, in replay order: what was reversed and its reversal are left out.

    A reversal may itself be reversed: the youngest decides first.
    """
    gone: set[int] = set()
    ordered = sorted(events, key=lambda e: e.seq)
    for event in reversed(ordered):
        if event.reverses is not None and event.seq not in gone:
            gone.add(event.reverses)
    kept = [e for e in ordered if e.seq not in gone and e.kind != "reversal"]
    kept.sort(
        key=lambda e: (e.enters_on, e.kind != "capture", e.booked_on or e.value_on, e.seq),
    )
    return kept


def _live(life: Life) -> None:
    waiting = list(reversed(life.events))
    while waiting or life.open_row < len(life.rows):
        days = [waiting[-1].enters_on] if waiting else []
        if life.open_row < len(life.rows):
            days.append(life.rows[life.open_row].seed_due_on)
        day = min(days)
        life.bill(day)
        while waiting and waiting[-1].enters_on <= day:
            event = waiting.pop()
            HANDLERS[event.kind](life, event)
    life.start_late(life.as_of)


def _answer(life: Life) -> Derived:
    running = tuple(
        segment
        for row in life.rows
        for kind, since in life.late_of(row)
        for segment in life.late_segments(kind, row, since, FOREVER)
    )
    segments = (*life.segments, *running)
    earned = {"interest": 0, "penalty": 0, "subsidy": 0}
    for segment in segments:
        earned[segment.kind] += segment.earned_minor(life.as_of)
    open_rows = [row for row in life.rows if row.paid_off_on is None and row.unpaid_minor]
    settled = sum(row.settled_minor for row in life.rows)
    principal = sum(row.unpaid_principal_minor for row in life.rows)
    charged = sum(life.charged.values())
    captured = life.credited["capture"]
    answer = Derived(
        as_of=life.as_of,
        rows=tuple(life.rows),
        taken=life.all_taken(),
        unspent={event.seq: left for event, left in life.credits if left},
        segments=segments,
        running=running,
        outstanding_principal_minor=principal,
        accrued_interest_minor=earned["interest"],
        accrued_penalty_minor=earned["penalty"],
        earned_subsidy_minor=earned["subsidy"],
        subsidy_minor=sum(s.base_minor for s in segments if s.kind == "subsidy"),
        payoff_minor=captured + earned["interest"] + earned["penalty"] + charged - settled,
        due_minor=0,
        oldest_unpaid_on=min((r.due_on for r in open_rows if r.due_on < life.as_of), default=None),
        next_event_on=_next_event(life, open_rows),
        paid_off_on=_paid_off_on(life, open_rows),
        written_off_on=life.written_off_on,
        recovered_minor=life.recovered,
        credited=life.credited,
        charged=life.charged,
        interest_back=life.interest_back,
        overpayment_refunded_minor=life.overpayment_refunded,
        penalty_rate=life.penalty_rate,
        agreed_due_on=life.agreed_due_on,
        closes_alone=bool(life.was_late)
        or any(event.kind in ("pause", "rate_change") for event in life.events),
        paused_until=max((until for _, until in life.pauses), default=None),
        granted=tuple(life.granted),
    )
    due = sum(answer.owed_now(row) for row in open_rows if row.seed_due_on <= life.as_of)
    to_come = sum(answer.discount_to_come(row) for row in life.rows)
    return replace(answer, due_minor=due, payoff_minor=answer.payoff_minor + to_come)


def _paid_off_on(life: Life, open_rows: Sequence[Row]) -> date | None:
    if open_rows or any(row.written_off_minor for row in life.rows):
        return None
    return max(event.enters_on for event in life.events)


def _next_event(life: Life, open_rows: Sequence[Row]) -> date | None:
    """The first day, from `as_of` on, whose close changes something by itself."""
    days = [
        day for row in open_rows for day in (row.due_on, life.grace_ends(row)) if day >= life.as_of
    ]
    return min(days, default=None)
