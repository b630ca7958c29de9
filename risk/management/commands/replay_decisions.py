"""`manage.py replay_decisions`: the stored facts must give the stored answers again."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Decision
from risk.operations.decisions import replay
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Replay every platform's decisions from their stored facts and versions, byte for byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, help="so many of each platform, at random")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        sample = options["sample"]
        if sample is not None and sample < 1:
            msg = "--sample must be at least 1"
            raise CommandError(msg)
        replayed, different = 0, []
        for tenant_id in Tenant.objects.order_by("id").values_list("id", flat=True):
            with tenant_scope(tenant_id):
                for decision_id in _ids(sample):
                    replayed += 1
                    if not _is_identical(decision_id):
                        different.append(decision_id)
        answer = {"replayed": replayed, "identical": replayed - len(different)}
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{answer['identical']:,} of {replayed:,} decisions are identical")
        if different:
            msg = f"{len(different)} decisions differ, the first is {different[0]}"
            raise CommandError(msg)


def _ids(sample: int | None) -> list[str]:
    found = Decision.objects.values_list("id", flat=True)
    return list(found.order_by("id") if sample is None else found.order_by("?")[:sample])


def _is_identical(decision_id: str) -> bool:
    """A version whose body was altered replays nothing."""
    try:
        return replay(decision_id)
    except DomainError:
        return False
