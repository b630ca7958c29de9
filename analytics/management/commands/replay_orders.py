"""`manage.py replay_orders`: live a partner's order export day by day."""

import json
import time
from argparse import ArgumentParser
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from analytics.operations.replay_models import turn_month
from credit.management.commands.demo import migrate
from credit.operations.launch import launch_tenant
from credit.operations.replay import behavior_of, live_until
from credit.operations.replay_share import ACTOR
from credit.queries.business_day import open_day
from credit.queries.totals import life_totals
from platform_app.kernel import clock, events
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from platform_app.kernel.tenancy import tenant_scope
from risk.scoring.later import judged_later
from tenants.models import Tenant
from tenants.operations.order_files import read_order_file, write_error_file
from tenants.values import OrderRow

WEEK = 7
TAIL_DAYS = 120  # how long bills are still paid after the last order


class Command(BaseCommand):
    help = "Import a partner's order export and live it day by day through the public operations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="Slug; created when absent.")
        parser.add_argument("--vertical", default="pet")
        parser.add_argument("--orders", required=True, type=Path, help="FILE.csv or FILE.csv.gz")
        parser.add_argument("--start", type=date.fromisoformat, help="First order falls this week.")
        parser.add_argument("--scale", type=int, default=1, help="Multiplies every amount.")
        parser.add_argument("--until", type=date.fromisoformat, help="Last business day to live.")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--workers", type=int, default=2, help="Processes to live it with.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        began = time.monotonic()
        if Tenant._meta.db_table not in connection.introspection.table_names():
            migrate()  # a fresh embedded database
        try:
            totals = self._replay(options)
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        totals["seconds"] = round(time.monotonic() - began, 1)
        if options["as_json"]:
            self.stdout.write(json.dumps(totals))
            return
        for name, value in totals.items():
            self.stdout.write(f"{name:<17} {_shown(value):>20}")

    def _replay(self, options: dict[str, Any]) -> dict[str, Any]:
        rows = self._rows(options["orders"])
        by_day = shifted(rows, start=options["start"], scale=options["scale"])
        first, last_order = min(by_day), max(by_day)
        last = options["until"] or last_order + timedelta(days=TAIL_DAYS)
        months = (last.year - first.year) * 12 + last.month - first.month + 2
        events.ensure_partitions(first, months=months)
        tenant = self._tenant(options, first)
        with tenant_scope(tenant.id):
            if open_day() <= last:
                turn_month(open_day())  # a run that was stopped between two months
            lived = live_until(
                last, by_day, behavior_of(options["seed"]), tenant_id=tenant.id,
                workers=options["workers"],
            )  # fmt: skip
            days = tqdm(total=(last - first).days + 1, unit="day", disable=None)
            for day in lived:
                days.update((day - first).days + 1 - days.n)
                if day < last:
                    turn_month(open_day())
            days.close()
            return life_totals() | judged_later(on=open_day() - timedelta(days=1))

    def _rows(self, path: Path) -> list[OrderRow]:
        if not path.exists():
            msg = f"There is no file {path}"
            raise CommandError(msg)
        rows, errors = read_order_file(path, known_on=clock.today())
        if errors:
            target = write_error_file(path, errors)
            self.stderr.write(f"{len(errors)} rows did not go in: see {target}")
        if not rows:
            msg = "No row of the file can be used."
            raise CommandError(msg)
        return rows

    def _tenant(self, options: dict[str, Any], first: date) -> Tenant:
        slug = options["tenant"]
        found = Tenant.objects.filter(slug=slug).first()
        return found or launch_tenant(
            slug=slug, name=slug, vertical=options["vertical"],
            lender_name="示例小额贷款有限公司", lender_phone="400-000-0000",
            first_day=first, is_virtual=True, actor=ACTOR, at=clock.moment_on(first),
        )  # fmt: skip


def _shown(value: Any) -> str:
    """A count with its thousands set apart; what could not be said is a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, list):
        return " – ".join(map(str, value))
    return str(value) if isinstance(value, bool | str) else f"{value:,}"


def shifted(rows: list[OrderRow], *, start: date | None, scale: int) -> dict[date, list[OrderRow]]:
    """Orders by day, moved by whole weeks so that the first falls in the week of `start`."""
    first = min(row.ordered_on for row in rows)
    weeks = 0
    if start is not None:
        monday = start - timedelta(days=start.weekday())
        weeks = (monday - (first - timedelta(days=first.weekday()))).days // WEEK
    by_day: dict[date, list[OrderRow]] = defaultdict(list)
    for row in rows:
        day = row.ordered_on + timedelta(weeks=weeks)
        by_day[day].append(replace(row, ordered_on=day, amount_minor=row.amount_minor * scale))
    for orders in by_day.values():
        orders.sort(key=lambda order: order.order_no)
    return by_day
