"""Whole lives on a real database: any act, in any order, on any day, and the books hold.

A run takes `BAITIAO_MACHINE_RUNS` lives (default 8) of up to `BAITIAO_MACHINE_STEPS` acts
(default 30) from `BAITIAO_MACHINE_SEED` (default 1); the same seed repeats the same lives.
Thousands of acts: `BAITIAO_MACHINE_RUNS=200 pytest tests/credit/test_machine.py`. A life that
breaks is shown as it was found; `BAITIAO_MACHINE_SHRINK=1` looks for a shorter one, for minutes.
"""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from credit.domain.allocation import Component
from credit.domain.terms import DrawdownTerms
from credit.enums import RepaymentChannel
from credit.errors import DrawdownNotAuthorized
from credit.models import CreditLine, Drawdown, Hold, LoanEvent, Repayment
from credit.operations import servicing
from credit.operations.business_day import close_day
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.quotes import make_quotes
from credit.operations.repayments import record_repayment
from credit.operations.servicing import Act
from credit.operations.settlements import pay_settlements
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel import clock, events
from platform_app.kernel.errors import DomainError
from tenants.models import Tenant
from tests.conftest import FIRST_DAY
from tests.credit.books import Footprint, lines_of_three_products, morning, wrong
from tests.credit.lives import ACTOR

RUNS = int(os.environ.get("BAITIAO_MACHINE_RUNS", "8"))
STEPS = int(os.environ.get("BAITIAO_MACHINE_STEPS", "30"))
SEED = int(os.environ.get("BAITIAO_MACHINE_SEED", "1"))
PHASES = [Phase.generate, *([Phase.shrink] if "BAITIAO_MACHINE_SHRINK" in os.environ else [])]
MOST_DRAWDOWNS = 6

PICK = st.integers(0, 9_999)
PARTS = st.integers(1, 1_000)
# Days before the open one on which an act counts; mostly none.
BACK = st.one_of(st.just(0), st.just(0), st.integers(1, 60))
Call = Callable[[], object]


def living(machine: "Lives") -> bool:
    return machine.count > 0 and Drawdown.objects.filter(event_count__gt=0).exists()


def is_held(_: "Lives") -> bool:
    return Hold.objects.filter(status__in=["held", "part_captured"]).exists()


