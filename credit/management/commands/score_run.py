"""`manage.py score_run --tenant pets`: every merchant of a platform scored now, in this process."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credit.operations.score_runs import run_here
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import ScoreRunStatus
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Score every merchant of a platform; readers read the new scores when all are in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the platform's slug")
        parser.add_argument("--key", help="the same key again goes on with the same run")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        key = options["key"] or ids.new_id("key")
        began = time.perf_counter()
        try:
            with tenant_scope(tenant.id):
                run = run_here(key=key, actor="system:command", at=clock.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        seconds = max(time.perf_counter() - began, 1e-9)
        if run is None:
            msg = "the platform has no merchants"
            raise CommandError(msg)
        if run.status != ScoreRunStatus.FINISHED:
            msg = f"run {run.id} is {run.status}: {run.problem}"
            raise CommandError(msg)
        told = {
            "run": run.id, "key": run.key, "merchants": run.merchants_count,
            "chunks": run.chunks_count, "counts": run.counts, "movers": run.movers_count,
            "checksum": run.checksum, "seconds": round(seconds, 3),
            "rows_per_second": round(run.merchants_count / seconds),
        }  # fmt: skip
        self.stdout.write(json.dumps(told) if options["as_json"] else _text(told))


def _text(told: dict[str, Any]) -> str:
    counts = told["counts"]
    speed = f"{told['seconds']} s, {told['rows_per_second']:,} a second"
    lines = [
        f"run {told['run']}: {told['merchants']:,} merchants in {speed}",
        *(f"  {kind}: {_counted(counts[kind])}" for kind in ("grade", "outcome")),
        f"  moved more than two grades: {told['movers']:,}",
        f"  checksum {told['checksum']}",
    ]
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
