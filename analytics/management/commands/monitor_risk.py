"""`manage.py monitor_risk`: the nightly look at one platform's risk, now."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.operations.monitoring import monitor_platform
from credit.queries.portfolio import business_today
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Measure a platform's risk at the end of a day; the first run of a day stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the platform")
        parser.add_argument("--on", type=date.fromisoformat, help="a day; the last one that closed")
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
            found = monitor_platform(on=on, actor="system:monitor", at=clock.now())
        answer = {
            "on": on.isoformat(), "readings": found.readings_count, "alarms": found.opened_count,
        }  # fmt: skip
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{on}: {answer['readings']} readings, {answer['alarms']} new alarms")
