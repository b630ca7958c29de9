"""`manage.py simulate`: live a random year with faults, and prove that every invariant holds."""

import json
import secrets
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from credit.management.commands.demo import migrate
from credit.models import Drawdown
from credit.operations import simulation_proof
from credit.operations.simulation import Lived, Simulation, found, live
from platform_app.kernel.tenancy import tenant_scope

FIRST_DAY = date(2026, 1, 5)


class Command(BaseCommand):
    help = "Live random days of random merchants with crashes, duplicates and time-outs; prove all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=365)
        parser.add_argument("--merchants", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--start", type=date.fromisoformat, default=FIRST_DAY)
        parser.add_argument("--workers", type=int, default=2, help="Processes to live it with.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        if min(options["days"], options["merchants"], options["workers"]) < 1:
            msg = "--days, --merchants and --workers must be at least 1"
            raise CommandError(msg)
        began = time.monotonic()
        migrate()
        result = self._simulate(
            Simulation(
                seed=options["seed"], merchants=options["merchants"], days=options["days"],
                first=options["start"], workers=options["workers"],
            )
        )  # fmt: skip
        result["seconds"] = round(time.monotonic() - began, 1)
        if options["as_json"]:
            self.stdout.write(json.dumps(result))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name:<12} {value}")
        if not result["invariants"]:
            raise SystemExit(1)

    def _simulate(self, simulation: Simulation) -> dict[str, Any]:
        slug = f"simulated-{simulation.seed}-{secrets.token_hex(3)}"
        tenant, lived = found(simulation, slug=slug), Lived()
        with tenant_scope(tenant.id):
            days = live(simulation, tenant, lived)
            for _ in tqdm(days, total=simulation.days, unit="day", disable=None):
                pass
            broken = simulation_proof.checks()
            return {
                "seed": simulation.seed,
                "days": simulation.days,
                "merchants": simulation.merchants,
                "tenant": slug,
                "drawdowns": Drawdown.objects.count(),
                "events": simulation_proof.event_counts(),
                "calls": dict(sorted(lived.sent.items())),
                "refused": dict(sorted(lived.refused.items())),
                "faults": dict(sorted(lived.faults.items())),
                "amounts": simulation_proof.amounts(),
                "checks": broken,
                "sha256": simulation_proof.fingerprint(),
                "invariants": not any(broken.values()),
            }
