"""Appending to the tenant's chain of decisions, one writer at a time."""

from collections.abc import Sequence
from uuid import UUID

from platform_app.kernel import ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.chain import is_next, link_hash
from risk.models import Decision

BATCH = 2_000


def append(rows: Sequence[Decision]) -> None:
    """Link and insert rows in their order, inside the caller's transaction.

    Ids are given here, under the lock, each above the last one of the chain: the order of ids is
    the order of the chain, whatever the clocks of several machines say.
    """
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    last = Decision.objects.order_by("-id").values_list("id", "hash").first()
    number = ids.to_uuid("dec", last[0]).int if last else 0
    previous_hash = last[1] if last else ""
    for row in rows:
        number = max(ids.new_uuid().int, number + 1)
        row.id = ids.from_uuid("dec", UUID(int=number))
        row.previous_hash = previous_hash
        row.hash = previous_hash = link_hash(row)
    Decision.objects.bulk_create(rows, batch_size=BATCH)


def first_broken_link() -> str | None:
    """Id of the tenant's first decision that was altered or does not follow, or None."""
    previous_hash = ""
    for row in Decision.objects.order_by("id").iterator(chunk_size=BATCH):
        if not is_next(row, previous_hash):
            return str(row.id)
        previous_hash = row.hash
    return None
