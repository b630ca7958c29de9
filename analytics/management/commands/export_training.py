"""`manage.py export_training`: matured cases of one platform as a CSV file for `fit_scorecard`."""

import csv
import json
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.queries.outcomes import matured_outcomes
from credit.queries.portfolio import business_today
from platform_app.kernel.tenancy import tenant_scope
from risk.queries.training_rows import HEAD, training_rows
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Write what a scorecard can be fitted on: facts, outcome, and a weight for each row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the platform")
        parser.add_argument("--out", required=True, type=Path, help="the CSV file")
        parser.add_argument("--on", type=date.fromisoformat, help="a day; the last one that closed")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        count = bad = 0
        with tenant_scope(tenant.id), options["out"].open("w", newline="") as file:
            on = options["on"] or business_today() - timedelta(days=1)
            writer = csv.DictWriter(file, HEAD)
            writer.writeheader()
            for row in training_rows(matured_outcomes(on=on)):
                writer.writerow(row)
                count, bad = count + 1, bad + row["bad"]
        answer = {"on": on.isoformat(), "rows": count, "bad": bad}
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{on}: {count} rows, {bad} bad")
