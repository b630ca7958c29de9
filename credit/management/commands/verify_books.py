"""`manage.py verify_books`: prove the invariants of every tenant's books, or of one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credit.models import BusinessDay, Drawdown
from credit.queries.business_day import open_day
from credit.queries.closes import late_day
from credit.queries.entity_proofs import entity_checks
from credit.queries.plans import difference_from_derived
from credit.queries.proofs import full_checks
from platform_app.kernel import audit, clock
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.operations.decisions import first_broken_link
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Run the invariants of the books and say which fail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="Slug; all tenants when left out.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        count, failed = 0, []
        for tenant in self._tenants(options["tenant"]):
            with tenant_scope(tenant.id):
                results = self._results(tenant)
            count += len(results)
            failed += [f"{tenant.slug}:{name}" for name, broken in results.items() if broken]
            if not options["as_json"]:
                for name, broken in results.items():
                    self.stdout.write(f"{'FAILED' if broken else 'ok':<7}{tenant.slug}  {name}")
        with platform_scope():
            over_all = entity_checks()
        count += len(over_all)
        failed += [name for name, broken in over_all.items() if broken]
        if not options["as_json"]:
            for name, broken in over_all.items():
                self.stdout.write(f"{'FAILED' if broken else 'ok':<7}{name}")
        if options["as_json"]:
            self.stdout.write(json.dumps({"checks": count, "failed": failed}))
        else:
            self.stdout.write(f"{count - len(failed)}/{count}")
        if failed:
            raise SystemExit(1)

    def _tenants(self, slug: str | None) -> list[Tenant]:
        tenants = Tenant.objects.order_by("slug")
        found = list(tenants.filter(slug=slug) if slug else tenants)
        if slug and not found:
            msg = f"There is no tenant {slug}"
            raise CommandError(msg)
        return found

    def _results(self, tenant: Tenant) -> dict[str, int]:
        late = None if tenant.is_virtual else late_day(clock.now())
        results = {
            "audit_chain": int(audit.first_broken_link() is not None),
            "decision_chain": int(first_broken_link() is not None),
            "no_day_is_late": int(late is not None),
        }
        if BusinessDay.objects.exists():
            today = open_day()
            results |= full_checks(accrued_through=today)
            results["stored_equals_derived"] = sum(
                difference_from_derived(drawdown, as_of=today) is not None
                for drawdown in Drawdown.objects.filter(captured_minor__gt=0).iterator()
            )
        return results
