"""Append-only, hash-chained per tenant: who did what to which id, before and after."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from platform_app.kernel import locks
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import current_tenant_id


@transaction.atomic
def record(
    *,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditRecord:
    """Add one link to the tenant's chain. For acts of people, not for machine traffic."""
    locks.hold(locks.LockSpace.AUDIT_CHAIN, current_tenant_id())
    last = AuditRecord.objects.order_by("-position").first()
    row = AuditRecord(
        position=last.position + 1 if last else 1,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        reason=reason,
        before=before or {},
        after=after or {},
        previous_hash=last.hash if last else "",
    )
    row.hash = _hash(row)
    row.save(force_insert=True)
    return row


def first_broken_link() -> int | None:
    """Position of the first record whose hash does not follow, or None when the chain holds."""
    previous = ""
    for row in AuditRecord.objects.order_by("position").iterator():
        if row.previous_hash != previous or row.hash != _hash(row):
            return row.position
        previous = row.hash
    return None


def _hash(row: AuditRecord) -> str:
    text = json.dumps(
        [
            row.position, row.at.timestamp(), row.actor, row.action, row.subject, row.reason,
            row.before, row.after, row.previous_hash,
        ],
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()
