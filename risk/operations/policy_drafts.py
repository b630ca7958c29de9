"""A policy before it is in force: written down as a draft, then let through the gate.

Lock order as for scorecards: the tenant's decision chain, then the policy's row.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from platform_app.kernel import audit, events, ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import sha256
from risk.domain.policy_body import read
from risk.domain.policy_gate import publishable
from risk.enums import VersionStatus
from risk.errors import OtherPersonNeeded, PolicyNotFound, PolicyStatus
from risk.models import Policy


@transaction.atomic
def draft_policy(*, body: dict[str, Any], actor: str, at: datetime) -> Policy:
    """Keep a body as the tenant's next version, a draft; the same body again is the same draft.

    A draft may leave cases open: that is for the gate. Raises InvalidPolicy for a body that is not
    in the language of a policy.
    """
    read(body)
    sha = sha256(body)
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    present: Policy | None = Policy.objects.filter(sha256=sha, status=VersionStatus.DRAFT).first()
    if present is not None:
        return present
    last = Policy.objects.order_by("-version").values_list("version", flat=True).first()
    policy = Policy.objects.create(
        version=(last or 0) + 1, body=body, sha256=sha, drafted_by=actor, drafted_at=at
    )
    _tell("drafted", policy, actor=actor, at=at)
    return policy


@transaction.atomic
def validate_policy(*, policy_id: str, actor: str, at: datetime) -> Policy:
    """Let a draft through the gate: from here on its body is final.

    Where it has passed already nothing changes. Raises PolicyNotFound, PolicyStatus,
    OtherPersonNeeded for its drafter, PolicyFindings for gaps, unreachable rows and facts without
    a missing row, InvalidPolicy for any other broken rule.
    """
    policy = _locked(policy_id)
    if policy.status == VersionStatus.VALIDATED:
        return policy
    if policy.status != VersionStatus.DRAFT:
        raise PolicyStatus
    if policy.drafted_by == actor:
        raise OtherPersonNeeded
    publishable(policy.body)
    policy.status = VersionStatus.VALIDATED
    policy.save(update_fields=["status"])
    _tell("validated", policy, actor=actor, at=at)
    return policy


def _locked(policy_id: str) -> Policy:
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    try:
        ids.to_uuid("pol", policy_id)
    except ValueError:
        raise PolicyNotFound from None
    policy = Policy.objects.select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise PolicyNotFound
    return policy


def _tell(verb: str, policy: Policy, *, actor: str, at: datetime) -> None:
    """To the audit chain, and to whoever waits for the event."""
    facts = {"version": policy.version, "sha256": policy.sha256, "status": str(policy.status)}
    action = f"risk.policy.{verb}"
    audit.record(actor=actor, action=action, subject=policy.id, at=at, after=facts)
    events.record(action, subject=policy.id, actor=actor, at=at, props={"version": policy.version})
