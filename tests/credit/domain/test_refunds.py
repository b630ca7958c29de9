"""Laws of goods that come back: in how many pieces they come makes no fen of difference."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from credit.domain.derived import FOREVER, Derived, Happening
from credit.domain.discounts import DiscountTerms
from credit.domain.terms import DrawdownTerms, OverdueInterest
from tests.credit.domain.test_changes import plain
from tests.credit.domain.test_derive import SEED, capture, life, terms
from tests.credit.domain.test_discounts import amounts, discounts, off, priced


def returned(using: DrawdownTerms, amount: int, pieces: list[tuple[int, int]]) -> Derived:
    """A drawdown of which pieces (day, fen) came back, as it stands on the day of the last."""
    back = [
        Happening(seq, "refund", SEED + timedelta(days=day), minor)
        for seq, (day, minor) in enumerate(pieces, start=2)
    ]
    return life(using, capture(amount), *back, as_of=SEED + timedelta(days=pieces[-1][0]))


def planned(answer: Derived) -> int:
    return sum(row.interest_minor for row in answer.rows)


def pieces_of(amount: int, cuts: list[int], days: list[int]) -> list[tuple[int, int]]:
    ends = [*sorted(cut % (amount + 1) for cut in cuts), amount]
    minors = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    whole = sorted((*days, *[days[-1]] * len(minors)))[: len(minors)]
    return [(day, minor) for day, minor in zip(whole, minors, strict=True) if minor]


@given(
    priced,
    st.none() | discounts,
    amounts,
    st.lists(st.integers(0, 50_000_000), max_size=4),
    st.lists(st.integers(0, 25), min_size=1, max_size=5),
)
def test_whatever_comes_back_whole_leaves_nothing_owed(  # the first due day is day 30 or later
    using: DrawdownTerms,
    discount: DiscountTerms | None,
    amount: int,
    cuts: list[int],
    days: list[int],
) -> None:
    using = replace(using, discount=discount)
    answer = returned(using, amount, pieces_of(amount, cuts, days))
    assert answer.payoff_minor == 0
    assert sum(answer.unspent.values()) == 0
    assert sum(answer.interest_back.values()) == planned(answer) - answer.discount_minor


@given(priced, st.none() | discounts, amounts, st.integers(0, 25), st.integers(0, 50_000_000))
def test_two_pieces_of_a_day_are_one(
    using: DrawdownTerms, discount: DiscountTerms | None, amount: int, day: int, cut: int
) -> None:
    using = replace(using, discount=discount)
    first, second = cut % (amount + 1) // 2, (amount - cut % (amount + 1)) // 2
    if not first or not second:
        return
    one = returned(using, amount, [(day, first + second)])
    two = returned(using, amount, [(day, first), (day, second)])
    assert sum(two.interest_back.values()) == sum(one.interest_back.values())
    assert two.payoff_minor == one.payoff_minor
    assert [row.unpaid_minor for row in two.rows] == [row.unpaid_minor for row in one.rows]


@given(
    priced,
    amounts,
    st.integers(26, 120),
    st.integers(0, 50_000_000),
    st.sampled_from(OverdueInterest),
)
def test_late_goods_in_two_pieces_are_one(
    using: DrawdownTerms, amount: int, day: int, cut: int, late: OverdueInterest
) -> None:
    """What ran on overdue rows stays, and no day of the schedule is given back twice."""
    using = replace(using, overdue_interest=late)
    first = cut % (amount + 1) // 2
    if not first:
        return
    one = returned(using, amount, [(day, amount)])
    two = returned(using, amount, [(day, first), (day, amount - first)])
    assert sum(two.interest_back.values()) == sum(one.interest_back.values())
    assert two.payoff_minor == one.payoff_minor
    borne = sum(part.earned_minor(FOREVER) for part in one.segments if part.kind == "interest")
    assert sum(one.interest_back.values()) <= borne


@given(
    amounts,
    st.lists(st.integers(0, 50_000_000), max_size=4),
    st.lists(st.integers(0, 25), min_size=1),
)
def test_flat_goods_that_come_back_leave_nothing_owed(
    amount: int, cuts: list[int], days: list[int]
) -> None:
    answer = returned(plain("flat_6"), amount, pieces_of(amount, cuts, days))
    assert (answer.payoff_minor, sum(answer.unspent.values())) == (0, 0)


def test_flat_interest_of_half_the_goods_is_half_a_month() -> None:
    """The last three rows came back; each month that is left asks as of a drawdown of half."""
    half = returned(plain("flat_6"), 2_000_000, [(0, 1_000_000)])
    small = life(plain("flat_6"), capture(1_000_000), as_of=SEED)
    monthly = [row.interest_minor for row in small.rows]
    assert [row.interest_minor for row in half.rows] == [*monthly[:3], 0, 0, 0]


def test_a_coupon_bears_its_part_once_however_the_goods_come_back() -> None:
    using = replace(terms("bullet_60", "0.072"), discount=off("1", 1_900))
    for pieces in ([(30, 1_000_000)], [(30, 500_000), (37, 500_000)], [(30, 250_000)] * 4):
        answer = returned(using, 1_000_000, pieces)
        assert (answer.payoff_minor, answer.discount_minor) == (0, 1_900)


def test_free_days_of_a_coupon_end_where_they_ended_before_a_new_plan() -> None:
    using = replace(terms("bullet_60", "0.072", free_days=15), discount=off("1", 10_000, 7))
    plan = {"installments": 3, "every": 1, "unit": "month", "method": "equal_installment"}
    new = Happening(2, "restructure", SEED + timedelta(days=10), plan=plan)
    before = life(using, capture(1_000_000), as_of=SEED)
    after = life(using, capture(1_000_000), new, as_of=SEED + timedelta(days=10))
    assert before.discount_minor == after.discount_minor == 1_381
