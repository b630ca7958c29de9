"""The life of a validated policy: shadow → in force → retired, and back with one act.

Two people besides the drafter put it in force, on a back-test kept with it and two weeks of shadow
or a signed waiver. Lock order: the tenant's decision chain, then policies by their version.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from risk.enums import PolicyApprovalKind, VersionStatus
from risk.errors import (
    BackTestNeeded,
    FloorsChanged,
    NoChampion,
    NothingToRevert,
    OtherPersonNeeded,
    PolicyStatus,
    ShadowTooShort,
)
from risk.models import Policy, PolicyApproval, PolicyBackTest
from risk.operations.policy_rows import (
    has_said,
    hold,
    locked,
    move,
    must_be,
    not_the_drafter,
    sign,
    tell,
    why,
)
from risk.operations.price_gate import check_prices
from risk.queries.champions import policy_tables
from risk.queries.floors import has_floors_of_today

APPROVERS: Final = 2
SHADOW: Final = timedelta(days=14)
_OPEN: Final = (VersionStatus.DRAFT, VersionStatus.VALIDATED, VersionStatus.SHADOW)


@transaction.atomic
def start_shadow(
    *, policy_id: str, effective_from: datetime | None, actor: str, at: datetime
) -> Policy:
    """Make it the tenant's challenger; the one before goes back to validated.

    From now on it answers beside the policy in force. It decides at `effective_from` at the
    earliest, which its approvers see. Raises PolicyNotFound, PolicyStatus unless it is validated,
    BackTestNeeded, FloorsChanged.
    """
    policy = locked(policy_id)
    if policy.status == VersionStatus.SHADOW:
        return policy
    must_be(policy, VersionStatus.VALIDATED)
    _must_be_tried(policy)
    for former in Policy.objects.select_for_update().filter(status=VersionStatus.SHADOW):
        former.shadow_at = former.effective_from = None
        move(former, VersionStatus.VALIDATED, "unshadowed", actor=actor, at=at)
    policy.shadow_at, policy.effective_from = at, effective_from
    policy.shadow_round += 1
    return move(policy, VersionStatus.SHADOW, "shadowed", actor=actor, at=at)


@transaction.atomic
def waive_shadow(*, policy_id: str, reason: str, actor: str, at: datetime) -> Policy:
    """Sign that this shadow may be shorter than two weeks, and why.

    The same person again changes nothing. Raises PolicyNotFound, PolicyStatus unless it is in
    shadow, OtherPersonNeeded for its drafter, WhyNeeded.
    """
    policy = locked(policy_id)
    must_be(policy, VersionStatus.SHADOW)
    not_the_drafter(policy, actor)
    if has_said(policy, PolicyApprovalKind.WAIVER, actor):
        return policy
    words = why(reason)
    sign(policy, PolicyApprovalKind.WAIVER, words, actor=actor, at=at)
    tell("waived", policy, actor=actor, at=at, reason=words)
    return policy


@transaction.atomic
def approve_policy(*, policy_id: str, comment: str, actor: str, at: datetime) -> Policy:
    """Agree that the challenger decides; with the second such yes it does, once its day has come.

    The version in force until then is retired. Raises PolicyNotFound, PolicyStatus unless it is in
    shadow, OtherPersonNeeded for its drafter and for a second yes of one person, WhyNeeded,
    BackTestNeeded, FloorsChanged, ShadowTooShort.
    """
    policy = locked(policy_id)
    must_be(policy, VersionStatus.SHADOW)
    not_the_drafter(policy, actor)
    if has_said(policy, PolicyApprovalKind.CHAMPION, actor):
        raise OtherPersonNeeded
    words = why(comment)
    _must_be_tried(policy)
    _must_be_shadowed(policy, at)
    sign(policy, PolicyApprovalKind.CHAMPION, words, actor=actor, at=at)
    if _is_agreed(policy) and _is_due(policy, at):
        return _put_in_force(policy, actor=actor, at=at)
    tell("approved", policy, actor=actor, at=at, reason=words)
    return policy


@transaction.atomic
def put_due_policy_in_force(*, actor: str, at: datetime) -> Policy | None:
    """Let an agreed challenger decide whose day has come; None when there is none.

    Raises BackTestNeeded when another policy came into force after it was tried, FloorsChanged.
    """
    hold()
    policy = Policy.objects.select_for_update().filter(status=VersionStatus.SHADOW).first()
    if policy is None or not _is_agreed(policy) or not _is_due(policy, at):
        return None
    _must_be_tried(policy)
    return _put_in_force(policy, actor=actor, at=at)


@transaction.atomic
def revert_policy(*, policy_id: str, reason: str, actor: str, at: datetime) -> Policy:
    """Retire the version in force and give the one before it its place again; return that one.

    `policy_id` names what is to go, so that two people who revert at once go back once. Raises
    PolicyNotFound, PolicyStatus unless it is in force, NothingToRevert, WhyNeeded.
    """
    policy = locked(policy_id)
    must_be(policy, VersionStatus.CHAMPION)
    words = why(reason)
    former = Policy.objects.select_for_update().filter(pk=policy.succeeded_id).first()
    if former is None:
        raise NothingToRevert
    _retire(policy, words, "reverted", actor=actor, at=at)
    former.in_force_at, former.retired_at, former.retired_reason = at, None, ""
    return move(former, VersionStatus.CHAMPION, "restored", actor=actor, at=at)


@transaction.atomic
def retire_policy(*, policy_id: str, reason: str, actor: str, at: datetime) -> Policy:
    """Give a version up that is not in force. The one in force goes by a successor or a revert.

    Raises PolicyNotFound, PolicyStatus, WhyNeeded.
    """
    policy = locked(policy_id)
    if policy.status not in _OPEN:
        raise PolicyStatus
    return _retire(policy, why(reason), "retired", actor=actor, at=at)


def _put_in_force(policy: Policy, *, actor: str, at: datetime) -> Policy:
    check_prices(policy_tables(policy), at)
    former = Policy.objects.select_for_update().get(status=VersionStatus.CHAMPION)
    former.in_force_at = former.in_force_at or former.drafted_at or former.created_at
    _retire(former, f"succeeded by version {policy.version}", "retired", actor=actor, at=at)
    policy.succeeded, policy.in_force_at = former, at
    return move(policy, VersionStatus.CHAMPION, "promoted", actor=actor, at=at)


def _retire(policy: Policy, reason: str, verb: str, *, actor: str, at: datetime) -> Policy:
    policy.retired_at, policy.retired_reason = at, reason
    return move(policy, VersionStatus.RETIRED, verb, actor=actor, at=at)


def _must_be_tried(policy: Policy) -> None:
    """Raises BackTestNeeded, FloorsChanged, NoChampion."""
    if not has_floors_of_today(policy.body):
        raise FloorsChanged
    in_force = Policy.objects.filter(status=VersionStatus.CHAMPION)
    sha = in_force.values_list("sha256", flat=True).first()
    if sha is None:
        raise NoChampion
    tried = PolicyBackTest.objects.filter(policy=policy, policy_sha256=policy.sha256)
    if not tried.filter(in_force_sha256=sha).exists():
        raise BackTestNeeded


def _must_be_shadowed(policy: Policy, at: datetime) -> None:
    ran = at - (policy.shadow_at or at)
    waivers = PolicyApproval.objects.filter(
        policy=policy, kind=PolicyApprovalKind.WAIVER, round=policy.shadow_round
    )
    if ran < SHADOW and not waivers.exists():
        raise ShadowTooShort(days=ran.days, needed=SHADOW.days)


def _is_agreed(policy: Policy) -> bool:
    said = PolicyApproval.objects.filter(
        policy=policy, kind=PolicyApprovalKind.CHAMPION, round=policy.shadow_round
    )
    return bool(said.count() >= APPROVERS)


def _is_due(policy: Policy, at: datetime) -> bool:
    return policy.effective_from is None or policy.effective_from <= at
