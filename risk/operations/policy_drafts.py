"""A policy before it is in force: written down as a draft, edited, then let through the gate.

Lock order as for scorecards: the tenant's decision chain, then the policy's row.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from risk.domain.canonical import sha256
from risk.domain.policy_body import read
from risk.domain.policy_floor import composed, refuse_floors
from risk.domain.policy_gate import publishable
from risk.enums import PolicyApprovalKind, VersionStatus
from risk.errors import NotYourDraft
from risk.models import Policy
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
from risk.queries.floors import floors_in_force


@transaction.atomic
def draft_policy(*, body: dict[str, Any], actor: str, at: datetime) -> Policy:
    """Keep a body as the tenant's next version, a draft; the same body again is the same draft.

    A draft may leave cases open: that is for the gate. Raises InvalidPolicy for a body that is not
    in the language of a policy or brings floors of its own.
    """
    read(body)
    refuse_floors(body)
    sha = sha256(body)
    hold()
    drafts = Policy.objects.filter(sha256=sha, status=VersionStatus.DRAFT, drafted_by=actor)
    present: Policy | None = drafts.first()
    if present is not None:
        return present
    last = Policy.objects.order_by("-version").values_list("version", flat=True).first()
    policy = Policy.objects.create(
        version=(last or 0) + 1, body=body, sha256=sha, drafted_by=actor, drafted_at=at
    )
    tell("drafted", policy, actor=actor, at=at)
    return policy


@transaction.atomic
def edit_policy(*, policy_id: str, body: dict[str, Any], actor: str, at: datetime) -> Policy:
    """Give a draft another body; the same body changes nothing. It may still leave cases open.

    Only its drafter edits it, so that everybody else is free to agree. Raises PolicyNotFound,
    PolicyStatus once it is validated, NotYourDraft, InvalidPolicy.
    """
    read(body)
    refuse_floors(body)
    policy = locked(policy_id)
    must_be(policy, VersionStatus.DRAFT)
    if policy.drafted_by != actor:
        raise NotYourDraft
    sha = sha256(body)
    if sha == policy.sha256:
        return policy
    policy.body, policy.sha256, policy.drafted_at = body, sha, at
    policy.save(update_fields=["body", "sha256", "drafted_at"])
    tell("edited", policy, actor=actor, at=at)
    return policy


@transaction.atomic
def validate_policy(*, policy_id: str, comment: str, actor: str, at: datetime) -> Policy:
    """Let a draft through the gate: from here on its body is final, with the floors under it.

    The same person again changes nothing. Raises PolicyNotFound, PolicyStatus, OtherPersonNeeded
    for its drafter, WhyNeeded without a comment, PolicyFindings for gaps, unreachable rows and
    facts without a missing row, InvalidPolicy for any other broken rule, and what a check of the
    price table refuses with (`price_gate`).
    """
    policy = locked(policy_id)
    said = PolicyApprovalKind.VALIDATE
    if policy.status == VersionStatus.VALIDATED and has_said(policy, said, actor):
        return policy
    must_be(policy, VersionStatus.DRAFT)
    not_the_drafter(policy, actor)
    check_prices(publishable(policy.body), at)
    words = why(comment)
    floors = floors_in_force()
    if floors:
        policy.body = composed(policy.body, floors)
        policy.sha256 = sha256(policy.body)
        publishable(policy.body)
        policy.save(update_fields=["body", "sha256"])
    sign(policy, said, words, actor=actor, at=at)
    return move(policy, VersionStatus.VALIDATED, "validated", actor=actor, at=at)
