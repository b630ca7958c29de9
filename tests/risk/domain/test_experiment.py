"""Arms: the same company always in the same one, in the shares that were asked for."""

import hashlib
from decimal import Decimal

import pytest
from scipy.stats import chisquare

from risk.domain.experiment import Arm, arm_at, arm_from, explored, place_of, told_of, trial_in
from risk.domain.verdict import Verdict
from risk.enums import ArmKind, Outcome

ARMS = (
    Arm(name="control", kind=ArmKind.CONTROL, share=5_700),
    Arm(name="b", kind=ArmKind.POLICY, share=4_000, version_id="pol_x", version_sha256="s"),
    Arm(name="explore", kind=ArmKind.EXPLORE, share=300, max_pd=Decimal("0.2"), limit_minor=9),
)


def counts(salt: str, firms: int) -> list[int]:
    found = [arm_at(ARMS, place_of(salt, f"91330000MA{n:08d}")).name for n in range(firms)]
    return [found.count(arm.name) for arm in ARMS]


@pytest.mark.parametrize("salt", ["exp_a", "exp_b", "exp_c"])
def test_companies_spread_as_the_shares_say(salt: str) -> None:
    seen = counts(salt, 20_000)
    p_value = chisquare(seen, [20_000 * arm.share / 10_000 for arm in ARMS]).pvalue
    assert p_value > 0.001
    assert counts(salt, 20_000) == seen


def test_two_experiments_do_not_follow_each_other() -> None:
    places = [(place_of("exp_a", f"F{n}"), place_of("exp_b", f"F{n}")) for n in range(10_000)]
    both = sum(one < 5_000 and other < 5_000 for one, other in places)
    assert chisquare([both, 10_000 - both], [2_500, 7_500]).pvalue > 0.001


def test_the_places_of_an_arm_are_fixed() -> None:
    assert place_of("exp_a", "91330000MA00000001") == PLACE
    edges = [arm_at(ARMS, place).name for place in (0, 5_699, 5_700, 9_699, 9_700, 9_999)]
    assert edges == ["control", "control", "b", "b", "explore", "explore"]
    with pytest.raises(ValueError, match="whole"):
        arm_at(ARMS[:2], 9_700)


HASH = hashlib.sha256(b"exp_a:91330000MA00000001").hexdigest()
PLACE = int(HASH, 16) % 10_000


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.name)
def test_an_arm_is_read_back_as_it_was_written(arm: Arm) -> None:
    assert arm_from(arm.as_json()) == arm


def test_only_the_row_that_declined_is_explored() -> None:
    verdict = Verdict(
        score=500, pd=Decimal("0.15"), grade="E", outcome=Outcome.DECLINE,
        rule_hits=["a", "b", "c", "grade-e"], bounds={}, binding_bound="", limit_minor=0,
        annual_rate=Decimal(0), reasons=["overall_assessment"],
    )  # fmt: skip
    assert told_of("exp_1", ARMS[0], None) == {"id": "exp_1", "arm": "control", "propensity": 5700}
    given = {"row": "grade-e", "limit_minor": 100_000, "annual_rate": "0.11400000", "cost_minor": 9}
    stored = {"experiment": {"id": "exp_1", "arm": "explore", "propensity": 300, "explored": given}}
    found = explored(verdict, stored)
    assert (found.outcome, found.limit_minor, found.annual_rate) == (
        Outcome.APPROVE, 100_000, Decimal("0.114"),
    )  # fmt: skip
    assert found.rule_hits == ["a", "b", "c", "grade-e", "exploration"]
    assert (found.bounds, found.binding_bound, found.reasons) == (
        {"exploration": 100_000}, "exploration", [],
    )  # fmt: skip
    elsewhere = stored["experiment"] | {"explored": given | {"row": "overdue-now"}}
    for other in ({}, {"experiment": elsewhere}, {"experiment": told_of("e", ARMS[2], None)}):
        assert explored(verdict, other) == verdict
    assert trial_in({"trade": {}}) == {}
