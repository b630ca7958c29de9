"""The expected loss: stages and probation, hand numbers, and the laws it keeps."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.expected_loss import (
    MOST_MONTHS,
    STANDARD_PD,
    STANDARD_SCENARIOS,
    STANDARD_SHARES,
    Assumptions,
    Scenario,
    expected_loss,
    lifetime_pd,
    marginal_pds,
    signs_of,
    stage_of,
)
from risk.domain.odds import GRADES

EVEN = (Decimal("0.25"), Decimal("0.25"), *[Decimal("0.05")] * 10)
ONE = (Scenario(name="base", weight=Decimal(1), pd_factor=Decimal(1)),)
PLAIN = Assumptions(
    pd=STANDARD_PD | {"C": Decimal("0.04")}, month_shares=EVEN, lgd=Decimal("0.5"),
    discount_rate=Decimal(0), scenarios=ONE,
)  # fmt: skip
STANDARD = Assumptions(
    pd=STANDARD_PD, month_shares=STANDARD_SHARES, lgd=Decimal("0.6"),
    discount_rate=Decimal("0.09"), scenarios=STANDARD_SCENARIOS,
)  # fmt: skip
DUES = st.lists(st.integers(0, 10**10), min_size=1, max_size=70).filter(any)
STAGES = st.sampled_from([1, 2, 3])


def signs(**changes: Any) -> list[str]:
    clean: dict[str, Any] = {
        "dpd_days": 0, "grade": "B", "grade_then": "B", "is_listed": False, "is_distressed": False,
    }  # fmt: skip
    return signs_of(**clean | changes)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, []),
        ({"dpd_days": 29}, []),
        ({"dpd_days": 30}, ["dpd_30"]),
        ({"dpd_days": 89}, ["dpd_30"]),
        ({"dpd_days": 90}, ["dpd_90"]),
        ({"grade": "C"}, []),
        ({"grade": "D"}, ["worse_grade"]),
        ({"grade": "A", "grade_then": "E"}, []),
        ({"is_listed": True, "is_distressed": True}, ["distress", "listed"]),
    ],
)
def test_signs(changes: dict[str, Any], shown: list[str]) -> None:
    assert signs(**changes) == shown


def test_it_gets_worse_at_once_and_better_a_stage_at_a_time() -> None:
    months: list[Sequence[str]] = [
        [], ["dpd_30"], ["dpd_90"], [], [], [], [], [], [], ["listed"], [],
    ]  # fmt: skip
    stage, clean, told = None, 0, []
    for shown in months:
        stage, clean = stage_of(shown, before=stage, clean_months=clean)
        told.append(stage)
    assert told == [1, 2, 3, 3, 3, 2, 2, 1, 1, 2, 2]


def test_a_month_with_a_sign_begins_the_probation_anew() -> None:
    assert stage_of([], before=3, clean_months=1) == (3, 2)
    assert stage_of(["dpd_90"], before=3, clean_months=2) == (3, 0)
    assert stage_of(["dpd_30"], before=3, clean_months=2) == (2, 0)
    assert stage_of([], before=2, clean_months=1) == (1, 0)


def test_by_hand() -> None:
    # PD 4 %: 1 % in each of two months; out 10,000.00 then 4,000.00; LGD 50 %
    assert expected_loss(PLAIN, stage=1, grade="C", due_minor=[600_000, 400_000]) == 7_000
    # stage 3: LGD × what is out
    assert expected_loss(PLAIN, stage=3, grade="C", due_minor=[600_000, 400_000]) == 500_000
    # all of it in month 14: stage 1 counts 4 % of 12 months, stage 2 another 2 × 1 %
    late = [0] * 13 + [1_000_000]
    assert expected_loss(PLAIN, stage=1, grade="C", due_minor=late) == 20_000
    assert expected_loss(PLAIN, stage=2, grade="C", due_minor=late) == 30_000


def test_discount_and_scenarios_by_hand() -> None:
    twelve = replace(PLAIN, discount_rate=Decimal("0.12"))
    # 1 % × 10,000 / 1.01 + 1 % × 4,000 / 1.01², × 50 % = 49.504… + 19.605…
    assert expected_loss(twelve, stage=1, grade="C", due_minor=[600_000, 400_000]) == 6_911
    two = (
        Scenario(name="a", weight=Decimal("0.75"), pd_factor=Decimal(1)),
        Scenario(name="b", weight=Decimal("0.25"), pd_factor=Decimal(3)),
    )
    both = replace(PLAIN, scenarios=two)
    assert expected_loss(both, stage=1, grade="C", due_minor=[600_000, 400_000]) == 10_500
    assert lifetime_pd(both, "C", 2) == Decimal("0.03000000")


def test_the_months_of_a_year_return_and_nobody_defaults_twice() -> None:
    assert marginal_pds(Decimal("0.04"), Decimal(1), EVEN, 13) == [
        Fraction(1, 100), Fraction(1, 100), *[Fraction(2, 1000)] * 10, Fraction(1, 100),
    ]  # fmt: skip
    certain = marginal_pds(Decimal(1), Decimal(3), EVEN, 24)
    assert (certain[:2], sum(certain)) == ([Fraction(3, 4), Fraction(1, 4)], 1)


@given(due=DUES, grade=st.sampled_from(GRADES), stage=STAGES)
def test_it_is_never_negative_and_never_more_than_what_is_out(
    due: list[int], grade: str, stage: int
) -> None:
    found = expected_loss(STANDARD, stage=stage, grade=grade, due_minor=due)
    assert 0 <= found <= sum(due)


@given(due=DUES, stage=STAGES)
def test_a_worse_grade_never_loses_less(due: list[int], stage: int) -> None:
    found = [expected_loss(STANDARD, stage=stage, grade=one, due_minor=due) for one in GRADES]
    assert found == sorted(found)


@given(due=DUES, grade=st.sampled_from(GRADES))
def test_a_worse_stage_never_loses_less(due: list[int], grade: str) -> None:
    one, two, three = (
        expected_loss(STANDARD, stage=stage, grade=grade, due_minor=due) for stage in (1, 2, 3)
    )
    assert one <= two <= three


@given(due=st.lists(st.integers(0, 10**8), min_size=1, max_size=24).filter(any))
def test_what_is_out_longer_is_expected_to_lose_more(due: list[int]) -> None:
    sooner = [sum(due)]
    assert expected_loss(STANDARD, stage=2, grade="C", due_minor=sooner) <= expected_loss(
        STANDARD, stage=2, grade="C", due_minor=[0, *due]
    )


def test_what_falls_due_very_late_counts_with_the_last_month() -> None:
    long = [0] * (MOST_MONTHS + 9) + [1_000_000]
    last = [0] * (MOST_MONTHS - 1) + [1_000_000]
    assert expected_loss(STANDARD, stage=2, grade="C", due_minor=long) == expected_loss(
        STANDARD, stage=2, grade="C", due_minor=last
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"pd": {"A": Decimal("0.1")}},
        {"pd": STANDARD_PD | {"E": Decimal("1.1")}},
        {"month_shares": EVEN[:-1]},
        {"month_shares": (*EVEN[:-1], Decimal("0.06"))},
        {"scenarios": (*ONE, *ONE)},
        {"scenarios": (replace(ONE[0], pd_factor=Decimal(-1)),)},
        {"discount_rate": Decimal("-0.1")},
        {"lgd": Decimal("1.01")},
    ],
)
def test_assumptions_that_contradict_themselves_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|between|negative|needs"):
        replace(STANDARD, **changes)
