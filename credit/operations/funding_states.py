"""The life of a funding source and of a partnership: draft → active ⇄ suspended → ended.

Two people take either to active: whoever drafted it never does. Every step is audited.
"""

from datetime import datetime
from typing import Final

from credit.enums import FundingStatus
from credit.errors import (
    FundingSourceNotFound,
    FundingStateConflict,
    PartnershipNotFound,
)
from credit.models import FundingSource, Partnership
from platform_app.kernel import audit
from platform_app.kernel.errors import SecondPersonNeeded
from risk.operations.floors import bind_funder

Row = FundingSource | Partnership

_FROM: Final = {
    FundingStatus.ACTIVE: {FundingStatus.DRAFT, FundingStatus.SUSPENDED},
    FundingStatus.SUSPENDED: {FundingStatus.ACTIVE},
    FundingStatus.ENDED: {FundingStatus.DRAFT, FundingStatus.ACTIVE, FundingStatus.SUSPENDED},
}


def locked_source(source_id: str) -> FundingSource:
    """The source, locked. Raises FundingSourceNotFound."""
    try:
        row = FundingSource.objects.select_for_update().filter(pk=source_id).first()
    except ValueError:
        row = None
    if row is None:
        raise FundingSourceNotFound
    return row


def locked_partnership(partnership_id: str) -> Partnership:
    """The partnership, locked. Raises PartnershipNotFound."""
    try:
        row = Partnership.objects.select_for_update().filter(pk=partnership_id).first()
    except ValueError:
        row = None
    if row is None:
        raise PartnershipNotFound
    return row


def activate(row: Row, *, actor: str, at: datetime) -> bool:
    """Draft or suspended → active; whether anything changed.

    From a lender's licence number on, its floor holds for the policies that are validated next.
    Raises SecondPersonNeeded, FundingStateConflict.
    """
    if row.status == FundingStatus.ACTIVE:
        return False
    if actor == row.drafted_by:
        raise SecondPersonNeeded
    if isinstance(row, FundingSource) and row.licence_no.strip():
        bind_funder(funder=row.licence_no, actor=actor, at=at)
    return move(row, FundingStatus.ACTIVE, reason="", actor=actor, at=at)


def move(row: Row, to: FundingStatus, *, reason: str, actor: str, at: datetime) -> bool:
    """Take a locked row to another state; whether anything changed. Raises FundingStateConflict."""
    before = FundingStatus(row.status)
    if before == to:
        return False
    if before not in _FROM[to]:
        raise FundingStateConflict(status=str(before.label))
    row.status, row.status_reason = to, reason
    if to == FundingStatus.ACTIVE:
        row.activated_by, row.activated_at = actor, at
    row.save(update_fields=["status", "status_reason", "activated_by", "activated_at"])
    audit.record(
        actor=actor, action=f"{row._meta.model_name}.{to.value}", subject=row.pk, reason=reason,
        before={"status": before.value}, after={"status": to.value}, at=at,
    )  # fmt: skip
    return True
