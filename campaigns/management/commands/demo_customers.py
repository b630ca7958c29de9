"""`manage.py demo_customers`: salespeople, a pool, coupons and questions for a demo platform."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.operations.demo import demo_moment, fill_customers
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "What joint operation leaves at a platform, through the operations. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the platform")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        with tenant_scope(tenant.id), clock.travel(demo_moment()):
            fill_customers(at=clock.now())
