"""Files of merchants: stored, shown before they count, then read in the background."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import structlog
from django.db import transaction

from campaigns.domain.pool_row import PoolRow, Refused, refused
from campaigns.enums import ConsentBasis, PoolImportStatus
from campaigns.errors import (
    PoolFileGone,
    PoolFileKind,
    PoolFileTooLarge,
    PoolImportStarted,
    PoolImportTaken,
)
from campaigns.gateways.pool_file import MOST_BYTES, Line, Unreadable, read_pool
from campaigns.models import PoolImport, PoolImportError
from campaigns.operations.pool_files import look_at, on_disk
from campaigns.operations.pool_moves import CHUNK, hold_pool
from campaigns.operations.pool_rows import Taken, take_rows
from campaigns.queries.pool import pool_import, taken_import
from platform_app.kernel import audit, clock, events, jobs
from platform_app.kernel.errors import Invalid
from platform_app.kernel.line_files import TooLarge, store

logger = structlog.get_logger(__name__)
ERRORS_KEPT: Final = 10_000
LONGEST_NAME: Final = 200


class _Overtaken(Exception):
    """Another worker has gone on with the same import."""


@transaction.atomic
def start_pool_import(
    *, file_name: str, content: BinaryIO, consent_basis: str, actor: str, at: datetime
) -> tuple[PoolImport, bool]:
    """Store a file and have it read in the background; False when it was taken in before. Audited.

    The same bytes are one import, whatever they are called. Raises PoolFileKind (neither .csv nor
    .jsonl), PoolFileTooLarge (over 20 MB), Invalid (name, consent basis).
    """
    _check_basis(consent_basis)
    row = _stored(file_name, content, actor)
    hold_pool()
    before = taken_import(row.sha256)
    if before is not None:
        on_disk(row).unlink()
        return before, False
    _start(row, consent_basis, actor=actor, at=at)
    row.save(force_insert=True)
    return row, True


@transaction.atomic
def check_pool_file(*, file_name: str, content: BinaryIO, actor: str) -> PoolImport:
    """Store a file to be looked at, and what it holds; nothing counts before it is confirmed.

    Raises PoolFileKind, PoolFileTooLarge, Invalid (name), PoolImportTaken.
    """
    row = _stored(file_name, content, actor)
    before = taken_import(row.sha256)
    if before is not None:
        on_disk(row).unlink()
        raise PoolImportTaken(field="file", import_id=before.id)
    row.preview = look_at(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def confirm_pool_import(
    *, import_id: str, consent_basis: str, actor: str, at: datetime
) -> PoolImport:
    """Let a file that was looked at count, on this ground; read in the background. Audited.

    Raises NotFound, Invalid (consent basis), PoolImportStarted, PoolImportTaken, PoolFileGone.
    """
    _check_basis(consent_basis)
    hold_pool()
    row: PoolImport = PoolImport.objects.select_for_update().get(pk=pool_import(import_id).pk)
    if row.status != PoolImportStatus.CHECKED:
        raise PoolImportStarted
    before = taken_import(row.sha256)
    if before is not None:
        raise PoolImportTaken(import_id=before.id)
    if not on_disk(row).is_file():
        raise PoolFileGone
    _start(row, consent_basis, actor=actor, at=at)
    row.version += 1
    row.save()
    return row


def import_pool(*, import_id: str) -> PoolImport:
    """Read a file to its end; each chunk and its progress commit together.

    Started again after a crash it goes on behind the last committed chunk; started twice at once,
    one of the two stops. A file that cannot be read ends as failed. Read or failed, the file is
    deleted: what it held beside our columns is nobody's to keep. Raises NotFound.
    """
    row = _begin(import_id)
    if row.status != PoolImportStatus.RUNNING:
        return row
    try:
        _read_chunks(row)
    except _Overtaken:
        logger.info("pool_imports.overtaken", import_id=row.id)
    except Unreadable as problem:
        _fail(row, problem.error)
    except FileNotFoundError:
        _fail(row, refused(0, "file_gone", ""))
    return pool_import(import_id)


def unfinished() -> Iterator[PoolImport]:
    """Imports of the open scope that no worker may be reading: for the sweep."""
    yield from PoolImport.objects.filter(
        status__in=[PoolImportStatus.WAITING, PoolImportStatus.RUNNING]
    ).order_by("id")


def _check_basis(consent_basis: str) -> None:
    if consent_basis not in ConsentBasis.values:
        raise Invalid(field="consent_basis")


def _stored(file_name: str, content: BinaryIO, actor: str) -> PoolImport:
    label = Path(file_name.replace("\\", "/")).name.strip()
    if not label or len(label) > LONGEST_NAME or not label.isprintable():
        raise Invalid(field="file_name")
    ending = Path(label).suffix.lower()
    if ending not in {".csv", ".jsonl"}:
        raise PoolFileKind(field="file_name")
    row = PoolImport(file_name=label, actor=actor, status=PoolImportStatus.CHECKED)
    row.file_path = f"{row.tenant_id}/pool_imports/{row.id}{ending}"
    try:
        kept = store(content, on_disk(row), most_bytes=MOST_BYTES)
    except TooLarge:
        raise PoolFileTooLarge(field="file", limit_mb=MOST_BYTES // 1024**2) from None
    row.byte_count, row.sha256 = kept.byte_count, kept.sha256
    return row


def _start(row: PoolImport, consent_basis: str, *, actor: str, at: datetime) -> None:
    row.status, row.consent_basis, row.started_at = PoolImportStatus.WAITING, consent_basis, at
    row.actor, row.preview = actor, {}
    facts = {"file_name": row.file_name, "sha256": row.sha256, "consent_basis": consent_basis}
    audit.record(
        actor=actor, action="campaigns.pool_import.start", subject=row.id, at=at, after=facts
    )
    jobs.enqueue("campaigns.import_pool", tenant_id=row.tenant_id, import_id=row.id)


@transaction.atomic
def _begin(import_id: str) -> PoolImport:
    row: PoolImport = PoolImport.objects.select_for_update().get(pk=pool_import(import_id).pk)
    if row.status == PoolImportStatus.WAITING:
        row.status = PoolImportStatus.RUNNING
        row.version += 1
        row.save(update_fields=["status", "version"])
    return row


def _read_chunks(row: PoolImport) -> None:
    lines = read_pool(on_disk(row)).lines
    done = row.row_count
    for _ in islice(lines, done):
        pass
    while chunk := list(islice(lines, CHUNK)):
        _take_in(row.id, chunk, done, clock.now())
        done += len(chunk)
    with transaction.atomic():
        current = _at(row.id, done)
        current.byte_done = current.byte_count
        _finish(current, PoolImportStatus.DONE, clock.now())
        jobs.enqueue("campaigns.prescreen_pool", tenant_id=row.tenant_id)


@transaction.atomic
def _take_in(import_id: str, chunk: list[Line], done: int, at: datetime) -> None:
    row = _at(import_id, done)
    good = [line.row for line in chunk if isinstance(line.row, PoolRow)]
    taken = take_rows(row, good, at=at)
    refused = [line.row for line in chunk if isinstance(line.row, Refused)] + taken.errors
    _keep(row, sorted(refused, key=lambda one: one.line_no))
    _count(row, len(chunk), taken, len(refused))
    row.byte_done = chunk[-1].byte_done
    row.save()


def _at(import_id: str, done: int) -> PoolImport:
    """The import's row, locked, provided nobody else moved it."""
    row: PoolImport = PoolImport.objects.select_for_update().get(pk=import_id)
    if row.row_count != done or row.status != PoolImportStatus.RUNNING:
        raise _Overtaken
    return row


