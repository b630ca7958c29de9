"""`manage.py bench NAME`: measure one thing against a baseline in the same run, and check it.

Most happen in one transaction that is rolled back. Those of whole closes and of HTTP keep their own
virtual platforms, since what they measure are commits.
"""

import json
import platform
import statistics
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from credit.management.benches import (
    beside,
    daily_close,
    drawdown,
    hot_line,
    orders,
    pages,
    posting,
)
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.management.benches import score_run, scoring
from tenants.management.benches import webhooks

BENCHES = {**orders.BENCHES, **posting.BENCHES, **beside.BENCHES}


# These keep what they did, on virtual platforms of their own; scoring needs no platform at all.
# Each with the size of a run of a minute or three.
WHOLE: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "daily_close": (daily_close.run, 100_000),
    "drawdown": (drawdown.run, 400),
    "hot_line": (hot_line.run, 640),
    "pages": (pages.run, 3),
    "score_run": (score_run.run, 100_000),
    "scoring": (scoring.run, 100_000),
    "webhooks": (webhooks.run, 10_000),
}
SIZE = 1_000


class Command(BaseCommand):
    help = f"Measure one thing: {', '.join(sorted({**BENCHES, **WHOLE}))} (BENCHES without a name)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted({**BENCHES, **WHOLE}))
        parser.add_argument("--size", "--merchants", type=int, dest="size")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        for name in [options["name"]] if options["name"] else sorted(BENCHES):
            run, usual = WHOLE.get(name, (partial(measured, name), SIZE))
            size = usual if options["size"] is None else options["size"]
            if size < 1:
                msg = "--size must be at least 1"
                raise CommandError(msg)
            result = run(size)
            if options["as_json"] or name in WHOLE:
                self.stdout.write(json.dumps(result))
            else:
                self.stdout.write(
                    f"{name:<24}{result['size']:>10,} {BENCHES[name].unit} "
                    f"{result['seconds']:>9.3f} s   baseline {result['baseline_seconds']:.3f} s"
                    f"   ratio {result['ratio']:.2f}   (baseline: {BENCHES[name].baseline})"
                )


def measured(name: str, size: int) -> dict[str, Any]:
    """The medians of the runs. The ratio is how many times as fast as the baseline we are."""
    with transaction.atomic():
        tenant = launch_tenant(
            slug="bench", name="bench", vertical="pet", lender_name="bench lender",
            lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True,
            actor="system:bench", at=clock.now(),
        )  # fmt: skip
        with tenant_scope(tenant.id):
            runs = BENCHES[name].measure(tenant, size)
        transaction.set_rollback(True)
    seconds = statistics.median(run[0] for run in runs)
    baseline = statistics.median(run[1] for run in runs)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()
    return {
        "name": name, "size": size, "seconds": round(seconds, 4),
        "baseline_seconds": round(baseline, 4), "ratio": round(baseline / seconds, 3),
        "checked": True,
        "versions": {"python": platform.python_version(), "django": django.__version__,
                     "postgresql": str(server[0]) if server else "",
                     **{package: version(package) for package in BENCHES[name].packages}},
    }  # fmt: skip
