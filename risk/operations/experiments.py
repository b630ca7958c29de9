"""The life of an experiment: proposed by one, started by another, stopped by anybody or by itself.

Lock order: the tenant's decision chain, then the experiment.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from platform_app.kernel import audit, events, ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import sha256
from risk.domain.experiment import CONTROL, WHOLE, Arm, arm_from
from risk.enums import ArmKind, ExperimentStatus, VersionStatus
from risk.errors import (
    ArmNotReady,
    ExperimentNotFound,
    ExperimentRuns,
    ExperimentStatusWrong,
    InvalidExperiment,
    OtherPersonNeeded,
    WhyNeeded,
)
from risk.models import Experiment, Policy, PolicyBackTest, Scorecard
from risk.queries.champions import champions
from risk.queries.floors import has_floors_of_today

MOST_EXPLORED: Final = 500  # of 10,000
_LIFE: Final = (
    "status", "control_policy", "control_scorecard", "started_by", "started_at", "stopped_by",
    "stopped_at", "stop_reason",
)  # fmt: skip
_USABLE: Final = (VersionStatus.VALIDATED, VersionStatus.SHADOW)


@transaction.atomic
def propose_experiment(  # noqa: PLR0913 -- what an experiment is
    *,
    name: str,
    hypothesis: str,
    arms: Sequence[Arm],
    from_at: datetime,
    until_at: datetime,
    budget_minor: int,
    stop_bad_rate: Decimal,
    stop_bad_count: int,
    actor: str,
    at: datetime,
) -> Experiment:
    """Write an experiment down; nothing is decided by it yet. Budget in fen of expected loss.

    The control gets what the other arms leave of 10,000. Raises InvalidExperiment, ArmNotReady,
    NoChampion.
    """
    experiment_id = ids.new_id("exp")
    control = Arm(name=CONTROL, kind=ArmKind.CONTROL, share=WHOLE - sum(one.share for one in arms))
    whole = [control, *(_versioned(one) for one in arms)]
    _check(name, hypothesis, whole, (from_at, until_at), budget_minor, stop_bad_rate)
    if stop_bad_count < 1:
        raise InvalidExperiment(problem="the count that stops it must be positive")
    experiment: Experiment = Experiment.objects.create(
        id=experiment_id, name=name.strip(), hypothesis=hypothesis.strip(), salt=experiment_id,
        arms=[one.as_json() for one in whole], from_at=from_at, until_at=until_at,
        budget_minor=budget_minor, stop_bad_rate=stop_bad_rate, stop_bad_count=stop_bad_count,
        proposed_by=actor, proposed_at=at,
    )  # fmt: skip
    _tell("proposed", experiment, reason=experiment.hypothesis, actor=actor, at=at)
    return experiment


@transaction.atomic
def start_experiment(*, experiment_id: str, actor: str, at: datetime) -> Experiment:
    """Let its arms decide from `from_at`, against what is in force now. Running, it goes on.

    Raises ExperimentNotFound, ExperimentStatusWrong, OtherPersonNeeded for the proposer,
    ExperimentRuns beside another one, InvalidExperiment once its end has come, ArmNotReady,
    NoChampion.
    """
    experiment = _locked(experiment_id)
    if experiment.status == ExperimentStatus.RUNNING:
        return experiment
    _must_be(experiment, ExperimentStatus.PROPOSED)
    if experiment.proposed_by == actor:
        raise OtherPersonNeeded
    if Experiment.objects.filter(status=ExperimentStatus.RUNNING).exists():
        raise ExperimentRuns
    if experiment.until_at <= at:
        raise InvalidExperiment(field="until_at", problem="its last moment has passed")
    for arm in (arm_from(one) for one in experiment.arms):
        if _versioned(arm) != arm:
            raise ArmNotReady
    in_force = champions()
    experiment.control_policy_id = in_force.policy_id
    experiment.control_scorecard_id = in_force.scorecard_id
    experiment.started_by, experiment.started_at = actor, at
    return _move(experiment, ExperimentStatus.RUNNING, "started", actor=actor, at=at)


@transaction.atomic
def stop_experiment(*, experiment_id: str, reason: str, actor: str, at: datetime) -> Experiment:
    """From the next decision on everybody is decided as in force. One person is enough.

    What was lent stays lent. Stopped already, it stays so. Raises ExperimentNotFound,
    ExperimentStatusWrong once it has ended, WhyNeeded.
    """
    experiment = _locked(experiment_id)
    if experiment.status == ExperimentStatus.STOPPED:
        return experiment
    _must_be(experiment, ExperimentStatus.PROPOSED, ExperimentStatus.RUNNING)
    words = " ".join(reason.split())
    if not words:
        raise WhyNeeded(field="reason")
    return finish(experiment, ExperimentStatus.STOPPED, words, actor=actor, at=at)


def finish(
    experiment: Experiment, status: ExperimentStatus, reason: str, *, actor: str, at: datetime
) -> Experiment:
    """Bring a locked experiment to its end."""
    experiment.stopped_by, experiment.stopped_at, experiment.stop_reason = actor, at, reason
    return _move(experiment, status, str(status), actor=actor, at=at)


def _check(
    name: str, hypothesis: str, arms: Sequence[Arm], when: tuple[datetime, datetime],
    budget_minor: int, stop_bad_rate: Decimal,
) -> None:  # fmt: skip
    explored = [one for one in arms if one.kind == ArmKind.EXPLORE]
    problems = {
        "name": not name.strip(),
        "hypothesis": not hypothesis.strip(),
        "arms": len(arms) < 2 or len({one.name for one in arms}) != len(arms),  # noqa: PLR2004
        "share": any(not 1 <= one.share < WHOLE for one in arms),
        "explored": any(one.share > MOST_EXPLORED for one in explored) or len(explored) > 1,
        "max_pd": any(not 0 < one.max_pd <= 1 for one in explored),
        "limit": any(one.limit_minor < 1 for one in explored),
        "budget": budget_minor < 0 or bool(explored) != (budget_minor > 0),
        "until_at": when[0] >= when[1],
        "stop_bad_rate": not 0 < stop_bad_rate <= 1,
    }
    for field, is_wrong in problems.items():
        if is_wrong:
            raise InvalidExperiment(field=field, problem=field)


def _versioned(arm: Arm) -> Arm:
    """The arm with the hash of its version. Raises ArmNotReady, and NoChampion."""
    if arm.kind not in {ArmKind.POLICY, ArmKind.SCORECARD}:
        return arm
    model = Policy if arm.kind == ArmKind.POLICY else Scorecard
    try:
        row = model.objects.filter(pk=arm.version_id, status__in=_USABLE).first()
    except ValueError:
        row = None
    if row is None or sha256(row.body) != row.sha256:
        raise ArmNotReady
    if isinstance(row, Policy):
        in_force = Policy.objects.get(pk=champions().policy_id)
        tried = PolicyBackTest.objects.filter(policy=row, policy_sha256=row.sha256)
        is_tried = tried.filter(in_force_sha256=in_force.sha256).exists()
        if not is_tried or not has_floors_of_today(row.body):
            raise ArmNotReady
    told = arm.as_json() | {"version_sha256": row.sha256}
    return arm_from(told)


def _locked(experiment_id: str) -> Experiment:
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    try:
        found = Experiment.objects.select_for_update().filter(pk=experiment_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ExperimentNotFound
    return found


def _must_be(experiment: Experiment, *statuses: ExperimentStatus) -> None:
    if experiment.status not in statuses:
        raise ExperimentStatusWrong


def _move(
    experiment: Experiment, status: ExperimentStatus, verb: str, *, actor: str, at: datetime
) -> Experiment:
    experiment.status = status
    experiment.save(update_fields=_LIFE)
    _tell(verb, experiment, reason=experiment.stop_reason, actor=actor, at=at)
    return experiment


def _tell(verb: str, experiment: Experiment, *, reason: str, actor: str, at: datetime) -> None:
    """To the audit chain, and to whoever waits for the event."""
    action = f"risk.experiment.{verb}"
    facts = {
        "name": experiment.name, "status": str(experiment.status), "arms": experiment.arms,
        "spent_minor": experiment.spent_minor,
    }  # fmt: skip
    audit.record(
        actor=actor, action=action, subject=experiment.id, at=at, reason=reason, after=facts
    )
    events.record(
        action, subject=experiment.id, actor=actor, at=at, props={"name": experiment.name}
    )
