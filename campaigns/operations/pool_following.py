"""The pool follows what happens below it: firms that become known, applications, lines."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from campaigns.domain.pool import may_move
from campaigns.enums import PoolStatus
from campaigns.models import PoolMember
from campaigns.operations.pool_moves import CHUNK, hold_pool, locked, move, write
from credit.enums import ApplicationStatus, LineStatus
from credit.models import Application, CreditLine
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from tenants.queries.merchants import list_firms, merchant

_ACTOR: Final = "system:pool"
_MOVES: Final = {
    "credit.application.submitted": PoolStatus.APPLIED,
    "credit.line.activated": PoolStatus.ACTIVE,
    "credit.line.closed": PoolStatus.DORMANT,
}
_KNOWN: Final = "tenants.merchant."
_BEFORE_ACTIVE: Final = (
    PoolStatus.MATCHED, PoolStatus.PRESCREENED, PoolStatus.INVITED, PoolStatus.APPLIED,
)  # fmt: skip


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

    By registration number only when one member waits under it, and no other merchant has it. Who
    was taken out before we knew the firm is known from now on, and stays out. Raises NotFound.
    """
    firm = merchant(merchant_id)
    hold_pool()
    if PoolMember.objects.filter(merchant_id=firm.id).exists():
        return None
    wanted = Q(external_id=firm.external_id)
    if firm.registration_no and _is_only(firm.registration_no):
        wanted |= Q(registration_no=firm.registration_no)
    waiting = locked(PoolMember.objects.filter(wanted, merchant=None))
    own = [one for one in waiting if one.external_id == firm.external_id]
    meant = own or (waiting if len(waiting) == 1 else [])
    for member in meant:
        member.merchant_id = firm.id
        if member.status == PoolStatus.IMPORTED:
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


def catch_up_pool(*, actor: str, at: datetime) -> int:
    """Move members whose merchant was ahead of the pool when they were taken in; how many moved.

    Events tell of what happens from now on; this looks at what stands: a line that is open makes a
    member active, an application handed in makes it applied. A chunk is a transaction.
    """
    count = 0
    while moved := _catch_up(actor, at):
        count += moved
    return count


def _is_only(registration_no: str) -> bool:
    """Whether one merchant alone has this registration number."""
    return len(list_firms(numbers=[], registration_nos=[registration_no])) == 1


@transaction.atomic
def _catch_up(actor: str, at: datetime) -> int:
    lines = CreditLine.objects.filter(merchant_id=OuterRef("merchant_id"))
    asked = Application.objects.filter(merchant_id=OuterRef("merchant_id"))
    hold_pool()
    rows = PoolMember.objects.filter(status__in=_BEFORE_ACTIVE).annotate(
        has_line=Exists(lines.exclude(status=LineStatus.CLOSED)),
        has_asked=Exists(asked.exclude(status=ApplicationStatus.DRAFT)),
    )
    behind = rows.filter(Q(has_line=True) | Q(has_asked=True) & ~Q(status=PoolStatus.APPLIED))
    members = list(behind.select_for_update().order_by("id")[:CHUNK])
    for member in members:
        move(member, PoolStatus.ACTIVE if member.has_line else PoolStatus.APPLIED)
    write(members, actor=actor, at=at)
    return len(members)


CONSUMER: Final = Consumer(
    name="campaigns.pool",
    prefixes=(_KNOWN, *_MOVES),
    handle=follow,
    condition_sql=(
        "EXISTS (SELECT 1 FROM campaigns_poolmember p WHERE p.tenant_id = %(tenant_id)s::uuid)"
    ),
)
