"""The pool follows what happens below it: firms that become known, applications, lines."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from campaigns.domain.pool import may_move
from campaigns.enums import PoolStatus
from campaigns.models import PoolMember
from campaigns.operations.pool_moves import hold_pool, locked, move, write
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from tenants.queries.merchants import merchant

_ACTOR: Final = "system:pool"
_MOVES: Final = {
    "credit.application.submitted": PoolStatus.APPLIED,
    "credit.line.activated": PoolStatus.ACTIVE,
    "credit.line.closed": PoolStatus.DORMANT,
}
_KNOWN: Final = "tenants.merchant."


def follow(event_id: str) -> None:
    """The outbox consumer: move the member that an event is about. Told twice, moves once."""
    event: Event = Event.objects.get(pk=event_id)
    if event.merchant_id is None:
        return
    if event.name.startswith(_KNOWN):
        match_merchant(merchant_id=event.merchant_id, at=event.occurred_at)
    else:
        follow_merchant(merchant_id=event.merchant_id, to=_MOVES[event.name], at=event.occurred_at)


@transaction.atomic
def match_merchant(*, merchant_id: str, at: datetime) -> PoolMember | None:
    """A firm is known to us: the member that waited for it, if any, by number or registration.

    By registration number only when one member waits under it. Raises NotFound.
    """
    firm = merchant(merchant_id)
    hold_pool()
    if PoolMember.objects.filter(merchant_id=firm.id).exists():
        return None
    code = Q(registration_no=firm.registration_no) if firm.registration_no else Q()
    named = Q(external_id=firm.external_id)
    waiting = locked(
        PoolMember.objects.filter(named | code if code else named, status=PoolStatus.IMPORTED)
    )
    own = [one for one in waiting if one.external_id == firm.external_id]
    meant = own or (waiting if len(waiting) == 1 else [])
    for member in meant:
        member.merchant_id = firm.id
        move(member, PoolStatus.MATCHED)
    write(meant, actor=_ACTOR, at=at)
    return meant[0] if meant else None


@transaction.atomic
def follow_merchant(*, merchant_id: str, to: PoolStatus, at: datetime) -> PoolMember | None:
    """Move the merchant's member if the table allows it; None when nothing moved."""
    hold_pool()
    members = locked(PoolMember.objects.filter(merchant_id=merchant_id))
    moved = [one for one in members if may_move(one.status, to) and one.status != to]
    for member in moved:
        move(member, to)
    write(moved, actor=_ACTOR, at=at)
    return moved[0] if moved else None


CONSUMER: Final = Consumer(
    name="campaigns.pool",
    prefixes=(_KNOWN, *_MOVES),
    handle=follow,
    condition_sql=(
        "EXISTS (SELECT 1 FROM campaigns_poolmember p WHERE p.tenant_id = %(tenant_id)s::uuid)"
    ),
)
