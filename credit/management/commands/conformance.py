"""``manage.py conformance FILE [--json]``: do our figures agree with the reference's?"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from credit.domain.conformance import run_cases


class Command(BaseCommand):
    help = "Run conformance cases (JSON lines) against the credit core; exit 0 only if all pass."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file of cases, one JSON object a line")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead")

    def handle(self, *_args: object, **options: object) -> None:
        path = Path(str(options["file"]))
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"cannot read {path}: {error}") from error
        results = list(run_cases(lines))
        failed = [result for result in results if result.difference is not None]
        passed = len(results) - len(failed)
        if options["json"] is True:
            report = {
                "cases": len(results),
                "passed": passed,
                "failed": [result.source for result in failed],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for result in failed:
                self.stdout.write(f"{result.source}: {result.difference}")
            self.stdout.write(f"{passed}/{len(results)}")
        if failed:
            sys.exit(1)
