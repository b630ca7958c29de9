"""Experiments: the one that runs, ready to draw from; and all of them for a risk officer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from risk.domain.experiment import Arm, arm_at, arm_from, place_of
from risk.enums import ArmKind, ExperimentStatus, VersionStatus
from risk.errors import ExperimentNotFound, InvalidPolicy, InvalidScorecard
from risk.models import Experiment, Policy, Scorecard
from risk.queries.champions import Champions, card_of, policy_tables
from tenants.models import Merchant

logger = structlog.get_logger(__name__)
_USABLE = (VersionStatus.VALIDATED, VersionStatus.SHADOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The experiment that runs, and the versions that decide in each of its arms by name."""

    id: str
    salt: str
    arms: tuple[Arm, ...]
    used: Mapping[str, Champions]

    def arm_of(self, company: str) -> Arm:
        """The arm of a company, by its registration number."""
        return arm_at(self.arms, place_of(self.salt, company))


def running(in_force: Champions, *, at: datetime) -> Running | None:
    """The experiment of the moment; None without one, and when its control is no longer in force.

    One whose version was retired, or cannot be read, decides nothing, and that is logged.
    """
    row = Experiment.objects.filter(
        status=ExperimentStatus.RUNNING, from_at__lte=at, until_at__gt=at
    ).first()
    control = (in_force.policy_id, in_force.scorecard_id)
    if row is None or (row.control_policy_id, row.control_scorecard_id) != control:
        return None
    arms = tuple(arm_from(one) for one in row.arms)
    try:
        used = {arm.name: _used(arm, in_force, ready) for arm, ready in _versions(arms)}
    except (InvalidPolicy, InvalidScorecard) as problem:
        logger.warning("risk.experiment_unusable", experiment=row.id, problem=str(problem))
        return None
    return Running(id=row.id, salt=row.salt, arms=arms, used=used)


def companies(merchant_ids: Sequence[str]) -> dict[str, str]:
    """Registration numbers by merchant id; without a number there is no company to draw for."""
    rows = Merchant.objects.filter(pk__in=merchant_ids).exclude(registration_no="")
    return dict(rows.values_list("id", "registration_no"))


def list_experiments() -> list[Experiment]:
    """Every experiment, the newest first."""
    return list(Experiment.objects.order_by("-proposed_at", "-id"))


def experiment_row(experiment_id: str) -> Experiment:
    """One experiment with the versions of its control. Raises ExperimentNotFound."""
    rows = Experiment.objects.select_related("control_policy", "control_scorecard")
    try:
        found: Experiment | None = rows.filter(pk=experiment_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ExperimentNotFound
    return found


def version_numbers(arms: Sequence[Arm]) -> dict[str, int]:
    """The numbers of the versions that arms name, by id: at most two statements."""
    found: dict[str, int] = {}
    models: dict[ArmKind, Any] = {ArmKind.POLICY: Policy, ArmKind.SCORECARD: Scorecard}
    for kind, model in models.items():
        wanted = [arm.version_id for arm in arms if arm.kind == kind]
        if wanted:
            found |= dict(model.objects.filter(pk__in=wanted).values_list("id", "version"))
    return found


def choices() -> dict[ArmKind, list[tuple[str, int]]]:
    """Versions that an arm may name, by kind, as (id, number): two statements."""
    models: dict[ArmKind, Any] = {ArmKind.POLICY: Policy, ArmKind.SCORECARD: Scorecard}
    return {
        kind: list(
            model.objects.filter(status__in=_USABLE).order_by("-version")
            .values_list("id", "version")
        )
        for kind, model in models.items()
    }  # fmt: skip


def _versions(arms: Sequence[Arm]) -> list[tuple[Arm, Any]]:
    """Each arm with the row of its version, None where it has none: at most two statements."""
    rows: dict[str, Any] = {}
    models: dict[ArmKind, Any] = {ArmKind.POLICY: Policy, ArmKind.SCORECARD: Scorecard}
    for kind, model in models.items():
        wanted = [arm.version_id for arm in arms if arm.kind == kind]
        if wanted:
            usable = model.objects.filter(pk__in=wanted, status__in=_USABLE)
            rows |= {row.id: row for row in usable.only("id", "sha256", "tenant_id")}
    return [(arm, rows.get(arm.version_id)) for arm in arms]


def _used(arm: Arm, in_force: Champions, row: Any) -> Champions:
    """What decides in an arm. Raises InvalidPolicy or InvalidScorecard."""
    base = replace(in_force, shadow_id=None, shadow=None)
    if arm.kind == ArmKind.POLICY:
        if row is None or row.sha256 != arm.version_sha256:
            raise InvalidPolicy(problem="the version of an arm is no longer ready")
        return replace(base, policy_id=row.id, policy=policy_tables(row))
    if arm.kind == ArmKind.SCORECARD:
        if row is None or row.sha256 != arm.version_sha256:
            raise InvalidScorecard(problem="the version of an arm is no longer ready")
        return replace(base, scorecard_id=row.id, card=card_of(row))
    return base


def arms_of(experiment: Experiment) -> list[Arm]:
    """The arms of an experiment in their order, the control first."""
    return [arm_from(one) for one in experiment.arms]
