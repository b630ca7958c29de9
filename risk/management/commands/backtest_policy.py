"""`manage.py backtest_policy --version 2`: a policy tried on what was decided before."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.money import format_yuan
from platform_app.kernel.tenancy import tenant_scope
from risk.operations.backtests import BackTest, backtest_policy
from risk.queries.policy_findings import told
from risk.scoring.backtest import Move
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Back-test a version of a platform's policy against the one in force. Changes nothing."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version prints Django's; here it names the policy's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--version", type=int, required=True, dest="policy_version")
        parser.add_argument("--tenant", required=True, help="the platform's slug")
        parser.add_argument("--months", type=int, default=6)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            msg = f"there is no platform {options['tenant']}"
            raise CommandError(msg)
        try:
            with tenant_scope(tenant.id):
                found = backtest_policy(
                    version=options["policy_version"], months=options["months"], at=clock.now()
                )
        except DomainError as refusal:
            sentences = [str(refusal), *told(refusal.facts.get("findings", []))]
            raise CommandError("\n".join(sentences)) from refusal
        if options["as_json"]:
            self.stdout.write(
                json.dumps(asdict(found), default=datetime.isoformat, ensure_ascii=False)
            )
        else:
            self.stdout.write(_text(found))


def _text(found: BackTest) -> str:
    moved = found.moved
    days = f"{clock.day_of(found.since)} to {clock.day_of(found.until)}"
    versions = f"policy {found.version} against {found.in_force_version} in force"
    lines = [
        f"{versions}, {days}, {moved.total.cases_count:,} merchants",
        f"all: {_moved(moved.total)}",
    ]
    lines += [f"{one.kind} {one.name or '-'}: {_moved(one.move)}" for one in moved.segments]
    lines.append(f"limits cut by more than 30 %: {len(moved.losers):,}")
    lines += [
        f"  {one.merchant_id}: {format_yuan(one.before_minor)} -> {format_yuan(one.after_minor)}"
        for one in moved.losers
    ]
    return "\n".join(lines)


def _moved(one: Move) -> str:
    return (
        f"approved {one.approved_before_count:,} -> {one.approved_after_count:,} "
        f"(in {one.in_count:,}, out {one.out_count:,}), "
        f"limits {format_yuan(one.limit_before_minor)} -> {format_yuan(one.limit_after_minor)}, "
        f"expected loss {format_yuan(one.loss_before_minor)} -> "
        f"{format_yuan(one.loss_after_minor)}, dearer {one.dearer_count:,}, "
        f"cheaper {one.cheaper_count:,}, a year's interest "
        f"{format_yuan(one.interest_before_minor)} -> {format_yuan(one.interest_after_minor)}"
    )
