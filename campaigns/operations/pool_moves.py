"""The only way a pool member changes: by the table of moves, written by the thousand, told once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from campaigns.domain import pool
from campaigns.enums import PoolStatus
from campaigns.errors import PoolMoveNotAllowed
from campaigns.models import PoolMember
from platform_app.kernel import events, ids, locks
from platform_app.kernel.events import NewEvent
from platform_app.kernel.scope import current_tenant_id
from tenants.operations.entries import tell_entries

CHUNK: Final = 1_000
UPDATED: Final = "campaigns.pool_member.updated"

_WRITE: Final = """
    UPDATE campaigns_poolmember m
    SET name = n.name, registration_no = n.registration_no, category = n.category,
        region = n.region, tier = n.tier, merchant_id = n.merchant_id, status = n.status,
        prescreen_result = n.result, prescreen_reason = n.reason,
        indicative_limit_minor = n.limit_minor, prescreened_at = n.prescreened_at,
        changed_at = n.changed_at, version = n.version
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[],
                %s::timestamptz[], %s::int[])
      AS n (id, name, registration_no, category, region, tier, merchant_id, status, result,
            reason, limit_minor, prescreened_at, changed_at, version)
    WHERE m.tenant_id = %s AND m.id = n.id"""


def hold_pool() -> None:
    """One at a time writes a platform's pool; released with the transaction."""
    locks.hold(locks.LockSpace.POOL, current_tenant_id())


def locked(rows: QuerySet[PoolMember]) -> list[PoolMember]:
    """These members, locked in the order of their ids."""
    return list(rows.select_for_update().order_by("id"))


def move(member: PoolMember, to: PoolStatus) -> None:
    """Put a member in another status, in memory. Raises PoolMoveNotAllowed."""
    if not pool.may_move(member.status, to):
        before = PoolStatus(member.status)
        raise PoolMoveNotAllowed(status=str(before.label), to=str(to.label))
    member.status = to


def write(members: Sequence[PoolMember], *, actor: str, at: datetime) -> None:
    """Store changed members, tell of each, and say below whose entry is hidden.

    Three statements, however many there are; none for nobody.
    """
    if not members:
        return
    for member in members:
        member.version += 1
        member.changed_at = at
    columns = zip(*(_columns(member) for member in members), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [*(list(column) for column in columns), _tenant()])
    tell_entries(
        hidden={
            one.merchant_id: pool.entry_hidden_reason(one.status, one.prescreen_result)
            for one in members
            if one.merchant_id
        }
    )
    tell(members, actor=actor, at=at)


def tell(members: Sequence[PoolMember], *, actor: str, at: datetime) -> None:
    """One event for each member, in one statement."""
    events.record_all(
        [
            NewEvent(
                name=UPDATED,
                subject=member.id,
                merchant_id=member.merchant_id,
                actor=actor,
                at=at,
                props=props_of(member),
            )
            for member in members
        ]
    )


def props_of(member: PoolMember) -> dict[str, Any]:
    """What is told of a member."""
    return {
        "external_id": member.external_id,
        "tier": member.tier,
        "status": str(member.status),
        "prescreen_result": str(member.prescreen_result),
        "entry_visible": pool.is_entry_visible(member.status, member.prescreen_result),
        "version": member.version,
    }


def _columns(one: PoolMember) -> tuple[Any, ...]:
    merchant = str(ids.to_uuid("mch", one.merchant_id)) if one.merchant_id else None
    return (
        str(ids.to_uuid("pom", one.id)), one.name, one.registration_no, one.category, one.region,
        str(one.tier), merchant, str(one.status), str(one.prescreen_result),
        str(one.prescreen_reason), one.indicative_limit_minor, one.prescreened_at,
        one.changed_at, one.version,
    )  # fmt: skip


def _tenant() -> str:
    return str(ids.to_uuid("tnt", current_tenant_id()))
