"""Replays of the conformance format: a zero-interest life, booked step by step, looked at often.

Every step becomes an event of `derive`; nothing here knows how money is allocated.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from credit.domain.allocation import AllocationRule, Direction, FutureRule
from credit.domain.derive import derive
from credit.domain.derived import CHARGES, COMPONENTS, Derived, EventKind, Happening, Row
from credit.domain.interest import WorkingDayRule
from credit.domain.options import TermOption
from credit.domain.schedule_terms import ScheduleTerms
from credit.domain.terms import DrawdownTerms

# The format's words for credits, and ours.
CREDIT_WORDS = {
    "repayment": "repayment",
    "goodwill_credit": "goodwill",
    "merchant_issued_refund": "refund",
    "payout_refund": "payout_refund",
}
REPLAY_WORDS = ("direction", "allocation", "auto_down_payment")


class Replay:
    """One case in the making. Raises ValueError for a step it does not know."""

    def __init__(self, schedule: ScheduleTerms, words: Mapping[str, Any]) -> None:
        self.schedule = schedule
        self.direction = Direction(words.get("direction", Direction.HORIZONTAL))
        self.rules = [
            AllocationRule(
                credit=CREDIT_WORDS.get(rule["for"], rule["for"]),
                order=tuple(rule["order"]),
                future=FutureRule(rule["future"]),
            )
            for rule in words.get("allocation", [])
        ]
        self.pays_down = bool(words.get("auto_down_payment"))
        self.booked_rules: tuple[AllocationRule, ...] = ()
        self.events: list[Happening] = []
        self.names: dict[int, str] = {}

    @property
    def terms(self) -> DrawdownTerms:
        """The terms as booked; a drawdown keeps the rules its product had then."""
        plan = self.schedule
        return DrawdownTerms(
            option=TermOption(
                code="case", method=plan.method, installments=plan.installments,
                every=plan.every, unit=plan.unit, fixed_length=plan.fixed_length,
            ),
            annual_rate=plan.annual_rate,
            penalty_rate=Decimal(0),
            day_count=plan.day_count,
            interest_period=plan.interest_period,
            rounding=plan.rounding,
            working_day_rule=WorkingDayRule.NONE,
            down_payment=plan.down_payment,
            installment_multiple_minor=plan.installment_multiple_minor,
            direction=self.direction,
            allocation=self.booked_rules,
        )  # fmt: skip

    def answer(self, on: date) -> Derived:
        return derive(self.terms, self.events, as_of=on, is_workday=lambda _: True)

    def step(self, step: Mapping[str, Any], minor: Any) -> None:
        """Book one step; `minor` turns an amount in yuan to fen."""
        what = step["do"]
        if what == "product_future_rule":
            self._change_rule(step)
        elif what == "draw":
            self._draw(step, minor)
        elif what == "payoff":
            self._payoff(step)
        elif what == "undo":
            self._undo(step)
        elif what in CHARGES:
            due, booked = date.fromisoformat(step["due"]), _booked(step, "due")
            self._add(what, booked, minor(step["amount"]), booked, what, due_on=due)
        elif what in CREDIT_WORDS:
            on = date.fromisoformat(step["on"])
            self._add(CREDIT_WORDS[what], on, minor(step["amount"]), _booked(step, "on"), what)
        else:
            raise ValueError(f"unknown step {what!r}")

    def _add(self, kind: str, on: date, amount: int, booked: date, name: str, **more: Any) -> None:
        seq = len(self.events) + 1
        self.names[seq] = name
        self.events.append(
            Happening(seq, cast("EventKind", kind), on, amount, booked_on=booked, **more)
        )

    def _change_rule(self, step: Mapping[str, Any]) -> None:
        credit = CREDIT_WORDS.get(step["for"], step["for"])
        future = FutureRule(step["rule"])
        old = next((r for r in self.rules if r.credit == credit), None)
        base = old or next(r for r in self.rules if r.credit == "default")
        self.rules = [r for r in self.rules if r is not old]
        self.rules.append(AllocationRule(credit=credit, order=base.order, future=future))

    def _draw(self, step: Mapping[str, Any], minor: Any) -> None:
        on, amount = date.fromisoformat(step["on"]), minor(step["amount"])
        self.booked_rules = self.booked_rules or tuple(self.rules)
        self._add("capture", on, amount, _booked(step, "on"), "draw")
        if self.pays_down:
            down = sum(row.unpaid_minor for row in self.answer(on).rows if row.seq == 0)
            if down:
                self._add("repayment", on, down, _booked(step, "on"), "down_payment")

    def _payoff(self, step: Mapping[str, Any]) -> None:
        on = date.fromisoformat(step["on"])
        if owed := self.answer(on).payoff_minor:
            self._add("repayment", on, owed, _booked(step, "on"), "repayment")

    def _undo(self, step: Mapping[str, Any]) -> None:
        on = date.fromisoformat(step["of"])
        gone = {event.reverses for event in self.events}
        found = [
            event.seq for event in self.events
            if self.names[event.seq] == step["what"] and on in (event.value_on, event.due_on)
            and event.seq not in gone
        ]  # fmt: skip
        seq = found[int(step["nth_on_date"]) - 1]
        booked = _booked(step, "of")
        self._add("reversal", booked, 0, booked, "undo", reverses=seq)

    def difference(self, step: Mapping[str, Any], minor: Any) -> str | None:
        """The first cell in which the rows differ from an `expect` step, or None."""
        on = date.fromisoformat(step["on"])
        answer = self.answer(on)
        if len(answer.rows) != step["installments"]:
            return f"{on}: {step['installments']} rows expected, got {len(answer.rows)}"
        cells = self._cells(answer)
        for wanted in step["rows"]:
            row = cells.get(wanted["due"])
            if row is None:
                return f"{on}: no row due {wanted['due']}"
            for name, cell in wanted.items():
                is_date = name in {"due", "paid_on"}
                want = cell if is_date or cell is None else minor(cell)
                if row[name] != want:
                    return f"{on} row {wanted['due']} {name}: expected {want}, got {row[name]}"
        return None

    def _cells(self, answer: Derived) -> dict[str, dict[str, Any]]:
        dates = {event.seq: event.value_on for event in self.events}
        balance = sum(row.principal_minor for row in answer.rows)
        cells: dict[str, dict[str, Any]] = {}
        for row in answer.rows:
            balance -= row.principal_minor
            paid = [(dates[t.event_seq], t.amount_minor) for t in answer.taken if t.seq == row.seq]
            cells.setdefault(row.due_on.isoformat(), _row_cells(row, balance, paid))
        return cells


def _row_cells(row: Row, balance: int, paid: list[tuple[date, int]]) -> dict[str, Any]:
    return {
        "due": row.due_on.isoformat(),
        "paid_on": row.paid_off_on.isoformat() if row.paid_off_on else None,
        "balance": balance,
        **{component.value: row.of("", component) for component in COMPONENTS},
        "paid": sum(amount for _, amount in paid),
        "in_advance": sum(amount for day, amount in paid if day < row.due_on),
        "late": sum(amount for day, amount in paid if day > row.due_on),
        "outstanding": row.unpaid_minor,
    }


def _booked(step: Mapping[str, Any], otherwise: str) -> date:
    return date.fromisoformat(step.get("booked") or step[otherwise])
