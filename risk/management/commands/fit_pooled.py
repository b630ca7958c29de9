"""`manage.py fit_pooled --tenant SLUG --tenant SLUG`: a pooled card as a draft for each."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.operations.ladder import SEED, fit_pooled
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Fit one card on the matured cases of several platforms: a draft in each registry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", action="append", default=[], metavar="SLUG",
                            help="a platform; without any, all that are live")  # fmt: skip
        parser.add_argument("--on", type=date.fromisoformat, help="cases matured by this day")
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        tenants = _tenants(options["tenant"])
        try:
            drafts = fit_pooled(
                tenant_ids=list(tenants), on=options["on"] or clock.today(),
                actor="system:fit_pooled", at=clock.now(), seed=options["seed"],
            )  # fmt: skip
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        first = next(iter(drafts.values()))
        answer = {name: value for name, value in first.metrics.items() if name != "left_out"} | {
            "card_sha256": first.sha256,
            "features": [one["key"] for one in first.body["features"]],
            "versions": {tenants[tenant_id]: row.version for tenant_id, row in drafts.items()},
        }
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
            return
        for name, value in answer.items():
            self.stdout.write(f"{name:<12} {value}")


def _tenants(slugs: list[str]) -> dict[str, str]:
    rows = Tenant.objects.filter(mode="live").order_by("id")
    rows = rows.filter(slug__in=slugs) if slugs else rows.filter(is_virtual=False, status="active")
    found = {tenant.id: tenant.slug for tenant in rows}
    missing = set(slugs) - set(found.values())
    if missing or not found:
        msg = f"There is no platform {', '.join(sorted(missing))}".rstrip()
        raise CommandError(msg)
    return found
