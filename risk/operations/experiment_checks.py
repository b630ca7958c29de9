"""The nightly look at the experiment that runs: whether it has to end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from platform_app.kernel import locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.experiment import CONTROL
from risk.enums import ExperimentStatus
from risk.models import Experiment
from risk.operations.experiments import finish
from risk.queries.champions import champions
from risk.queries.experiment_figures import matured_by_arm
from risk.scoring.performance import jeffreys
from risk.values import CreditOutcome

UNTIL: Final = "until"
OTHER_CONTROL: Final = "other_control"
BAD_COUNT: Final = "bad_count"
BAD_RATE: Final = "bad_rate"


@transaction.atomic
def check_experiment(
    *, outcomes: Sequence[CreditOutcome], actor: str, at: datetime
) -> Experiment | None:
    """End the running experiment when its time, its control or its stop rule says so.

    `outcomes` are those that have matured. Its reason is one of the codes here. None when nothing
    ended. Raises NoChampion.
    """
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    experiment = (
        Experiment.objects.select_for_update().filter(status=ExperimentStatus.RUNNING).first()
    )
    if experiment is None:
        return None
    if experiment.until_at <= at:
        return finish(experiment, ExperimentStatus.ENDED, UNTIL, actor=actor, at=at)
    reason = _reason(experiment, outcomes)
    if not reason:
        return None
    return finish(experiment, ExperimentStatus.STOPPED, reason, actor=actor, at=at)


def _reason(experiment: Experiment, outcomes: Sequence[CreditOutcome]) -> str:
    in_force = champions()
    control = (experiment.control_policy_id, experiment.control_scorecard_id)
    if control != (in_force.policy_id, in_force.scorecard_id):
        return OTHER_CONTROL
    for arm, found in matured_by_arm(experiment, outcomes).items():
        if arm == CONTROL:
            continue
        if found.bad_count >= experiment.stop_bad_count:
            return BAD_COUNT
        if found.count and jeffreys(found.bad_count, found.count)[0] > experiment.stop_bad_rate:
            return BAD_RATE
    return ""
