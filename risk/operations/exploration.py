"""Which arm each merchant is decided in, and lending a little to some whom the score declined.

Lock order: the tenant's decision chain, then the experiment whose budget is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from platform_app.kernel import locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.experiment import Arm, Grant, near_cut, told_of
from risk.domain.verdict import Verdict
from risk.enums import ArmKind, ExperimentStatus, Purpose
from risk.models import Experiment, ExplorationGrant
from risk.queries.champions import Champions
from risk.queries.experiments import Running, companies, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The versions in force, the experiment that runs, and the arms of the merchants asked for."""

    in_force: Champions
    running: Running | None = None
    arms: Mapping[str, Arm] = field(default_factory=dict)

    def used_for(self, merchant_id: str) -> Champions:
        """The versions that decide for a merchant."""
        arm = self.arms.get(merchant_id)
        return self.in_force if arm is None or self.running is None else self.running.used[arm.name]


def trial(merchant_ids: Sequence[str], in_force: Champions, *, at: datetime) -> Trial:
    """The arm of each of these merchants; a merchant without a registration number is in none."""
    found = running(in_force, at=at)
    if found is None:
        return Trial(in_force=in_force)
    arms = {one: found.arm_of(company) for one, company in companies(merchant_ids).items()}
    return Trial(in_force=in_force, running=found, arms=arms)


def tell(
    drawn: Trial, merchant_id: str, purpose: Purpose, judged: Verdict, *, stands: bool, at: datetime
) -> dict[str, Any]:
    """What the snapshot of a decision says of its experiment; empty outside of one.

    An application that the score alone declined is explored in the arm that explores, unless a stop
    or a list stands; the expected loss is taken from the budget inside the caller's transaction.
    """
    arm = drawn.arms.get(merchant_id)
    if arm is None or drawn.running is None:
        return {}
    grant = None
    if arm.kind == ArmKind.EXPLORE and purpose == Purpose.APPLICATION and not stands:
        wanted = near_cut(judged, drawn.used_for(merchant_id).policy, arm)
        if wanted is not None:
            grant = _granted(drawn.running.id, merchant_id, arm, wanted, judged, at=at)
    return told_of(drawn.running.id, arm, grant)


def _granted(
    experiment_id: str, merchant_id: str, arm: Arm, wanted: Grant, judged: Verdict, *, at: datetime
) -> Grant | None:
    """The grant there is or a new one; None when the budget has no room or somebody stopped it."""
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    told = {"experiment_id": experiment_id, "merchant_id": merchant_id}
    before = ExplorationGrant.objects.filter(**told).first()
    if before is not None:
        return Grant(
            row=wanted.row, limit_minor=min(before.limit_minor, wanted.limit_minor),
            annual_rate=wanted.annual_rate, cost_minor=before.cost_minor,
        )  # fmt: skip
    room = Experiment.objects.filter(
        pk=experiment_id, status=ExperimentStatus.RUNNING,
        spent_minor__lte=F("budget_minor") - wanted.cost_minor,
    )  # fmt: skip
    if not room.update(spent_minor=F("spent_minor") + wanted.cost_minor):
        return None
    ExplorationGrant.objects.create(
        **told, arm=arm.name, propensity=arm.share, row=wanted.row, pd=judged.pd,
        limit_minor=wanted.limit_minor, annual_rate=wanted.annual_rate,
        cost_minor=wanted.cost_minor, granted_at=at,
    )  # fmt: skip
    return wanted
