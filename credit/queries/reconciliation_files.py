"""Files for the partner: finding them; their bytes are read one file at a time."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from credit.enums import FileKind
from credit.models import ReconciliationFile
from platform_app.kernel.errors import NotFound


def list_files(*, kind: str = "", on: date | None = None) -> QuerySet[Any]:
    """All revisions without their bytes, newest first."""
    rows = ReconciliationFile.objects.defer("content").order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(on=on) if on else rows


def latest_file(kind: FileKind, subject: str) -> ReconciliationFile | None:
    """The last revision about a batch (its id) or a day (ISO), without its bytes."""
    rows = ReconciliationFile.objects.filter(kind=kind, subject=subject).defer("content")
    return rows.order_by("-revision").first()


def file_with_content(file_id: str) -> ReconciliationFile:
    """One file with its bytes. Raises NotFound."""
    try:
        found: ReconciliationFile | None = ReconciliationFile.objects.filter(pk=file_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="file")
    return found


def file_of_batch(batch_id: str) -> ReconciliationFile:
    """The last revision of a batch's file, without its bytes. Raises NotFound."""
    found = latest_file(FileKind.SETTLEMENT, batch_id)
    if found is None:
        raise NotFound(noun="file")
    return found
