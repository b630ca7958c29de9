"""`manage.py create_tenant`: take on a platform from its vertical's preset, ready to lend."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from platform_app.kernel.tenancy import tenant_scope
from tenants.operations.tenants import set_embed_origins


class Command(BaseCommand):
    help = "Take on a platform: tenant, risk defaults, books opened today, product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--vertical", required=True, help="A key of the presets, e.g. pet.")
        parser.add_argument("--lender", required=True)
        parser.add_argument("--lender-phone", required=True)
        parser.add_argument("--origins", nargs="*", default=[], help="Shops that may frame us.")

    def handle(self, *_: Any, **options: Any) -> None:
        at = clock.now()
        try:
            tenant = launch_tenant(
                slug=options["slug"], name=options["name"], vertical=options["vertical"],
                lender_name=options["lender"], lender_phone=options["lender_phone"],
                first_day=clock.today(), is_virtual=False, actor="system:command", at=at,
            )  # fmt: skip
            if options["origins"]:
                with tenant_scope(tenant.id):
                    set_embed_origins(origins=options["origins"], actor="system:command", at=at)
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        self.stdout.write(tenant.id)