class Lives(RuleBasedStateMachine):
    """Three merchants draw, repay, go late, are helped and let go; each act is an operation."""

    lines: ClassVar[list[CreditLine]]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.count = 0
        self.done: list[tuple[str, Call]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- what every act shares -----------------------------------------------------------------

    def key(self, word: str) -> str:
        self.count += 1
        return f"{word}-{self.count}"

    def drawdown(self, pick: int, **having: Any) -> Drawdown:
        found = list(Drawdown.objects.filter(event_count__gt=0, **having).order_by("order_no"))
        return found[pick % len(found)]

    def act(self, one: Drawdown, word: str, back: int = 0) -> Act:
        return Act(
            drawdown_id=one.id, external_id=self.key(word), actor=ACTOR, at=morning(),
            value_on=self.past(one, back),
        )  # fmt: skip

    def past(self, one: Drawdown, back: int) -> date | None:
        return max(open_day() - timedelta(days=back), one.value_on or FIRST_DAY) if back else None

    def attempt(self, what: str, call: Call) -> bool:
        """Do it: either it is done, and can be done again without effect, or nothing moved."""
        before = Footprint.now()
        try:
            call()
        except DomainError as refusal:
            note(f"{what}: {refusal.code}")
            assert Footprint.now() == before, what
            return False
        self.done.append((what, call))
        return True

    # --- drawing -------------------------------------------------------------------------------

    @rule(pick=PICK, option=PICK, part=PARTS, ship=st.sampled_from(["all", "all", "some", "no"]))
    def draw(self, pick: int, option: int, part: int, ship: str) -> None:
        if Drawdown.objects.count() >= MOST_DRAWDOWNS:
            return
        line = CreditLine.objects.select_related("offer").get(pk=self.lines[pick % 3].pk)
        amount = max(10_000, line.limit_minor * part // 2_000)
        codes = line.offer.option_codes
        order_no, at = self.key("SO"), morning()
        if line.status != "active":
            return
        quote = make_quotes(
            line_id=line.id, amount_minor=amount, order_no=order_no,
            option_codes=[codes[option % len(codes)]], at=at,
        )[0]  # fmt: skip
        fits = amount <= line.available_minor
        drawn = self.attempt(
            f"draw {quote.option_code}",
            lambda: request_drawdown(
                line_id=line.id, quote_id=quote.id, external_id=order_no, actor=ACTOR, at=at
            ),
        )
        assert fits or not drawn
        if drawn and ship != "no":
            one = Drawdown.objects.get(order_no=order_no)
            self._ship(one, amount if ship == "all" else amount // 2, is_final=ship == "all")

    def _ship(self, one: Drawdown, amount: int, *, is_final: bool) -> None:
        key, at = self.key("ship"), morning()
        self.attempt(
            f"capture {one.order_no} {amount} {is_final}",
            lambda: capture_drawdown(
                drawdown_id=one.id, amount_minor=amount, external_id=key, is_final=is_final,
                actor=ACTOR, at=at,
            ),
        )  # fmt: skip

    @precondition(is_held)
    @rule(pick=PICK, part=PARTS, which=st.sampled_from(["final", "first"]))
    def capture(self, pick: int, part: int, which: str) -> None:
        holds = list(Hold.objects.filter(status__in=["held", "part_captured"]).order_by("id"))
        hold = holds[pick % len(holds)]
        amount = max(1, hold.amount_minor * part // 900)  # sometimes more than is held
        self._ship(Drawdown.objects.get(pk=hold.drawdown_id), amount, is_final=which == "final")

    @precondition(is_held)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        found = list(Drawdown.objects.order_by("order_no"))
        one, at = found[pick % len(found)], morning()
        self.attempt("cancel", lambda: cancel_drawdown(drawdown_id=one.id, actor=ACTOR, at=at))

    # --- paying --------------------------------------------------------------------------------

    @precondition(living)
    @rule(
        pick=PICK,
        how=st.sampled_from(["due", "payoff", "part", "too much"]),
        part=PARTS,
        back=BACK,
        kind=st.sampled_from(["repayment", "repayment", "repayment", "guarantor_payout"]),
    )
    def pay(self, pick: int, how: str, part: int, back: int, kind: Any) -> None:
        one = self.drawdown(pick)
        answer = derived(one, happenings(one.id), as_of=open_day())
        amounts = {
            "due": answer.due_minor,
            "payoff": answer.payoff_minor,
            "part": answer.payoff_minor * part // 1_000,
            "too much": answer.payoff_minor + part,
        }
        amount, key, at = max(1, amounts[how]), self.key("pay"), morning()
        value_on = self.past(one, back)
        paid = self.attempt(
            f"pay {one.order_no} {how} {amount} {value_on}",
            lambda: record_repayment(
                drawdown_id=one.id, amount_minor=amount, external_id=key,
                channel=RepaymentChannel.BANK_TRANSFER, value_on=value_on, actor=ACTOR, at=at,
                kind=kind,
            ),
        )  # fmt: skip
        if paid and how == "payoff" and value_on is None and one.status == "repaying":
            one.refresh_from_db()
            assert (one.status, one.outstanding_principal_minor) == ("paid_off", 0)
            assert Repayment.objects.get(external_id=key).unspent_minor == 0

    @precondition(living)
    @rule(pick=PICK, part=PARTS, back=BACK, kind=st.sampled_from(["refund", "payout", "goodwill"]))
    def give_back(self, pick: int, part: int, back: int, kind: str) -> None:
        one = self.drawdown(pick)
        act, amount = self.act(one, kind, back), max(1, one.captured_minor * part // 1_500)
        verbs: dict[str, Any] = {
            "refund": servicing.refund_drawdown,
            "payout": servicing.return_payout,
            "goodwill": servicing.credit_goodwill,
        }
        self.attempt(f"{kind} {one.order_no}", lambda: verbs[kind](act, amount_minor=amount))

    @precondition(living)
    @rule(pick=PICK, part=PARTS)
    def return_overpayment(self, pick: int, part: int) -> None:
        one = self.drawdown(pick)
        waiting = sum(derived(one, happenings(one.id), as_of=open_day()).unspent.values())
        act, amount = self.act(one, "over"), max(1, waiting * part // 1_000)
        self.attempt(
            f"overpayment {one.order_no}",
            lambda: servicing.refund_overpayment(act, amount_minor=amount),
        )

    # --- charging and conceding ----------------------------------------------------------------

    @precondition(living)
    @rule(pick=PICK, amount=st.integers(1, 9_999), due_in=st.integers(-5, 90))
    def fee(self, pick: int, amount: int, due_in: int) -> None:
        one = self.drawdown(pick)
        line = CreditLine.objects.select_related("offer__cost_sheet").get(pk=one.line_id)
        sheet = line.offer.cost_sheet.body
        code, act = sheet["contingent"][0]["code"], self.act(one, "fee")
        due_on = open_day() + timedelta(days=due_in)
        self.attempt(
            f"fee {one.order_no} {amount} {due_on}",
            lambda: servicing.charge_fee(act, amount_minor=amount, code=code, due_on=due_on),
        )

    @precondition(living)
    @rule(pick=PICK, part=PARTS, component=st.sampled_from(list(Component)), back=BACK)
    def waive(self, pick: int, part: int, component: Component, back: int) -> None:
        one = self.drawdown(pick)
        owed = derived(one, happenings(one.id), as_of=open_day()).owed_minor(component)
        act, amount = self.act(one, "waive", back), max(1, owed * part // 1_000)
        self.attempt(
            f"waive {one.order_no} {component} {amount} {act.value_on}",
            lambda: servicing.waive(act, amount_minor=amount, component=component),
        )

    # --- new dates, plans, rates ---------------------------------------------------------------

    @precondition(living)
    @rule(pick=PICK, row=st.integers(1, 4), days=st.integers(1, 60), back=BACK)
    def extend(self, pick: int, row: int, days: int, back: int) -> None:
        one = self.drawdown(pick)
        act = self.act(one, "extend", back)
        self.attempt(
            f"extend {one.order_no} {row} {days} {act.value_on}",
            lambda: servicing.extend(act, row_seq=row, days=days),
        )

    @precondition(living)
    @rule(pick=PICK, days=st.integers(1, 40), back=BACK)
    def pause(self, pick: int, days: int, back: int) -> None:
        one = self.drawdown(pick)
        act = self.act(one, "pause", back)
        until = (act.value_on or open_day()) + timedelta(days=days)
        self.attempt(
            f"pause {one.order_no} {act.value_on} {until}",
            lambda: servicing.pause_interest(act, until_on=until),
        )

    @precondition(living)
    @rule(
        pick=PICK,
        method=st.sampled_from(["equal_installment", "equal_principal", "bullet"]),
        installments=st.integers(1, 6),
        back=BACK,
    )
    def restructure(self, pick: int, method: str, installments: int, back: int) -> None:
        one = self.drawdown(pick)
        act = self.act(one, "plan", back)
        self.attempt(
            f"restructure {one.order_no} {method} {installments} {act.value_on}",
            lambda: servicing.restructure(
                act, method=method, installments=1 if method == "bullet" else installments,
                every=1, unit="month",
            ),
        )  # fmt: skip

    @precondition(living)
    @rule(pick=PICK, percent=st.integers(0, 100), back=BACK)
    def rate(self, pick: int, percent: int, back: int) -> None:
        one = self.drawdown(pick)
        signed = DrawdownTerms.from_json(one.terms).annual_rate
        act, rate = self.act(one, "rate", back), signed * percent / Decimal(100)
        self.attempt(
            f"rate {one.order_no} {rate} {act.value_on}",
            lambda: servicing.change_rate(act, annual_rate=rate),
        )

    @precondition(living)
    @rule(pick=PICK, back=BACK)
    def write_off(self, pick: int, back: int) -> None:
        one = self.drawdown(pick)
        act = self.act(one, "loss", back)
        self.attempt(f"write off {one.order_no}", lambda: servicing.write_off(act))

    # --- undoing and doing again ---------------------------------------------------------------

    @precondition(living)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        found = list(LoanEvent.objects.exclude(kind="capture").order_by("drawdown_id", "seq"))
        if not found:
            return
        event = found[pick % len(found)]
        act = self.act(Drawdown.objects.get(pk=event.drawdown_id), "undo")
        self.attempt(
            f"reverse {event.kind} {event.seq}",
            lambda: servicing.reverse_event(act, event_id=event.id),
        )

    @precondition(lambda self: bool(self.done))
    @rule(pick=PICK)
    def repeat(self, pick: int) -> None:
        """The same call once more moves nothing, however long ago it was."""
        what, call = self.done[pick % len(self.done)]
        before = Footprint.now()
        try:
            call()
        except DrawdownNotAuthorized:
            assert what == "cancel"  # it has no key: once the rest is released, it is refused
        assert Footprint.now() == before, what

    # --- time ----------------------------------------------------------------------------------

    @rule(days=st.one_of(st.integers(1, 3), st.integers(1, 10), st.integers(1, 40)))
    def live_on(self, days: int) -> None:
        for _ in range(days):
            day = open_day()
            assert close_day(at=clock.end_of(day)).status == "closed"
            pay_settlements(actor=ACTOR, at=clock.end_of(day))

    @invariant()
    def the_books_hold(self) -> None:
        assert wrong() == []


@pytest.mark.slow
@pytest.mark.django_db
def test_any_life_keeps_the_books(inside: Tenant, at: datetime) -> None:
    events.ensure_partitions(FIRST_DAY, months=60)
    Lives.lines = lines_of_three_products(at)
    run_state_machine_as_test(
        seed(SEED)(Lives),
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None,
            print_blob=True, phases=PHASES, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
