"""Days past due stand on exactly one step, whatever the steps are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.delinquency import (
    BUCKETS,
    CLASSES,
    STAGES,
    BadLadder,
    Ladder,
    Step,
    bucket_ladder,
    classify,
    days_past_due,
    is_overdue,
)

DUE = date(2026, 4, 1)
starts_of_ladders = st.lists(
    st.integers(min_value=1, max_value=9_999), unique=True, max_size=12
).map(lambda later: (0, *sorted(later)))
days = st.integers(min_value=0, max_value=20_000)


@given(starts=starts_of_ladders, dpd=days)
def test_intervals_are_disjoint_and_leave_no_gap(starts: tuple[int, ...], dpd: int) -> None:
    cut = bucket_ladder(starts)

    holding = [code for low, high, code in cut.intervals() if low <= dpd < (high or dpd + 1)]

    assert holding == [cut.at(dpd).code]


@given(one=days, more=days)
def test_more_days_never_stand_on_an_earlier_step(one: int, more: int) -> None:
    for ladder in (BUCKETS, STAGES, CLASSES):
        assert ladder.at(one).from_dpd <= ladder.at(one + more).from_dpd


@pytest.mark.parametrize(
    ("dpd", "bucket", "stage", "debt_class"),
    [
        (0, "current", "remind", "normal"),
        (1, "1-7", "remind", "special_mention"),
        (7, "1-7", "remind", "special_mention"),
        (8, "8-30", "call", "special_mention"),
        (30, "8-30", "call", "special_mention"),
        (31, "31-60", "negotiate", "special_mention"),
        (61, "61-90", "notice", "special_mention"),
        (90, "61-90", "notice", "special_mention"),
        (91, "91-180", "recover", "substandard"),
        (180, "91-180", "recover", "substandard"),
        (181, "181+", "recover", "substandard"),
        (271, "181+", "recover", "doubtful"),
        (361, "181+", "recover", "loss"),
        (5_000, "181+", "recover", "loss"),
    ],
)
def test_the_standard_ladders(dpd: int, bucket: str, stage: str, debt_class: str) -> None:
    assert BUCKETS.at(dpd).code == bucket
    assert STAGES.at(dpd).code == stage
    assert CLASSES.at(dpd).code == debt_class


@pytest.mark.parametrize("starts", [(), (1, 8), (0, 8, 8), (0, 9, 8), (0, 10_000)], ids=str)
def test_steps_that_are_no_ladder_are_refused(starts: tuple[int, ...]) -> None:
    with pytest.raises(BadLadder):
        bucket_ladder(starts)


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(BadLadder):
        Ladder((Step(0, "same"), Step(5, "same")))


def test_a_bucket_of_one_day_is_named_by_it() -> None:
    assert [step.code for step in bucket_ladder((0, 1, 2, 5)).steps] == [
        "current",
        "1",
        "2-4",
        "5+",
    ]


def test_days_count_from_the_day_after_the_due_date_whatever_the_grace() -> None:
    assert days_past_due(None, DUE) == 0
    assert [days_past_due(DUE, DUE + timedelta(days=n)) for n in (-3, 0, 1, 30)] == [0, 0, 1, 30]
    # a due date on 29 February
    assert days_past_due(date(2028, 2, 29), date(2028, 3, 1)) == 1


@pytest.mark.parametrize(("later", "late"), [(0, False), (3, False), (4, True)])
def test_overdue_begins_after_the_last_day_of_grace(later: int, *, late: bool) -> None:
    assert is_overdue(DUE, 3, DUE + timedelta(days=later)) is late
    assert is_overdue(None, 3, DUE) is False


def test_one_bad_drawdown_marks_all_and_its_cure_frees_them() -> None:
    sick = classify({"a": 95, "b": 2, "c": 0}, CLASSES, 91)
    assert {name: (one.own, one.carried) for name, one in sick.items()} == {
        "a": ("substandard", "substandard"),
        "b": ("special_mention", "substandard"),
        "c": ("normal", "substandard"),
    }
    assert [one.is_infected for one in sick.values()] == [False, True, True]
    cured = classify({"a": 0, "b": 2, "c": 0}, CLASSES, 91)
    assert [one.carried for one in cured.values()] == ["normal", "special_mention", "normal"]


@given(
    dpds=st.dictionaries(st.text(min_size=1), st.integers(0, 500), max_size=6),
    threshold=st.integers(1, 400),
)
def test_contagion_never_makes_a_class_better(dpds: dict[str, int], threshold: int) -> None:
    rank = {step.code: place for place, step in enumerate(CLASSES.steps)}
    graded = classify(dpds, CLASSES, threshold)
    assert all(rank[one.carried] >= rank[one.own] for one in graded.values())
    if max(dpds.values(), default=0) < threshold:
        assert not any(one.is_infected for one in graded.values())
