"""Trying something on a share of the companies: which arm a company is in, and what that means.

The arm comes from a hash of the experiment's salt and the company's number, and from nothing else:
the same company is always in the same arm. What an arm made of a decision is kept with its facts,
so that it replays when the experiment is long over.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final

from risk.domain.canonical import rate_text
from risk.domain.limit import floor_to
from risk.domain.odds import grade_of
from risk.domain.policy import OUTCOME, STAGES, PolicyTables, Row
from risk.domain.policy_floor import is_of_a_floor
from risk.domain.verdict import Verdict
from risk.enums import ArmKind, Outcome

WHOLE: Final = 10_000
CONTROL: Final = "control"
TRIAL: Final = "experiment"
BOUND: Final = "exploration"
_SCORED: Final = {"score", "pd", "grade"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm: its share in 1/10,000, and what decides in it.

    Of a policy or scorecard arm the version by id and hash; an exploration has the highest PD it
    lends to and the limit in fen it gives.
    """

    name: str
    kind: ArmKind
    share: int
    version_id: str = ""
    version_sha256: str = ""
    max_pd: Decimal = Decimal(0)
    limit_minor: int = 0

    def as_json(self) -> dict[str, Any]:
        """What the experiment's row keeps."""
        found: dict[str, Any] = {"name": self.name, "kind": str(self.kind), "share": self.share}
        if self.kind in {ArmKind.POLICY, ArmKind.SCORECARD}:
            found |= {"version_id": self.version_id, "version_sha256": self.version_sha256}
        if self.kind == ArmKind.EXPLORE:
            found |= {"max_pd": rate_text(self.max_pd), "limit_minor": self.limit_minor}
        return found


def arm_from(stored: Mapping[str, Any]) -> Arm:
    """The arm that `as_json` wrote."""
    told = dict(stored)
    told["kind"], told["max_pd"] = ArmKind(told["kind"]), Decimal(told.get("max_pd", 0))
    return Arm(**told)


def place_of(salt: str, company: str) -> int:
    """Where a company stands among 10,000 places."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{company}".encode()).digest()) % WHOLE


def arm_at(arms: Sequence[Arm], place: int) -> Arm:
    """The arm of a place: shares are laid out one after the other, in the order of the arms."""
    upper = 0
    for arm in arms:
        upper += arm.share
        if place < upper:
            return arm
    msg = "the shares of the arms do not make the whole"
    raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What exploring gives: the row that declined, limit and expected loss in fen, annual rate."""

    row: str
    limit_minor: int
    annual_rate: Decimal
    cost_minor: int


def near_cut(verdict: Verdict, policy: PolicyTables, arm: Arm) -> Grant | None:
    """What a merchant declined by its score alone would be given; None for everybody else.

    Not one that a rule, a floor or a limit too small declined, nor one whose grade was worsened.
    """
    if verdict.outcome != Outcome.DECLINE or len(verdict.rule_hits) != len(STAGES):
        return None
    row = next(row for row in policy.stages[OUTCOME] if row.id == verdict.rule_hits[-1])
    is_scored = row.outcome == Outcome.DECLINE and grade_of(verdict.pd) == verdict.grade
    if not is_scored or is_of_a_floor(row.id) or not _asks_for_the_score(row):
        return None
    terms = policy.limit
    most = min(arm.limit_minor, terms.max_limit_minor)
    limit = floor_to(terms.step_minor, Fraction(most))
    if limit == 0 or verdict.pd > arm.max_pd:
        return None
    return Grant(
        row=row.id, limit_minor=limit, annual_rate=policy.price[verdict.grade],
        cost_minor=ceil(Fraction(verdict.pd) * Fraction(terms.lgd) * limit),
    )  # fmt: skip


def with_trial(stored: dict[str, Any], told: Mapping[str, Any] | None) -> dict[str, Any]:
    """The snapshot with experiment, arm and propensity; unchanged, to the byte, without one."""
    return stored | {TRIAL: dict(told)} if told else stored


def trial_in(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The experiment a snapshot was taken in; empty without one."""
    return dict(stored.get(TRIAL, {}))


def told_of(experiment_id: str, arm: Arm, grant: Grant | None) -> dict[str, Any]:
    """What a snapshot keeps of an arm; `propensity` is the arm's share in 1/10,000."""
    told: dict[str, Any] = {"id": experiment_id, "arm": arm.name, "propensity": arm.share}
    if grant is None:
        return told
    return told | {
        "explored": {
            "row": grant.row, "limit_minor": grant.limit_minor,
            "annual_rate": rate_text(grant.annual_rate), "cost_minor": grant.cost_minor,
        }
    }  # fmt: skip


def explored(verdict: Verdict, stored: Mapping[str, Any]) -> Verdict:
    """The verdict in its arm: what this very row declined is approved where it is explored."""
    found = trial_in(stored).get("explored")
    if not found or verdict.outcome != Outcome.DECLINE or verdict.rule_hits[-1] != found["row"]:
        return verdict
    return replace(
        verdict, outcome=Outcome.APPROVE, rule_hits=[*verdict.rule_hits, BOUND],
        bounds={BOUND: found["limit_minor"]}, binding_bound=BOUND,
        limit_minor=found["limit_minor"], annual_rate=Decimal(found["annual_rate"]), reasons=[],
    )  # fmt: skip


def _asks_for_the_score(row: Row) -> bool:
    asked = {fact for fact, cell in row.when if cell.kind != "any"}
    return bool(asked) and asked <= _SCORED
