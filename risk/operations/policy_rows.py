"""What every act on a policy begins and ends with: the lock, the checks, the record of it."""

from datetime import datetime
from typing import Final

from platform_app.kernel import audit, events, ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.enums import PolicyApprovalKind, VersionStatus
from risk.errors import OtherPersonNeeded, PolicyNotFound, PolicyStatus, WhyNeeded
from risk.models import Policy, PolicyApproval

LIFE: Final = (
    "status", "shadow_at", "shadow_round", "effective_from", "in_force_at", "succeeded",
    "retired_at", "retired_reason",
)  # fmt: skip


def hold() -> None:
    """The tenant's decision chain: its versions in force change by one hand at a time."""
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())


def locked(policy_id: str) -> Policy:
    """The row, after the chain. Raises PolicyNotFound."""
    hold()
    try:
        ids.to_uuid("pol", policy_id)
    except ValueError:
        raise PolicyNotFound from None
    policy = Policy.objects.select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise PolicyNotFound
    return policy


def must_be(policy: Policy, status: VersionStatus) -> None:
    if policy.status != status:
        raise PolicyStatus


def not_the_drafter(policy: Policy, actor: str) -> None:
    if policy.drafted_by == actor:
        raise OtherPersonNeeded


def why(text: str) -> str:
    """The words without the space around them. Raises WhyNeeded when there are none."""
    words = " ".join(text.split())
    if not words:
        raise WhyNeeded(field="comment")
    return words


def has_said(policy: Policy, kind: PolicyApprovalKind, actor: str) -> bool:
    """Whether this person has signed this in the present round."""
    signed = PolicyApproval.objects.filter(policy=policy, kind=kind, round=policy.shadow_round)
    found: bool = signed.filter(actor=actor).exists()
    return found


def sign(
    policy: Policy, kind: PolicyApprovalKind, comment: str, *, actor: str, at: datetime
) -> None:
    PolicyApproval.objects.create(
        policy=policy, kind=kind, round=policy.shadow_round, actor=actor, at=at, comment=comment
    )


def move(policy: Policy, status: VersionStatus, verb: str, *, actor: str, at: datetime) -> Policy:
    """Bring it to another place in its life, and say so."""
    policy.status = status
    policy.save(update_fields=LIFE)
    tell(verb, policy, actor=actor, at=at)
    return policy


def tell(verb: str, policy: Policy, *, actor: str, at: datetime, reason: str = "") -> None:
    """To the audit chain, and to whoever waits for the event."""
    action = f"risk.policy.{verb}"
    facts = {"version": policy.version, "sha256": policy.sha256, "status": str(policy.status)}
    audit.record(
        actor=actor, action=action, subject=policy.id, at=at,
        reason=reason or policy.retired_reason, after=facts,
    )  # fmt: skip
    events.record(action, subject=policy.id, actor=actor, at=at, props={"version": policy.version})
