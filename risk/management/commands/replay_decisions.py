"""`manage.py replay_decisions`: the stored facts must give the stored answers again.

Answers of policies in shadow are replayed and counted as well.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Decision, ShadowDecision
from risk.operations.decisions import replay
from risk.operations.shadow_decisions import replay_shadow
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Replay every platform's decisions from their stored facts and versions, byte for byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample", type=int, help="so many of each platform, and of its shadow, at random"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        sample = options["sample"]
        if sample is not None and sample < 1:
            msg = "--sample must be at least 1"
            raise CommandError(msg)
        replayed, different = 0, []
        for tenant_id in Tenant.objects.order_by("id").values_list("id", flat=True):
            with tenant_scope(tenant_id):
                for model, again in ((Decision, replay), (ShadowDecision, replay_shadow)):
                    for stored_id in _ids(model, sample):
                        replayed += 1
                        if not _is_identical(again, stored_id):
                            different.append(stored_id)
        answer = {"replayed": replayed, "identical": replayed - len(different)}
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{answer['identical']:,} of {replayed:,} decisions are identical")
        if different:
            msg = f"{len(different)} decisions differ, the first is {different[0]}"
            raise CommandError(msg)


def _ids(model: type[Decision | ShadowDecision], sample: int | None) -> list[str]:
    found = model.objects.values_list("id", flat=True)
    return list(found.order_by("id") if sample is None else found.order_by("?")[:sample])


def _is_identical(again: Callable[[str], bool], stored_id: str) -> bool:
    """A version whose body was altered replays nothing."""
    try:
        return again(stored_id)
    except DomainError:
        return False
