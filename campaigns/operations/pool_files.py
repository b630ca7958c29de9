"""Files of the pool that were handed in and do not count yet: looked at once, deleted in time."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from campaigns.domain.pool_row import PoolRow, Refused
from campaigns.enums import PoolImportStatus
from campaigns.errors import PoolFileGone
from campaigns.gateways.pool_file import Unreadable, read_pool
from campaigns.models import PoolImport

SHOWN: Final = 8
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds, before anything of it counts."""

    row_count: int
    good: list[PoolRow]
    good_count: int
    errors: list[Refused]
    error_count: int
    ignored: list[str]


def look_at(row: PoolImport) -> dict[str, Any]:
    """Read a stored file: counts, the first rows, the first refusals, to be kept with its import.

    Whether a number or a firm is in the pool already is only asked when the file is taken in.
    """
    good: list[PoolRow] = []
    errors: list[Refused] = []
    good_count = error_count = 0
    ignored: list[str] = []
    try:
        file = read_pool(on_disk(row))
        ignored = file.ignored
        for line in file.lines:
            if isinstance(line.row, PoolRow):
                good_count += 1
                good += [line.row] if good_count <= SHOWN else []
            else:
                error_count += 1
                errors += [line.row] if error_count <= SHOWN else []
    except Unreadable as problem:
        errors, error_count = [problem.error], 1
    return {
        "row_count": good_count + error_count,
        "good": [asdict(one) for one in good],
        "good_count": good_count,
        "errors": [asdict(one) for one in errors],
        "error_count": error_count,
        "ignored": ignored,
    }


def preview_pool_import(row: PoolImport) -> Preview:
    """What was seen when the file was handed in. Raises PoolFileGone: not confirmed in time."""
    if not row.preview or not on_disk(row).is_file():
        raise PoolFileGone
    seen = dict(row.preview)
    seen["good"] = [PoolRow(**one) for one in seen["good"]]
    seen["errors"] = [Refused(**one) for one in seen["errors"]]
    return Preview(**seen)


def drop_pool_files(*, at: datetime) -> int:
    """Delete files that nobody confirmed for a week, and what was seen of them; how many."""
    count = 0
    for row in PoolImport.objects.filter(
        status=PoolImportStatus.CHECKED, created_at__lte=at - KEPT
    ).exclude(preview={}):
        on_disk(row).unlink(missing_ok=True)
        PoolImport.objects.filter(pk=row.pk, status=PoolImportStatus.CHECKED).update(preview={})
        count += 1
    return count


def on_disk(row: PoolImport) -> Path:
    """Where the file is, while it is there."""
    return Path(settings.MEDIA_ROOT) / row.file_path
