"""`manage.py import_calendar FILE`: propose a year's working days, or only see what would move."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credit.domain.calendar import read_calendar
from credit.operations.calendar import propose_calendar
from credit.queries.calendar_imports import preview_calendar_import, rows_of
from credit.values import CalendarPreview
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say

ACTOR = "system:command"


class Command(BaseCommand):
    help = "Propose a calendar file. A member of staff applies it in the back office."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV: date,is_workday,kind,notice_no")
        parser.add_argument("--dry-run", action="store_true", help="Write nothing.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        file: Path = options["file"]
        at = clock.now()
        try:
            data = file.read_bytes()
        except OSError as error:
            msg = f"Cannot read {file}: {error.strerror}"
            raise CommandError(msg) from error
        try:
            import_id = None
            rows = read_calendar(data)
            if not options["dry_run"]:
                found = propose_calendar(data=data, file_name=file.name, actor=ACTOR, at=at)
                import_id, rows = found.id, rows_of(found)
            preview = preview_calendar_import(rows=rows, at=at)
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        if options["as_json"]:
            self.stdout.write(json.dumps(_facts(preview, import_id), ensure_ascii=False, indent=2))
        else:
            self._tell(preview, import_id)

    def _tell(self, preview: CalendarPreview, import_id: str | None) -> None:
        for change in preview.changes:
            if change.is_flip:
                word = "work" if change.row.is_workday else "rest"
                self.stdout.write(f"{change.row.on}  becomes {word}  {change.row.kind}")
        for move in preview.moves:
            to = move.to_on if move.direction == "later" else "stays (signed)"
            self.stdout.write(
                f"{move.tenant_name}  {move.drawdown_id}  {move.seq}  {move.from_on} -> {to}"
            )
        self.stdout.write(f"{len(preview.changes)} days, {len(preview.moved)} installments move")
        if import_id:
            self.stdout.write(f"{import_id} waits to be applied in the back office")


def _facts(preview: CalendarPreview, import_id: str | None) -> dict[str, Any]:
    return {
        "import": import_id,
        "days": [
            {**change.row.to_json(), "was_workday": change.was_workday}
            for change in preview.changes
        ],
        "moves": [
            {
                "tenant": move.tenant_id,
                "drawdown": move.drawdown_id,
                "seq": move.seq,
                "from": move.from_on.isoformat(),
                "calendar": move.calendar_on.isoformat(),
                "to": move.to_on.isoformat(),
                "direction": move.direction,
            }
            for move in preview.moves
        ],
        "moved_count": len(preview.moved),
    }
