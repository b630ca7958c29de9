"""Laws of the one pure function, and the days on which lending engines usually go wrong."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.allocation import Component
from credit.domain.amortization import schedule
from credit.domain.derive import derive
from credit.domain.derived import COMPONENTS, Derived, Happening, earned_minor
from credit.domain.options import STANDARD_OPTIONS, BadTerms
from credit.domain.terms import DrawdownTerms, ProductTerms

SEED = date(2026, 1, 5)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def terms(
    code: str = "bullet_30", rate: str = "0.12", *, free_days: int = 0, grace_days: int = 3
) -> DrawdownTerms:
    product = ProductTerms(
        options=tuple(STANDARD_OPTIONS.values()),
        interest_free_days=free_days,
        grace_days=grace_days,
    )
    return DrawdownTerms.of(product, code, Decimal(rate))


def life(using: DrawdownTerms, *events: Happening, as_of: date) -> Derived:
    return derive(using, events, as_of=as_of, is_workday=weekday)


def capture(amount: int, on: date = SEED, seq: int = 1) -> Happening:
    return Happening(seq, "capture", on, amount)


def pay(amount: int, on: date, seq: int = 2) -> Happening:
    return Happening(seq, "repayment", on, amount)


any_terms = st.builds(
    terms,
    st.sampled_from(sorted(STANDARD_OPTIONS)),
    st.sampled_from(["0", "0.0001", "0.072", "0.12", "0.24"]),
    free_days=st.sampled_from([0, 7, 15, 45]),
    grace_days=st.integers(0, 5),
)
amounts = st.integers(1, 50_000_000)
payments = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 20_000_000)), max_size=6)


@st.composite
def lives(draw: st.DrawFn) -> tuple[DrawdownTerms, list[Happening]]:
    using = draw(any_terms)
    events = [capture(draw(amounts))]
    for seq, (days, amount) in enumerate(sorted(draw(payments)), start=2):
        events.append(pay(amount, SEED + timedelta(days=days), seq))
    return using, events


@given(any_terms, st.integers(100, 50_000_000))
def test_the_plan_is_the_schedule(using: DrawdownTerms, amount: int) -> None:
    plan = schedule(
        using.schedule_terms(SEED), principal_minor=amount, drawn_on=SEED, is_workday=weekday,
        working_day_rule=using.working_day_rule,
    )  # fmt: skip
    rows = life(using, capture(amount), as_of=SEED).rows
    assert [(r.seq, r.due_on, r.principal_minor) for r in rows] == [
        (r.seq, r.due_on, r.principal_minor) for r in plan
    ]
    if using.interest_free_days <= 31:
        assert [r.interest_minor for r in rows] == [r.interest_minor for r in plan]


@given(lives(), st.integers(0, 700))
def test_every_component_is_paid_at_most_once(
    one: tuple[DrawdownTerms, list[Happening]], days: int
) -> None:
    using, events = one
    as_of = SEED + timedelta(days=days)
    happened = [event for event in events if event.value_on <= as_of]
    answer = life(using, *happened, as_of=as_of)
    for row in answer.rows:
        for component in COMPONENTS:
            owed = getattr(row, f"{component}_minor")
            paid = getattr(row, f"paid_{component}_minor")
            assert 0 <= paid <= owed
    assert sum(r.principal_minor for r in answer.rows) == events[0].amount_minor
    for event in happened[1:]:
        taken = sum(t.amount_minor for t in answer.taken if t.event_seq == event.seq)
        assert taken + answer.unspent.get(event.seq, 0) == event.amount_minor


@given(lives())
def test_a_payoff_on_any_day_ends_it(one: tuple[DrawdownTerms, list[Happening]]) -> None:
    using, events = one
    as_of = max(event.value_on for event in events)
    owed = life(using, *events, as_of=as_of).payoff_minor
    if owed:
        ended = life(using, *events, pay(owed, as_of, 99), as_of=as_of)
        assert ended.payoff_minor == 0
        assert ended.paid_off_on == as_of
        assert ended.unspent.get(99, 0) == 0
        assert ended.accrued_interest_minor == sum(r.interest_minor for r in ended.rows)


@given(lives(), st.integers(0, 400))
def test_interest_earned_day_by_day_is_interest_earned_at_once(
    one: tuple[DrawdownTerms, list[Happening]], days: int
) -> None:
    """What the daily close posts: Σ round(to its end) − Σ round(before), never Σ round(day)."""
    using, events = one
    end = max(e.value_on for e in events) + timedelta(days=days)
    answer = life(using, *events, as_of=end)
    for segment in answer.segments:
        last = min(segment.to_on, end)
        steps = 0
        day = segment.from_on
        while day < last:
            after = day + timedelta(days=1)
            steps += segment.earned_minor(after)
            steps -= segment.earned_minor(day)
            day = after
        assert steps == segment.earned_minor(last)


@given(lives())
def test_segments_of_a_kind_and_row_never_overlap(
    one: tuple[DrawdownTerms, list[Happening]],
) -> None:
    using, events = one
    answer = life(using, *events, as_of=SEED + timedelta(days=600))
    interest = sorted((s.from_on, s.to_on) for s in answer.segments if s.kind == "interest")
    assert all(a[1] <= b[0] for a, b in pairwise(interest))


@given(st.integers(1, 10**9), st.integers(0, 4000))
def test_rounding_is_half_up(base: int, days: int) -> None:
    exact = Decimal(base) * Decimal("0.12") * days / 365
    assert abs(earned_minor(base, Decimal("0.12"), days, 365) - exact) <= Decimal("0.5")


def test_a_later_payment_never_lowers_interest() -> None:
    early = life(terms(), capture(1_000_000), pay(500_000, SEED + timedelta(10)), as_of=SEED)
    late = life(terms(), capture(1_000_000), pay(500_000, SEED + timedelta(20)), as_of=SEED)
    assert early.rows[0].interest_minor < late.rows[0].interest_minor


def test_month_end_is_clamped_from_the_seed() -> None:
    rows = life(terms("equal_3"), capture(300_000, date(2028, 1, 31)), as_of=SEED).rows
    assert [r.seed_due_on for r in rows] == [
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_a_due_date_on_a_weekend_moves_and_its_interest_does_not() -> None:
    (row,) = life(terms(), capture(1_000_000, date(2026, 1, 1)), as_of=SEED).rows
    assert (row.seed_due_on, row.due_on) == (date(2026, 1, 31), date(2026, 2, 2))
    assert row.interest_minor == earned_minor(1_000_000, Decimal("0.12"), 30, 365)


@pytest.mark.parametrize(("days_late", "days_charged"), [(3, 0), (4, 4), (10, 10)])
def test_grace_forgives_or_counts_from_the_due_date(days_late: int, days_charged: int) -> None:
    due = SEED + timedelta(days=30)
    answer = life(terms(), capture(1_000_000), as_of=due + timedelta(days=days_late))
    assert answer.accrued_penalty_minor == earned_minor(
        1_000_000, Decimal("0.18"), days_charged, 365
    )


def test_a_first_installment_left_unpaid_loses_no_interest() -> None:
    """It stays in its own row, and the rows after it earn what the plan says."""
    using, drawn = terms("equal_3"), capture(900_000)
    asked = [row.interest_minor for row in life(using, drawn, as_of=SEED).rows]
    assert asked == [9_173, 5_553, 3_087]
    earned = {day: life(using, drawn, as_of=day) for day in
              (date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 6), date(2026, 7, 1))}  # fmt: skip
    assert [one.accrued_interest_minor for one in earned.values()] == [
        9_173,
        14_726,
        17_813,
        17_813,
    ]
    for one in earned.values():
        assert [row.interest_minor for row in one.rows] == asked
        assert [row.unpaid(Component.INTEREST) for row in one.rows] == asked
    last = earned[date(2026, 7, 1)]
    assert last.payoff_minor == 900_000 + sum(asked) + last.accrued_penalty_minor


def test_an_overpayment_is_left_unspent() -> None:
    answer = life(terms(rate="0"), capture(100), pay(150, SEED), as_of=SEED)
    assert answer.unspent == {2: 50}
    assert answer.paid_off_on == SEED


def test_an_early_payment_pays_the_interest_earned_so_far_first() -> None:
    day = SEED + timedelta(days=10)
    answer = life(terms(), capture(1_000_000), pay(500_000, day), as_of=day)
    earned = earned_minor(1_000_000, Decimal("0.12"), 10, 365)
    assert [(t.component, t.amount_minor) for t in answer.taken] == [
        ("interest", earned), ("principal", 500_000 - earned),
    ]  # fmt: skip
    rest = earned_minor(500_000 + earned, Decimal("0.12"), 20, 365)
    assert answer.rows[0].interest_minor == earned + rest


def test_terms_survive_their_json() -> None:
    using = terms("equal_6", free_days=7)
    assert DrawdownTerms.from_json(using.to_json()) == using


@pytest.mark.parametrize(
    "change",
    [{"options": ()}, {"grace_days": 31}, {"penalty_multiplier": Decimal("0.9")},
     {"minimum_minor": 0}, {"interest_free_days": -1}],
)  # fmt: skip
def test_terms_that_contradict_themselves_are_refused(change: dict[str, object]) -> None:
    good: dict[str, object] = {"options": tuple(STANDARD_OPTIONS.values())}
    with pytest.raises(BadTerms):
        ProductTerms(**{**good, **change})  # type: ignore[arg-type]


def test_nothing_captured_has_no_plan() -> None:
    with pytest.raises(ValueError, match="nothing was captured"):
        life(terms(), as_of=SEED)
