"""`manage.py night`: what the nightly jobs do to one platform's risk, now."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.operations.nights import live_night
from credit.queries.portfolio import business_today
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Features, scores, links, figures and expected loss of a platform's last closed day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the platform")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        with tenant_scope(tenant.id):
            on = business_today() - timedelta(days=1)
            done = live_night(on=on, actor="system:night", at=clock.now())
        self.stdout.write(json.dumps({"on": on.isoformat(), **done}))
