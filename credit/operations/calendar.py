"""Changing the calendar: one person proposes a file, another applies or rejects it."""

import hashlib
from datetime import datetime

from django.db import transaction

from credit.domain.calendar import read_calendar
from credit.enums import CalendarImportStatus
from credit.errors import CalendarImportClosed
from credit.models import CalendarDay, CalendarImport
from credit.operations.due_dates import move_due_dates
from credit.queries.calendar import forget_calendar
from credit.queries.calendar_imports import calendar_import, preview_calendar_import, rows_of
from credit.values import CalendarPreview
from platform_app.kernel import audit
from platform_app.kernel.errors import SecondPersonNeeded
from platform_app.kernel.tenancy import tenant_scope

LONGEST_NAME = 200


@transaction.atomic
def propose_calendar(*, data: bytes, file_name: str, actor: str, at: datetime) -> CalendarImport:
    """Keep a calendar file until another person applies or rejects it; no day changes yet.

    The same bytes return the first proposal, unless that was rejected. Raises CalendarFileInvalid,
    CalendarDayPast, CalendarDayGazetted.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    same = CalendarImport.objects.filter(file_sha256=sha256).exclude(
        status=CalendarImportStatus.REJECTED
    )
    before = same.first()
    if before is not None:
        return before
    rows = read_calendar(data)
    preview_calendar_import(rows=rows, at=at)
    return CalendarImport.objects.create(
        file_name=file_name[:LONGEST_NAME],
        file_sha256=sha256,
        rows=[row.to_json() for row in rows],
        row_count=len(rows),
        proposed_by=actor,
        proposed_at=at,
    )


@transaction.atomic
def apply_calendar_import(*, import_id: str, actor: str, at: datetime) -> CalendarImport:
    """Set the days of a proposal and move the due dates that follow: all of it or nothing.

    What moves is computed anew, under the locks; a signed due date never moves earlier. Raises
    CalendarImportNotFound, CalendarImportClosed, SecondPersonNeeded, and what the file meets today:
    CalendarDayPast, CalendarDayGazetted.
    """
    found = _locked(import_id)
    if actor == found.proposed_by:
        raise SecondPersonNeeded
    preview = preview_calendar_import(rows=rows_of(found), at=at)
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                on=change.row.on,
                is_workday=change.row.is_workday,
                kind=change.row.kind,
                source=found.id,
                notice_no=change.row.notice_no,
                is_projected=change.row.is_projected,
            )
            for change in preview.changes
        ],
        update_conflicts=True,
        unique_fields=["on"],
        update_fields=["is_workday", "kind", "source", "notice_no", "is_projected"],
    )
    found.moved_count = _move(found, preview, actor=actor, at=at)
    found.status = CalendarImportStatus.APPLIED
    found.approved_by = actor
    found.decided_at = at
    found.save(update_fields=["moved_count", "status", "approved_by", "decided_at"])
    transaction.on_commit(forget_calendar)
    return found


@transaction.atomic
def reject_calendar_import(*, import_id: str, actor: str, at: datetime) -> CalendarImport:
    """Turn a proposal down; its proposer may, too. The same file may be proposed again.

    Raises CalendarImportNotFound, CalendarImportClosed.
    """
    found = _locked(import_id)
    found.status = CalendarImportStatus.REJECTED
    found.rejected_by = actor
    found.decided_at = at
    found.save(update_fields=["status", "rejected_by", "decided_at"])
    return found


def _locked(import_id: str) -> CalendarImport:
    """The proposal, with all other open ones: two files are never applied side by side."""
    wanted = calendar_import(import_id)
    proposed = CalendarImport.objects.select_for_update().filter(
        status=CalendarImportStatus.PROPOSED
    )
    for found in proposed.order_by("id"):
        if found.id == wanted.id:
            return found
    raise CalendarImportClosed


def _move(found: CalendarImport, preview: CalendarPreview, *, actor: str, at: datetime) -> int:
    """Tenant by tenant, each with a line in its own audit chain."""
    for tenant_id in dict.fromkeys(move.tenant_id for move in preview.moved):
        moves = [move for move in preview.moved if move.tenant_id == tenant_id]
        with tenant_scope(tenant_id):
            move_due_dates(moves=moves, reason=found.id, actor=actor, at=at)
            audit.record(
                actor=actor, action="calendar.apply", subject=found.id, at=at,
                after={"installments": len(moves), "sha256": found.file_sha256},
            )  # fmt: skip
    return len(preview.moved)
