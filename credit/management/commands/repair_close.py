"""`manage.py repair_close`: carry drawdowns over the days that a close could not do for them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from credit.models import CloseException
from credit.operations.close_exceptions import repair_close
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Repair the close exceptions of a tenant; one that fails again stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--exception", help="one exception's id; all when left out")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"there is no tenant {options['tenant']!r}")
        failed = 0
        with tenant_scope(tenant.id):
            found = CloseException.objects.exclude(status="repaired").order_by("on", "id")
            if options["exception"]:
                found = found.filter(pk=options["exception"])
            for exception in found:
                try:
                    repair_close(exception_id=exception.id, actor="system:repair", at=clock.now())
                    self.stdout.write(f"{exception.id} {exception.drawdown_id}: repaired")
                except (DomainError, Error, ArithmeticError, ValueError, LookupError) as error:
                    failed += 1
                    self.stdout.write(f"{exception.id} {exception.drawdown_id}: {error}")
        if failed:
            raise CommandError(f"{failed} exceptions remain")