def _count(row: PoolImport, read: int, taken: Taken, refused: int) -> None:
    row.row_count += read
    row.created_count += len(taken.created)
    row.changed_count += len(taken.changed)
    row.repeated_count += taken.repeated_count
    row.matched_count += taken.matched_count
    row.error_count += refused


def _keep(row: PoolImport, errors: list[Refused]) -> None:
    """The first ten thousand refusals; the others are counted."""
    room = max(0, ERRORS_KEPT - row.error_count)
    kept = [
        PoolImportError(
            pool_import=row, line_no=one.line_no, code=one.code, reason=one.reason, raw=one.raw
        )
        for one in errors[:room]
    ]
    PoolImportError.objects.bulk_create(kept)


@transaction.atomic
def _fail(seen: PoolImport, error: Refused) -> None:
    row: PoolImport = PoolImport.objects.select_for_update().get(pk=seen.pk)
    if row.status == PoolImportStatus.RUNNING:
        _keep(row, [error])
        row.error_count += 1
        _finish(row, PoolImportStatus.FAILED, clock.now())


def _finish(row: PoolImport, status: PoolImportStatus, at: datetime) -> None:
    row.status, row.finished_at = status, at
    row.version += 1
    row.save()
    transaction.on_commit(partial(on_disk(row).unlink, missing_ok=True))
    facts: dict[str, Any] = {"status": str(status), "version": row.version}
    facts |= {name: getattr(row, name) for name in ("row_count", "created_count", "error_count")}
    events.record(
        "campaigns.pool_import.finished", subject=row.id, actor=row.actor, at=at, props=facts
    )
