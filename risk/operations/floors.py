"""Floors change by two people: one proposes, another approves, and only then it holds.

Floors belong to the whole platform, so no tenant's scope is asked for and no tenant's audit chain
is written: the row itself, whose body is final in the database, is the record of who and why. A
floor holds for policies validated from then on; what was validated before cannot come into force
any more, and what is in force stays until its successor.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from platform_app.kernel import audit, ids, locks
from platform_app.kernel.errors import SecondPersonNeeded
from risk.domain.canonical import sha256
from risk.domain.policy_floor import check_floor
from risk.enums import FloorLayer, FloorStatus
from risk.errors import FloorDecided, FloorNotFound, InvalidPolicy
from risk.models import PolicyFloor, PolicyFunder
from risk.operations.policy_rows import hold, why
from risk.queries.floors import next_version


@transaction.atomic
def propose_floor(
    *, layer: str, funder: str, body: dict[str, Any], reason: str, actor: str, at: datetime
) -> PolicyFloor:
    """Propose the next version of a floor; nothing changes yet.

    `funder` is the licence number of the funder, empty for the platform's. Amounts in fen. Raises
    InvalidPolicy, WhyNeeded.
    """
    check_floor(body)
    if layer not in FloorLayer.values or (layer == FloorLayer.FUNDER) != bool(funder.strip()):
        raise InvalidPolicy(problem="a funder's floor names the funder, the platform's does not")
    words = why(reason)
    locks.hold(locks.LockSpace.DECISION_CHAIN, "floors")
    of = funder.strip()
    floor: PolicyFloor = PolicyFloor.objects.create(
        layer=layer,
        funder=of,
        version=next_version(FloorLayer(layer), of),
        body=body,
        sha256=sha256(body),
        reason=words,
        proposed_by=actor,
        proposed_at=at,
    )
    return floor


@transaction.atomic
def approve_floor(*, floor_id: str, actor: str, at: datetime) -> PolicyFloor:
    """Let a proposed floor hold from now on; the one before it is retired.

    Raises FloorNotFound, FloorDecided, SecondPersonNeeded.
    """
    floor = _locked(floor_id)
    if floor.proposed_by == actor:
        raise SecondPersonNeeded
    former = PolicyFloor.objects.select_for_update().filter(
        layer=floor.layer, funder=floor.funder, status=FloorStatus.IN_FORCE
    )
    for row in former:
        row.status, row.retired_at = FloorStatus.RETIRED, at
        row.save(update_fields=["status", "retired_at"])
    floor.status, floor.approved_by, floor.in_force_at = FloorStatus.IN_FORCE, actor, at
    floor.save(update_fields=["status", "approved_by", "in_force_at"])
    return floor


@transaction.atomic
def reject_floor(*, floor_id: str, reason: str, actor: str, at: datetime) -> PolicyFloor:
    """Turn a proposed floor down; whoever proposed it may take it back this way.

    Raises FloorNotFound, FloorDecided, WhyNeeded.
    """
    floor = _locked(floor_id)
    floor.rejected_reason = why(reason)
    floor.status, floor.rejected_by, floor.rejected_at = FloorStatus.REJECTED, actor, at
    floor.save(update_fields=["status", "rejected_by", "rejected_at", "rejected_reason"])
    return floor


@transaction.atomic
def bind_funder(*, funder: str, actor: str, at: datetime) -> PolicyFunder:
    """Let a funder's floor hold for this tenant's next policies; once is for good.

    Raises InvalidPolicy without a licence number.
    """
    named = funder.strip()
    if not named:
        raise InvalidPolicy(problem="a funder is known by its licence number")
    hold()
    present: PolicyFunder | None = PolicyFunder.objects.filter(funder=named).first()
    if present is not None:
        return present
    bound: PolicyFunder = PolicyFunder.objects.create(funder=named, bound_by=actor, bound_at=at)
    audit.record(
        actor=actor, action="risk.policy.funder_bound", subject=bound.id, at=at,
        after={"funder": named},
    )  # fmt: skip
    return bound


def _locked(floor_id: str) -> PolicyFloor:
    locks.hold(locks.LockSpace.DECISION_CHAIN, "floors")
    try:
        ids.to_uuid("pfl", floor_id)
    except ValueError:
        raise FloorNotFound from None
    floor = PolicyFloor.objects.select_for_update().filter(pk=floor_id).first()
    if floor is None:
        raise FloorNotFound
    if floor.status != FloorStatus.PROPOSED:
        raise FloorDecided
    return floor
