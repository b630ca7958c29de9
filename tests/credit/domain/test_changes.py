"""Laws over whole lives: every kind of event, in any order, on any day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.domain.allocation import AllocationRule, Component, Direction, FutureRule
from credit.domain.derive import derive
from credit.domain.derived import COMPONENTS, CREDITS, Derived, EventKind, Happening
from credit.domain.interest import DayCount, InterestOnShift, InterestPeriod
from credit.domain.options import MORE_OPTIONS, STANDARD_OPTIONS
from credit.domain.schedule_terms import Method
from credit.domain.terms import DrawdownTerms, OverdueInterest, PenaltyBase, ProductTerms
from credit.queries.balances import balances, difference

SEED = date(2026, 1, 5)
OPTIONS = {**STANDARD_OPTIONS, **MORE_OPTIONS}


def weekday(day: date) -> bool:
    return day.weekday() < 5


@st.composite
def any_terms(draw: st.DrawFn) -> DrawdownTerms:
    free = draw(st.sampled_from([0, 0, 10]))
    runs = draw(st.sampled_from(list(OverdueInterest)))
    bases = [PenaltyBase.PRINCIPAL]
    if runs is OverdueInterest.STOPS:
        bases.append(PenaltyBase.PRINCIPAL_AND_INTEREST)
    product = ProductTerms(
        options=tuple(OPTIONS.values()),
        day_count=draw(st.sampled_from(list(DayCount))),
        interest_period=draw(st.sampled_from(list(InterestPeriod))),
        interest_on_shift=draw(st.sampled_from(list(InterestOnShift))),
        interest_free_days=free,
        subsidy_rate=Decimal("0.06") if free else Decimal(0),
        grace_days=draw(st.integers(0, 5)),
        overdue_interest=runs,
        penalty_base=draw(st.sampled_from(bases)),
        penalty_cap=draw(st.sampled_from([None, Decimal("0.01")])),
        down_payment=draw(st.sampled_from([None, Decimal("0.25")])),
        direction=draw(st.sampled_from(list(Direction))),
        allocation=(
            AllocationRule.of(
                draw(
                    st.sampled_from(
                        ["penalty fee interest principal", "principal interest fee penalty"]
                    )
                ),
                future=draw(st.sampled_from(list(FutureRule))),
            ),
        ),
    )
    return DrawdownTerms.of(product, draw(st.sampled_from(sorted(OPTIONS))), Decimal("0.15"))


AMOUNTS = st.integers(1, 600_000)
RATES = [Decimal("0.15"), Decimal("0.12"), Decimal("0.06")]
CHARGE_KINDS: st.SearchStrategy[EventKind] = st.sampled_from(["fee", "penalty"])
CREDIT_KINDS: st.SearchStrategy[EventKind] = st.sampled_from(
    ["repayment", "repayment", "goodwill", "refund", "payout_refund", "guarantor_payout"]
)


def _charge(draw: st.DrawFn, seq: int, on: date) -> Happening:
    due, kind = on + timedelta(days=draw(st.integers(0, 60))), draw(CHARGE_KINDS)
    return Happening(seq, kind, on, draw(st.integers(1, 5_000)), booked_on=on, due_on=due)


def _new_plan(draw: st.DrawFn, seq: int, on: date) -> Happening:
    plan = {
        "method": draw(st.sampled_from(["equal_installment", "equal_principal"])),
        "installments": draw(st.integers(1, 12)), "every": 1, "unit": "month",
    }  # fmt: skip
    return Happening(seq, "restructure", on, plan=plan)


def _days(draw: st.DrawFn, most: int) -> int:
    return draw(st.integers(1, most))


EVENTS: dict[str, Callable[[st.DrawFn, int, date], Happening]] = {
    "credit": lambda draw, seq, on: Happening(seq, draw(CREDIT_KINDS), on, draw(AMOUNTS)),
    "charge": _charge,
    "waiver": lambda draw, seq, on: Happening(
        seq, "waiver", on, draw(AMOUNTS), component=draw(st.sampled_from(list(Component)))
    ),
    "rate_change": lambda draw, seq, on: Happening(
        seq, "rate_change", on, rate=draw(st.sampled_from(RATES))
    ),
    "pause": lambda draw, seq, on: Happening(
        seq, "pause", on, due_on=on + timedelta(days=_days(draw, 40))
    ),
    "extension": lambda draw, seq, on: Happening(
        seq, "extension", on, row_seq=_days(draw, 3), days=_days(draw, 30)
    ),
    "restructure": _new_plan,
    "overpayment_refund": lambda draw, seq, on: Happening(
        seq, "overpayment_refund", on, draw(AMOUNTS)
    ),
    "write_off": lambda _draw, seq, on: Happening(seq, "write_off", on),
}


@st.composite
def event(draw: st.DrawFn, seq: int, day: int) -> Happening:
    kind = draw(st.sampled_from(["credit", "credit", *EVENTS]))
    return EVENTS[kind](draw, seq, SEED + timedelta(days=day))


CAPTURED = 1_000_000


@st.composite
def lives(draw: st.DrawFn) -> tuple[DrawdownTerms, list[Happening], date]:
    using = draw(any_terms())
    days = sorted(draw(st.lists(st.integers(0, 400), max_size=6)))
    events = [Happening(1, "capture", SEED, CAPTURED)]
    for seq, day in enumerate(days, start=2):
        one = draw(event(seq, day))
        if one.kind == "restructure" and not _owes(using, events, one.value_on):
            continue
        if one.kind == "overpayment_refund":
            waiting = sum(_life(using, events, one.value_on).unspent.values())
            if not waiting:
                continue
            one = replace(one, amount_minor=min(waiting, one.amount_minor))
        events.append(replace(one, seq=len(events) + 1))
    last = SEED + timedelta(days=days[-1] if days else 0)
    return using, events, last + timedelta(days=draw(st.integers(0, 60)))


def _life(using: DrawdownTerms, events: list[Happening], on: date) -> Derived:
    return derive(using, events, as_of=on, is_workday=weekday)


def _owes(using: DrawdownTerms, events: list[Happening], on: date) -> bool:
    return _life(using, events, on).outstanding_principal_minor > 0


LIFE = tuple[DrawdownTerms, list[Happening], date]


@settings(max_examples=120, deadline=None)
@given(lives())
def test_the_books_of_any_life_balance(one: LIFE) -> None:
    """1: what a life means for the accounts sums to zero, on every day of it."""
    using, events, as_of = one
    for count in range(1, len(events) + 1):
        for day in (max(e.value_on for e in events[:count]), as_of):
            assert sum(balances(_life(using, events[:count], day)).values()) == 0


@settings(max_examples=120, deadline=None)
@given(lives())
def test_nothing_is_settled_twice(one: LIFE) -> None:
    """4, 5, 6: principal funded is principal in rows; settled is at most what is owed."""
    using, events, as_of = one
    answer = _life(using, events, as_of)
    assert answer.total("", Component.PRINCIPAL) == CAPTURED
    for row in answer.rows:
        for part in COMPONENTS:
            settled = [row.of(what, part) for what in ("paid_", "waived_", "written_off_")]
            assert min(settled) >= 0
            assert sum(settled) <= row.of("", part)
    for part in COMPONENTS:
        assert answer.owed_minor(part) >= 0
    for done in events:
        if done.kind in CREDITS:
            taken = sum(t.amount_minor for t in answer.taken if t.event_seq == done.seq)
            back = answer.interest_back.get(done.seq, 0)
            assert taken <= done.amount_minor + back
    taken_all = sum(t.amount_minor for t in answer.taken)
    credited = sum(answer.credited.get(kind, 0) for kind in CREDITS)
    assert taken_all + sum(answer.unspent.values()) + answer.overpayment_refunded_minor == (
        credited + sum(answer.interest_back.values())
    )


@settings(max_examples=120, deadline=None)
@given(lives(), st.integers(0, 10))
def test_an_event_and_its_reversal_are_nothing(one: LIFE, which: int) -> None:
    """6: whatever is reversed leaves the life as if it had never been, and posts it back."""
    using, events, as_of = one
    seq = 1 + which % len(events)
    if seq == 1:
        return
    without = [e for e in events if e.seq != seq]
    undone = [*events, Happening(len(events) + 1, "reversal", as_of, reverses=seq)]
    try:
        wanted = _life(using, without, as_of)
    except ValueError:
        return
    got = _life(using, undone, as_of)
    assert got.rows == wanted.rows
    assert set(got.segments) == set(wanted.segments)
    assert balances(got) == balances(wanted)
    moved = difference(balances(got), balances(_life(using, events, as_of)))
    assert sum(moved.values()) == 0


@settings(max_examples=120, deadline=None)
@given(lives(), st.randoms(use_true_random=False))
def test_the_order_of_booking_does_not_matter(one: LIFE, random: object) -> None:
    """7: the same value dates end the same, charges raised late and equal days excepted."""
    using, events, as_of = one
    days = [e.value_on for e in events]
    if len(set(days)) < len(days):
        return
    order = list(range(1, len(events)))
    random.shuffle(order)  # type: ignore[attr-defined]
    numbered = {index: seq for seq, index in enumerate(order, start=2)}
    again = [events[0]] + [replace(events[i], seq=numbered[i]) for i in order]
    assert balances(_life(using, again, as_of)) == balances(_life(using, events, as_of))


@settings(max_examples=120, deadline=None)
@given(lives())
def test_deriving_twice_is_deriving_once(one: LIFE) -> None:
    """8: the answer is a function of terms and events."""
    using, events, as_of = one
    first, second = _life(using, events, as_of), _life(using, events, as_of)
    assert first == second


@settings(max_examples=120, deadline=None)
@given(lives())
def test_a_payoff_pays_off(one: LIFE) -> None:
    """17: the figure shown for paying everything ends it, whatever went before."""
    using, events, as_of = one
    before = _life(using, events, as_of)
    if before.payoff_minor == 0 or before.written_off_on:
        return
    waiting = sum(before.unspent.values())
    paid = Happening(len(events) + 1, "repayment", as_of, before.payoff_minor)
    after = _life(using, [*events, paid], as_of)
    assert after.payoff_minor == 0
    assert after.outstanding_principal_minor == 0
    assert sum(after.unspent.values()) == waiting


@settings(max_examples=120, deadline=None)
@given(lives())
def test_terms_read_back_as_they_were(one: LIFE) -> None:
    using, _, _ = one
    assert DrawdownTerms.from_json(using.to_json()) == using


def plain(code: str = "equal_3", **changes: object) -> DrawdownTerms:
    product = ProductTerms(options=tuple(OPTIONS.values()), **changes)  # type: ignore[arg-type]
    return DrawdownTerms.of(product, code, Decimal("0.12"))


def on(days: int) -> date:
    return SEED + timedelta(days=days)


def capture(amount: int = CAPTURED) -> Happening:
    return Happening(1, "capture", SEED, amount)


def test_a_refund_gives_back_the_interest_of_its_part() -> None:
    """Refunding 30 % on day 10 leaves what a drawdown of 70 % would owe."""
    refunded = _life(
        plain("bullet_30"), [capture(), Happening(2, "refund", on(10), 300_000)], on(10)
    )
    smaller = _life(plain("bullet_30"), [capture(700_000)], on(10))
    assert refunded.payoff_minor == smaller.payoff_minor == 702_301
    assert refunded.outstanding_principal_minor == 700_000
    assert refunded.interest_back == {2: 987}


def test_a_refund_after_payoff_waits_as_overpayment() -> None:
    owed = _life(plain("bullet_30"), [capture()], on(10)).payoff_minor
    answer = _life(
        plain("bullet_30"),
        [
            capture(),
            Happening(2, "repayment", on(10), owed),
            Happening(3, "refund", on(12), 400_000),
        ],
        on(12),
    )
    assert answer.payoff_minor == 0
    assert sum(answer.unspent.values()) == 400_000 + 1_315


def test_a_write_off_stops_the_clock_and_money_after_it_is_a_recovery() -> None:
    written = [capture(), Happening(2, "write_off", on(200))]
    answer = _life(plain("bullet_30"), written, on(300))
    assert (answer.payoff_minor, answer.outstanding_principal_minor) == (0, 0)
    then = _life(plain("bullet_30"), written, on(200))
    assert answer.accrued_penalty_minor == then.accrued_penalty_minor
    lost = sum(row.written_off_minor for row in answer.rows)
    late = _life(plain("bullet_30"), [*written, Happening(3, "repayment", on(250), 5_000)], on(300))
    assert late.recovered_minor == 5_000
    assert sum(row.written_off_minor for row in late.rows) == lost - 5_000


def test_a_restructured_plan_has_the_rows_asked_for_and_loses_no_fen() -> None:
    plan = {"method": "equal_installment", "installments": 7, "every": 1, "unit": "month"}
    events = [capture(), Happening(2, "repayment", on(31), 340_022)]
    before = _life(plain(), events, on(75))
    answer = _life(plain(), [*events, Happening(3, "restructure", on(75), plan=plan)], on(75))
    assert len([row for row in answer.rows if row.paid_off_on is None]) == 7
    assert answer.payoff_minor == before.payoff_minor
    assert answer.outstanding_principal_minor == before.outstanding_principal_minor


def test_an_extension_cures_and_a_pause_stops_interest() -> None:
    late = _life(plain("bullet_30"), [capture()], on(40))
    moved = Happening(2, "extension", on(40), row_seq=1, days=30)
    answer = _life(plain("bullet_30"), [capture(), moved], on(45))
    assert (late.oldest_unpaid_on, answer.oldest_unpaid_on) == (date(2026, 2, 4), None)
    assert answer.maturity_on == date(2026, 3, 6)
    paused = Happening(2, "pause", on(10), due_on=on(20))
    # Two stretches, each rounded to the fen.
    stopped = _life(plain("bullet_30"), [capture(), paused], on(30))
    assert stopped.accrued_interest_minor == 2 * 3_288


def test_unspent_credit_pays_the_next_charge() -> None:
    owed = _life(plain("bullet_30"), [capture()], on(5)).payoff_minor
    events = [capture(), Happening(2, "repayment", on(5), owed + 700)]
    fee = Happening(3, "fee", on(9), 500, booked_on=on(9), due_on=on(9))
    answer = _life(plain("bullet_30"), [*events, fee], on(9))
    assert answer.unspent == {2: 200}
    assert answer.payoff_minor == 0
    assert answer.rows[0].paid_off_on == on(5)


def test_the_penalty_cap_holds_and_subsidies_are_earned_over_the_free_days() -> None:
    capped = _life(plain("bullet_30", penalty_cap=Decimal("0.05")), [capture()], on(2000))
    assert capped.accrued_penalty_minor <= 50_000
    assert capped.accrued_penalty_minor == 49_808
    free = plain("bullet_30", interest_free_days=10, subsidy_rate=Decimal("0.06"))
    half = _life(free, [capture()], on(5))
    assert (half.subsidy_minor, half.earned_subsidy_minor) == (1_644, 822)
    assert _life(free, [capture()], on(50)).earned_subsidy_minor == 1_644


@pytest.mark.parametrize(
    ("drawn", "due"),
    [
        (date(2026, 3, 1), date(2026, 4, 10)),
        (date(2026, 3, 25), date(2026, 4, 10)),
        (date(2026, 3, 26), date(2026, 5, 11)),
        (date(2026, 12, 26), date(2027, 2, 10)),
    ],
)
def test_orders_of_a_cycle_fall_due_together(drawn: date, due: date) -> None:
    answer = derive(
        plain("statement"), [Happening(1, "capture", drawn, 100_000)], as_of=drawn,
        is_workday=weekday,
    )  # fmt: skip
    assert [row.due_on for row in answer.rows] == [due]


def test_flat_interest_is_split_once_and_earned_evenly() -> None:
    answer = _life(plain("flat_6", interest_period=InterestPeriod.PER_PERIOD), [capture()], on(0))
    assert [row.interest_minor for row in answer.rows] == [10_000] * 6
    assert plain("flat_6").option.method is Method.FLAT
    assert _life(plain("flat_6"), [capture()], on(0)).maturity_on == date(2026, 7, 6)


def test_two_shipments_of_a_day_share_one_stretch_of_subsidy() -> None:
    free = plain("bullet_30", interest_free_days=10, subsidy_rate=Decimal("0.06"))
    halves = [Happening(1, "capture", SEED, 500_000), Happening(2, "capture", SEED, 500_000)]
    answer = _life(free, halves, on(5))
    assert len([part for part in answer.segments if part.kind == "subsidy"]) == 1
    assert (answer.subsidy_minor, answer.earned_subsidy_minor) == (1_644, 822)


def test_an_extension_that_ends_before_its_own_day_bears_no_day_twice() -> None:
    late = _life(plain("bullet_30"), [capture()], on(100))
    moved = Happening(2, "extension", on(100), row_seq=1, days=20)
    answer = _life(plain("bullet_30"), [capture(), moved], on(100))
    assert answer.oldest_unpaid_on == date(2026, 2, 24)
    assert answer.accrued_penalty_minor == late.accrued_penalty_minor
    later = _life(plain("bullet_30"), [capture(), moved], on(110))
    unmoved = _life(plain("bullet_30"), [capture()], on(110))
    assert later.accrued_penalty_minor - unmoved.accrued_penalty_minor in {-1, 0, 1}
    assert later.closes_alone


@settings(max_examples=120, deadline=None)
@given(
    lives(), st.sampled_from(["equal_installment", "equal_principal"]), st.integers(1, 60),
    st.sampled_from([None, 100, 10_000]),
)  # fmt: skip
def test_a_new_plan_has_as_many_rows_as_were_asked_for(
    one: LIFE, method: str, installments: int, multiple: int | None
) -> None:
    """However small what is left and however coarse its installments: rounding eats no row."""
    using, events, as_of = one
    using = replace(using, installment_multiple_minor=multiple)
    left = _life(using, events, as_of).outstanding_principal_minor
    if left < 100 * installments:  # less than a yuan a row
        return
    plan = {"method": method, "installments": installments, "every": 1, "unit": "month"}
    asked = Happening(len(events) + 1, "restructure", as_of, plan=plan)
    new = _life(using, [*events, asked], as_of).rows[-installments:]
    assert sum(row.principal_minor for row in new) == left
    assert min(row.unpaid_minor for row in new) > 0
    assert [row.paid_off_on for row in new] == [None] * installments
