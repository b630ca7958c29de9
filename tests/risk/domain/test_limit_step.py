"""The step from one limit to the next: never fluttering, never below what is taken."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.limit_step import Standing, Step, next_step
from risk.enums import LimitAction, Outcome

DAY = date(2026, 5, 20)
STEP = 100_000


def stepped(
    limit: int = 10_000_000, target: int = 10_000_000, *, taken: int = 0, is_frozen: bool = False,
    raised_days_ago: int | None = None, outcome: Outcome = Outcome.APPROVE, warns: bool = False,
    freezes: bool = False,
) -> Step:  # fmt: skip
    last = None if raised_days_ago is None else DAY - timedelta(days=raised_days_ago)
    return next_step(
        Standing(limit_minor=limit, taken_minor=taken, is_frozen=is_frozen, last_raise_on=last),
        outcome=outcome, target_minor=target, warns=warns,
        freezes=freezes, step_minor=STEP, on=DAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "action", "limit"),
    [
        ({"target": 10_900_000}, "keep", 10_000_000),  # less than a tenth
        ({"target": 11_000_000}, "raise", 11_000_000),
        ({"target": 50_000_000}, "raise", 13_000_000),  # a third at most
        ({"target": 50_000_000, "raised_days_ago": 29}, "keep", 10_000_000),
        ({"target": 50_000_000, "raised_days_ago": 30}, "raise", 13_000_000),
        ({"target": 4_000_000}, "keep", 10_000_000),  # no sign, no cut
        ({"target": 4_000_000, "warns": True}, "cut", 4_000_000),
        ({"target": 4_000_000, "warns": True, "taken": 6_050_000}, "cut", 6_100_000),
        ({"target": 4_000_000, "warns": True, "taken": 9_950_000}, "freeze", 10_000_000),
        ({"target": 50_000_000, "warns": True}, "keep", 10_000_000),
        ({"freezes": True, "warns": True}, "freeze", 10_000_000),
        ({"freezes": True, "warns": True, "is_frozen": True}, "keep", 10_000_000),
        ({"warns": True, "outcome": Outcome.DECLINE}, "freeze", 10_000_000),
        ({"target": 4_000_000, "warns": True, "outcome": Outcome.REFER}, "cut", 4_000_000),
        ({"target": 50_000_000, "outcome": Outcome.REFER}, "keep", 10_000_000),
        ({"outcome": Outcome.DECLINE}, "keep", 10_000_000),
        ({"is_frozen": True}, "resume", 10_000_000),
        ({"is_frozen": True, "outcome": Outcome.DECLINE}, "keep", 10_000_000),
        ({"limit": 200_000, "target": 1_000_000}, "raise", 300_000),  # a step at least
    ],
)
def test_the_rules(facts: dict[str, int], action: str, limit: int) -> None:
    assert stepped(**facts) == Step(LimitAction(action), limit)  # type: ignore[arg-type]


@given(
    limit=st.integers(0, 500).map(lambda n: n * STEP),
    target=st.integers(0, 500).map(lambda n: n * STEP),
    taken=st.integers(0, 60_000_000),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    outcome=st.sampled_from(list(Outcome)),
    raised=st.none() | st.integers(0, 90),
)
def test_what_always_holds(
    limit: int, target: int, taken: int, flags: tuple[bool, bool, bool], outcome: Outcome,
    raised: int | None,
) -> None:  # fmt: skip
    warns, freezes, is_frozen = flags
    step = stepped(
        limit, target, taken=taken, is_frozen=is_frozen, raised_days_ago=raised, outcome=outcome,
        warns=warns or freezes, freezes=freezes,
    )  # fmt: skip
    assert step.limit_minor % STEP == 0
    if step.action == LimitAction.RAISE:
        assert outcome == Outcome.APPROVE
        assert not warns
        assert limit < step.limit_minor <= max(target, 0)
        assert step.limit_minor <= max(limit * 13 / 10, limit + STEP)
    elif step.action == LimitAction.CUT:
        assert step.limit_minor < limit
        assert step.limit_minor >= min(taken, limit)
        assert warns
    else:
        assert step.limit_minor == limit
