"""One member at a time: invited, taken out, put back."""

from datetime import datetime

from django.db import transaction

from campaigns.enums import PoolStatus
from campaigns.models import PoolMember
from campaigns.operations.pool_moves import hold_pool, locked, move, props_of, write
from campaigns.operations.pool_rows import Firms
from platform_app.kernel import audit
from platform_app.kernel.errors import NotFound, ReasonNeeded


@transaction.atomic
def invite_member(*, member_id: str, actor: str, at: datetime) -> PoolMember:
    """Somebody speaks to the merchant on our behalf. Audited; again changes nothing.

    Raises NotFound, PoolMoveNotAllowed (nobody we know as a merchant yet, or further already).
    """
    member = _locked(member_id)
    if member.status == PoolStatus.INVITED:
        return member
    return _moved(member, PoolStatus.INVITED, "invite", "", actor, at)


@transaction.atomic
def remove_member(*, member_id: str, reason: str, actor: str, at: datetime) -> PoolMember:
    """Take a merchant out: its entry is hidden, what it owes and has begun stays. Audited.

    Again changes nothing. Raises NotFound, ReasonNeeded.
    """
    why = reason.strip()
    if not why:
        raise ReasonNeeded(field="reason")
    member = _locked(member_id)
    if member.status == PoolStatus.REMOVED:
        return member
    return _moved(member, PoolStatus.REMOVED, "remove", why, actor, at)


@transaction.atomic
def restore_member(*, member_id: str, reason: str, actor: str, at: datetime) -> PoolMember:
    """Put a merchant back where it is matched; it is pre-screened anew by night. Audited.

    A firm that has become known meanwhile is looked up, as when the file was read.

    Raises NotFound, ReasonNeeded, PoolMoveNotAllowed (it was not taken out).
    """
    why = reason.strip()
    if not why:
        raise ReasonNeeded(field="reason")
    member = _locked(member_id)
    if member.merchant_id is None:
        firm = Firms([member]).of(member)
        if firm and not PoolMember.objects.filter(merchant_id=firm).exists():
            member.merchant_id = firm
    to = PoolStatus.MATCHED if member.merchant_id else PoolStatus.IMPORTED
    return _moved(member, to, "restore", why, actor, at)


def _moved(
    member: PoolMember, to: PoolStatus, act: str, reason: str, actor: str, at: datetime
) -> PoolMember:
    before = props_of(member)
    move(member, to)
    write([member], actor=actor, at=at)
    audit.record(
        actor=actor, action=f"campaigns.pool_member.{act}", subject=member.id, at=at,
        reason=reason, before=before, after=props_of(member),
    )  # fmt: skip
    return member


def _locked(member_id: str) -> PoolMember:
    hold_pool()
    try:
        found = locked(PoolMember.objects.filter(pk=member_id))
    except ValueError:
        found = []
    if not found:
        raise NotFound(noun="pool member")
    return found[0]
