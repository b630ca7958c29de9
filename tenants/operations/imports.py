"""Files of orders: stored, then read in the background, chunk by chunk, to be resumed anywhere."""

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from django.conf import settings
from django.db import transaction

from platform_app.kernel import clock, jobs
from platform_app.kernel.errors import NotFound
from platform_app.kernel.line_files import TooLarge, harmless, store
from tenants.domain.words import one_line
from tenants.enums import ImportStatus
from tenants.errors import BadFileKind, FileTooLarge
from tenants.gateways.order_file import Line, Unreadable, read_orders
from tenants.models import TradeImport, TradeImportError
from tenants.operations.trade import CHUNK, import_orders
from tenants.values import ImportCounts, OrderRow, RowError

logger = structlog.get_logger(__name__)
MOST_BYTES: Final = 200 * 1024**2
ERRORS_KEPT: Final = 10_000


class _Overtaken(Exception):
    """Another worker has gone on with the same import."""


@transaction.atomic
def start_import(*, file_name: str, content: BinaryIO, actor: str, at: datetime) -> TradeImport:
    """Store an upload and have it read in the background.

    Raises BadFileKind (neither .csv nor .csv.gz), FileTooLarge (over 200 MB), Invalid (name).
    """
    label = one_line(Path(file_name.replace("\\", "/")).name, field="file_name")
    ending = next((end for end in (".csv.gz", ".csv") if label.lower().endswith(end)), None)
    if ending is None:
        raise BadFileKind(field="file_name")
    row = TradeImport(file_name=label, actor=actor, started_at=at)
    row.file_path = f"{row.tenant_id}/imports/{row.id}{ending}"
    row.byte_count = _store(content, _on_disk(row))
    row.save(force_insert=True)
    jobs.enqueue("tenants.import_file", tenant_id=row.tenant_id, import_id=row.id)
    return row


def import_file(*, import_id: str) -> TradeImport:
    """Read an uploaded file to its end; each chunk and its progress commit together.

    Started again after a crash it goes on behind the last committed chunk; started twice at once,
    one of the two stops. A file that cannot be read ends as failed, with the reason as an error
    row; what was read before stays. Raises NotFound.
    """
    row = _begin(import_id)
    if row.status != ImportStatus.RUNNING:
        return row
    try:
        _read_chunks(row, row.started_at or clock.now())
    except _Overtaken:
        logger.info("imports.overtaken", import_id=row.id)
    except Unreadable as problem:
        _fail(row, problem.error)
    return _found(import_id)


def error_file(row: TradeImport) -> Path:
    """Where the full list of refused lines is kept: beside the upload."""
    path = _on_disk(row)
    return path.with_name(f"{path.name}.errors.csv")


@transaction.atomic
def _begin(import_id: str) -> TradeImport:
    """Under the row's lock: mark it running and bring the error file in line with it."""
    row: TradeImport = TradeImport.objects.select_for_update().get(pk=_found(import_id).pk)
    if row.status in {ImportStatus.WAITING, ImportStatus.RUNNING}:
        row.status, row.started_at = ImportStatus.RUNNING, row.started_at or clock.now()
        row.save(update_fields=["status", "started_at"])
        _trim_error_file(row)
    return row


def _read_chunks(row: TradeImport, known_at: datetime) -> None:
    lines = read_orders(_on_disk(row), known_on=clock.day_of(known_at))
    done = row.row_count
    for _ in islice(lines, done):
        pass
    for chunk in _chunks(lines):
        _take_in(row.id, chunk, done, known_at)
        done += len(chunk)
    with transaction.atomic():
        current = _at(row.id, done)
        current.byte_done = current.byte_count
        _finish(current, ImportStatus.DONE)


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Damage further on does not cost the good lines before it."""
    chunk: list[Line] = []
    try:
        for line in lines:
            chunk.append(line)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    except Unreadable:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


@transaction.atomic
def _take_in(import_id: str, chunk: list[Line], done: int, known_at: datetime) -> None:
    row = _at(import_id, done)
    orders = [line.row for line in chunk if isinstance(line.row, OrderRow)]
    errors = [line.row for line in chunk if isinstance(line.row, RowError)]
    counts = import_orders(rows=orders, known_at=known_at, actor=row.actor)
    _keep(row, errors)
    _advance(row, len(chunk), counts, len(errors))
    row.byte_done = chunk[-1].byte_done
    row.save()


def _at(import_id: str, done: int) -> TradeImport:
    """The import's row, locked, provided nobody else moved it."""
    row: TradeImport = TradeImport.objects.select_for_update().get(pk=import_id)
    if row.row_count != done or row.status != ImportStatus.RUNNING:
        raise _Overtaken
    return row


def _advance(row: TradeImport, read: int, counts: ImportCounts, refused: int) -> None:
    row.row_count += read
    row.created_count += counts.created
    row.revised_count += counts.revised
    row.repeated_count += counts.repeated
    row.error_count += refused


def _keep(row: TradeImport, errors: list[RowError]) -> None:
    """The first ten thousand in the database, all of them in the file (before the commit)."""
    if not errors:
        return
    room = max(0, ERRORS_KEPT - row.error_count)
    TradeImportError.objects.bulk_create(
        [
            TradeImportError(
                trade_import=row, line_no=e.line_no, code=e.code, reason=e.reason, raw=e.raw
            )
            for e in errors[:room]
        ]
    )
    path = error_file(row)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            file.write("\ufeff")
            writer.writerow(["line_no", "code", "reason", "raw"])
        writer.writerows([e.line_no, e.code, e.reason, harmless(e.raw)] for e in errors)


def _trim_error_file(row: TradeImport) -> None:
    """Drop lines written for a chunk that never committed."""
    path = error_file(row)
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        kept = list(islice(csv.reader(file), row.error_count + 1))
    if row.error_count == 0:
        path.unlink()
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(kept)


@transaction.atomic
def _fail(seen: TradeImport, error: RowError) -> None:
    row: TradeImport = TradeImport.objects.select_for_update().get(pk=seen.pk)
    if row.status == ImportStatus.RUNNING:
        _keep(row, [error])
        row.error_count += 1
        _finish(row, ImportStatus.FAILED)


def _finish(row: TradeImport, status: ImportStatus) -> None:
    row.status = status
    row.finished_at = clock.now()
    row.save()


def _found(import_id: str) -> TradeImport:
    try:
        row: TradeImport | None = TradeImport.objects.filter(pk=import_id).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound(noun="import")
    return row


def _on_disk(row: TradeImport) -> Path:
    return Path(settings.MEDIA_ROOT) / row.file_path


def _store(content: BinaryIO, path: Path) -> int:
    try:
        return store(content, path, most_bytes=MOST_BYTES).byte_count
    except TooLarge:
        raise FileTooLarge(field="file", limit_mb=MOST_BYTES // 1024**2) from None


def unfinished() -> Iterator[TradeImport]:
    """Imports of the open scope that no worker may be reading: for the sweep."""
    yield from TradeImport.objects.filter(
        status__in=[ImportStatus.WAITING, ImportStatus.RUNNING]
    ).order_by("id")
