"""Where a credit goes: rows past due, due and in advance, as its rule says."""

from collections.abc import Sequence
from datetime import date

from credit.domain.allocation import Component, DueType, FutureRule
from credit.domain.derived import COMPONENTS, Happening, Row
from credit.domain.life import Life


def allocate(life: Life, event: Happening, rule_name: str, left: int) -> int:
    """Pay rows by the rule; return what found nothing to pay."""
    day = event.value_on
    rule = life.terms.rule_for(rule_name)
    life.start_late(day)
    reached: list[Row] = []
    for due_type, components in rule.steps(life.terms.direction):
        if not left:
            break
        if due_type is DueType.IN_ADVANCE:
            left = _in_advance(life, event, rule.future, components, left)
            continue
        for row in _due_rows(life, due_type, day):
            if left:
                life.stop_late(row, day)
                left = life.take(event, row, left, components)
                reached.append(row)
    for row in reached:
        life.end_late(row)
    life.close_empty(day)
    return left


def _due_rows(life: Life, due_type: DueType, day: date) -> list[Row]:
    rows = life.unpaid_rows()
    if due_type is DueType.PAST_DUE:
        return [row for row in rows if row.due_on < day]
    return [row for row in rows if row.seed_due_on <= day <= row.due_on]


def _in_advance(
    life: Life, event: Happening, future: FutureRule, components: Sequence[Component], left: int
) -> int:
    """Pay rows that are not due yet, in even parts where the rule chooses several."""
    life.freeze(event.value_on)
    while left:
        rows = _future_rows(life, future, components, event.value_on)
        if not rows:
            break
        part, rest = divmod(left, len(rows))
        for row in rows:
            given = part + (rest if row is rows[-1] else 0)
            left -= given - life.take(event, row, given, components)
    return left


def _future_rows(
    life: Life, future: FutureRule, components: Sequence[Component], day: date
) -> list[Row]:
    rows = [row for row in life.unpaid_rows(components) if row.seed_due_on > day]
    if not rows or future is FutureRule.REAMORTIZATION:
        return rows
    if future is FutureRule.NEXT_LAST and rows[0].start_on < day:
        return rows[:1]
    return rows[:1] if future is FutureRule.NEXT else rows[-1:]


def recover(life: Life, event: Happening, left: int) -> int:
    """Pay what was written off, the oldest row first; return what found nothing to pay."""
    for row in life.rows:
        for component in COMPONENTS:
            amount = min(left, row.of("written_off_", component))
            if amount:
                row.add("written_off_", component, -amount)
                row.add("paid_", component, amount)
                key = (event.seq, row.seq, component)
                life.taken[key] = life.taken.get(key, 0) + amount
                life.recovered += amount
                left -= amount
    return left


def credited(life: Life, event: Happening) -> None:
    """Count what came in by its kind, whatever becomes of it."""
    life.credited[event.kind] = life.credited.get(event.kind, 0) + event.amount_minor
