"""`manage.py refresh_features`: months, percentile tables and snapshots of one platform, now."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.operations.features import refresh_features
from credit.queries.portfolio import business_today
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Bring a platform's features up to the end of a day; what is there of it stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the platform")
        parser.add_argument("--on", type=date.fromisoformat, help="a day; the last one that closed")
        parser.add_argument(
            "--rebuild", action="store_true", help="compute every month from the orders anew"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        with tenant_scope(tenant.id):
            last = business_today() - timedelta(days=1)
            on = options["on"] or last
            if on > last:
                msg = f"{on} is not over: the last day that is, is {last}"
                raise CommandError(msg)
            found = refresh_features(on=on, at=clock.now(), is_rebuild=options["rebuild"])
        if options["as_json"]:
            self.stdout.write(json.dumps({"on": on.isoformat()} | asdict(found)))
        else:
            self.stdout.write(
                f"{on}: {found.months_count} months, {found.tables_count} tables, "
                f"{found.snapshots_count} snapshots; {found.forgotten_count} old rows let go"
            )
