"""Laws of a discount: somebody else bears a part of the interest, and nothing is lost or made."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.allocation import Component
from credit.domain.cost_sheet import apr_of, plan_of
from credit.domain.derived import Derived, Happening
from credit.domain.discounts import DiscountTerms, Payer
from credit.domain.options import STANDARD_OPTIONS, BadTerms
from credit.domain.terms import DrawdownTerms
from credit.enums import AccountCode
from credit.queries.balances import balances, difference
from tests.credit.domain.test_derive import SEED, capture, life, pay, payments, terms, weekday


def off(
    share: str = "1", cap: int = 10_000, days: int | None = None, *, partner: str = "0"
) -> DiscountTerms:
    return DiscountTerms(
        share_rate=Decimal(share), cap_minor=cap, days=days, partner_share_rate=Decimal(partner)
    )


discounts = st.builds(
    off,
    st.sampled_from(["1", "0.5", "0.333", "0.01"]),
    st.sampled_from([1, 777, 10_000, 10**9]),
    st.sampled_from([None, 1, 7, 30, 400]),
    partner=st.sampled_from(["0", "0.6", "1"]),
)
priced = st.builds(
    terms,
    st.sampled_from(sorted(STANDARD_OPTIONS)),
    st.sampled_from(["0.072", "0.12", "0.24"]),
    free_days=st.sampled_from([0, 15]),
)
amounts = st.integers(1, 50_000_000)


@given(priced, discounts, amounts, st.integers(0, 700))
def test_what_the_merchant_owes_and_what_is_borne_is_what_it_costs_without(
    using: DrawdownTerms, discount: DiscountTerms, amount: int, days: int
) -> None:
    as_of = SEED + timedelta(days=days)
    plain = life(using, capture(amount), as_of=as_of)
    with_it = life(replace(using, discount=discount), capture(amount), as_of=as_of)
    borne = with_it.discount_minor - sum(with_it.discount_to_come(row) for row in with_it.rows)
    assert with_it.payoff_minor + borne == plain.payoff_minor
    assert [(r.principal_minor, r.interest_minor) for r in with_it.rows] == [
        (r.principal_minor, r.interest_minor) for r in plain.rows
    ]
    asked = sum(row.unpaid_minor for row in with_it.rows)
    assert asked + with_it.discount_minor == sum(row.unpaid_minor for row in plain.rows)
    assert with_it.payoff_minor >= with_it.outstanding_principal_minor
    assert sum(with_it.borne.values()) == with_it.discount_minor


@given(priced, discounts, amounts, payments, st.integers(0, 500), st.integers(0, 20_000_000))
def test_it_never_passes_its_cap_nor_the_interest_whatever_happens(
    using: DrawdownTerms,
    discount: DiscountTerms,
    amount: int,
    paid: list[tuple[int, int]],
    days: int,
    back: int,
) -> None:
    events = [capture(amount)]
    events += [
        pay(minor, SEED + timedelta(days=on), seq) for seq, (on, minor) in enumerate(paid, 2)
    ]
    if back:
        on = SEED + timedelta(days=days)
        events.append(Happening(99, "refund", on, min(back, amount)))
    answer = life(replace(using, discount=discount), *events, as_of=SEED + timedelta(days=600))
    interest = answer.total("", Component.INTEREST)
    assert answer.discount_minor == sum(row.discount_minor for row in answer.rows)
    assert answer.discount_minor <= min(discount.cap_minor, interest)
    for row in answer.rows:
        assert 0 <= row.discount_minor <= row.waived_interest_minor <= row.interest_minor
        assert row.unpaid(Component.INTEREST) >= 0
    assert sum(balances(answer).values()) == 0
    assert sum(answer.unspent.values()) <= sum(minor for _, minor in paid) + 2 * back


@given(priced, discounts, st.integers(1000, 50_000_000), st.integers(1, 200))
def test_paid_off_on_any_day_the_saving_is_what_was_borne(
    using: DrawdownTerms, discount: DiscountTerms, amount: int, days: int
) -> None:
    on = SEED + timedelta(days=days)
    ended: list[Derived] = []
    for one in (using, replace(using, discount=discount)):
        owed = life(one, capture(amount), as_of=on).payoff_minor
        ended.append(life(one, capture(amount), pay(owed, on), as_of=on))
    plain, with_it = ended
    assert (plain.paid_off_on, with_it.paid_off_on) == (on, on)
    assert with_it.payoff_minor == 0
    assert plain.credited["repayment"] - with_it.credited["repayment"] == with_it.discount_minor
    assert AccountCode.INTEREST_RECEIVABLE not in difference(balances(with_it), {})


@given(priced, discounts, st.integers(1000, 50_000_000), st.integers(0, 200), st.integers(1, 100))
def test_goods_that_come_back_never_cost_more_than_without(
    using: DrawdownTerms, discount: DiscountTerms, amount: int, days: int, percent: int
) -> None:
    on = SEED + timedelta(days=days)
    back = Happening(2, "refund", on, max(1, amount * percent // 100))
    plain = life(using, capture(amount), back, as_of=on)
    with_it = life(replace(using, discount=discount), capture(amount), back, as_of=on)
    assert with_it.payoff_minor <= plain.payoff_minor
    assert with_it.payoff_minor + with_it.discount_minor >= plain.payoff_minor


def test_free_days_a_part_and_an_amount_to_the_fen() -> None:
    """¥10,000 for 30 days at 12 %: ¥98.63 of interest, ¥3.29 a day."""
    using = terms("bullet_30", "0.12")
    found = {
        discount: plan_of(
            replace(using, discount=discount), amount_minor=1_000_000, value_on=SEED,
            is_workday=weekday,
        )
        for discount in (off(days=10), off(days=10, cap=2000), off("0.3"), off(cap=5000), off())
    }  # fmt: skip
    assert [plan.discount_minor for plan in found.values()] == [3288, 2000, 2958, 5000, 9863]
    rates = [
        apr_of(plan.rows, amount_minor=1_000_000, value_on=SEED).simple for plan in found.values()
    ]
    assert rates == [
        Decimal(text) for text in ("0.079996", "0.095666", "0.084011", "0.059166", "0")
    ]


def test_what_is_late_is_the_merchants_own() -> None:
    """Penalty runs on the whole overdue principal, and no discount bears it."""
    using = terms("bullet_30", "0.12")
    due_on = date(2026, 2, 4)
    late = due_on + timedelta(days=20)
    plain = life(using, capture(1_000_000), as_of=late)
    with_it = life(replace(using, discount=off()), capture(1_000_000), as_of=late)
    assert with_it.accrued_penalty_minor == plain.accrued_penalty_minor == 9863
    assert with_it.payoff_minor == plain.payoff_minor - 9863


def test_who_bears_it_is_whole() -> None:
    one = replace(off(), partner_share_rate=Decimal("0.333"), operator_share_rate=Decimal("0.333"))
    assert one.borne(100) == {Payer.PARTNER: 33, Payer.OPERATOR: 33, Payer.LENDER: 34}
    two = replace(one, operator_share_rate=Decimal("0.667"))
    assert two.borne(100) == {Payer.PARTNER: 33, Payer.OPERATOR: 67, Payer.LENDER: 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_rate": Decimal(0)},
        {"share_rate": Decimal("1.01")},
        {"cap_minor": 0},
        {"days": 0},
        {"partner_share_rate": Decimal("-0.1")},
        {"partner_share_rate": Decimal("0.6"), "operator_share_rate": Decimal("0.5")},
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadTerms):
        replace(off(), **wrong)  # type: ignore[arg-type]


def test_terms_without_one_say_nothing_of_it() -> None:
    """What was stored before discounts existed is what is stored now."""
    plain = terms()
    assert "discount" not in plain.to_json()
    with_it = replace(plain, discount=off("0.5", 700, 7, partner="0.6"))
    assert DrawdownTerms.from_json(with_it.to_json()) == with_it
    assert DrawdownTerms.from_json(plain.to_json()) == plain
