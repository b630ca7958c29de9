"""`manage.py bench NAME`: measure one thing against a baseline in the same run, and check it.

Everything happens in one transaction that is rolled back: a bench leaves nothing behind.
"""

import json
import platform
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from credit.enums import AccountCode, EntryKind
from credit.management.benches import daily_close, drawdown, hot_line
from credit.models import FundingSource, JournalEntry, Posting
from credit.operations import ledger
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock, ids
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, TradeOrder
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

# These keep what they did, on virtual platforms of their own.
WHOLE: dict[str, Callable[[int], dict[str, Any]]] = {
    "daily_close": daily_close.run,
    "drawdown": drawdown.run,
    "hot_line": hot_line.run,
}
RUNS = 3
Measured = tuple[float, float]


class Command(BaseCommand):
    help = "Measure one thing; without a name, posting and import_orders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted({**BENCHES, **WHOLE}))
        parser.add_argument("--size", type=int, default=1000)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        for name in [options["name"]] if options["name"] else sorted(BENCHES):
            result = self._measure(name, options["size"])
            if options["as_json"]:
                self.stdout.write(json.dumps(result))
            else:
                self.stdout.write(
                    f"{name:<16}{result['size']:>10,} rows {result['seconds']:>9.3f} s   baseline "
                    f"{result['baseline_seconds']:.3f} s   ratio {result['ratio']:.2f}"
                )

    def _measure(self, name: str, size: int) -> dict[str, Any]:
        if size < 1:
            msg = "--size must be at least 1"
            raise CommandError(msg)
        if name in WHOLE:
            return WHOLE[name](size)
        with transaction.atomic():
            tenant = launch_tenant(
                slug="bench", name="bench", vertical="pet", lender_name="bench lender",
                lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True,
                actor="system:bench", at=clock.now(),
            )  # fmt: skip
            with tenant_scope(tenant.id):
                runs = [BENCHES[name](tenant, size, run) for run in range(RUNS)]
            transaction.set_rollback(True)
        seconds = statistics.median(run[0] for run in runs)
        baseline = statistics.median(run[1] for run in runs)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            server = cursor.fetchone()
        return {
            "name": name, "size": size, "seconds": round(seconds, 4),
            "baseline_seconds": round(baseline, 4), "ratio": round(baseline / seconds, 3),
            "checked": True,
            "versions": {"python": platform.python_version(), "django": django.__version__,
                         "postgresql": str(server[0]) if server else ""},
        }  # fmt: skip


def posting(tenant: Tenant, size: int, run: int) -> Measured:
    """`ledger.post` of two-sided entries, against raw INSERTs of the same rows, one by one."""
    source_id = FundingSource.objects.get().id
    day, at = clock.today(), clock.now()
    before = JournalEntry.objects.count()

    def ours() -> None:
        for n in range(size):
            ledger.post(
                kind=EntryKind.CAPTURE, key=f"ours-{run}-{n}", funding_source_id=source_id,
                amounts={AccountCode.LOANS: 100, AccountCode.PARTNER_PAYABLE: -100},
                value_on=day, booked_on=day, at=at,
            )  # fmt: skip

    accounts = ledger.account_ids(tenant.id, source_id)
    sides = [(AccountCode.LOANS, 100), (AccountCode.PARTNER_PAYABLE, -100)]

    def raw() -> None:
        owner = str(ids.to_uuid("tnt", tenant.id))
        with connection.cursor() as cursor:
            for n in range(size):
                entry = str(ids.new_uuid())
                cursor.execute(
                    "INSERT INTO credit_journalentry (id, tenant_id, kind, key, value_on,"
                    " booked_on, facts, at) VALUES (%s, %s, 'capture', %s, %s, %s, '{}', %s)",
                    [entry, owner, f"raw-{run}-{n}", day, day, at],
                )
                values = [
                    value
                    for code, amount in sides
                    for value in (str(ids.new_uuid()), owner, entry,
                                  str(ids.to_uuid("acc", accounts[code])), amount)
                ]  # fmt: skip
                cursor.execute(
                    "INSERT INTO credit_posting (id, tenant_id, entry_id, account_id, amount_minor)"
                    " VALUES (%s, %s, %s, %s, %s), (%s, %s, %s, %s, %s)",
                    values,
                )

    measured = timed(ours), timed(raw)
    entries = JournalEntry.objects.count() - before
    balance = sum(Posting.objects.values_list("amount_minor", flat=True))
    check(entries == 2 * size and balance == 0, f"{entries} entries, balance {balance}")
    return measured


def import_orders_bench(tenant: Tenant, size: int, run: int) -> Measured:
    """`import_orders` of new orders of 100 merchants, against one INSERT of the same rows."""
    today = clock.today()
    rows = [
        OrderRow(
            order_no=f"B{run}-{n}", merchant_no=f"M{n % 100}",
            ordered_on=today - timedelta(days=n % 300), quantity=1, amount_minor=10_000 + n,
        )
        for n in range(size)
    ]  # fmt: skip

    def ours() -> None:
        counts = import_orders(rows=rows, known_at=clock.now(), actor="system:bench")
        check(counts.created == size, f"{counts.created} orders")

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE bench_{run} (LIKE tenants_tradeorder INCLUDING ALL)"
                " ON COMMIT DROP"
            )
            cursor.execute(
                f"INSERT INTO bench_{run} SELECT * FROM tenants_tradeorder"  # noqa: S608 -- a number
                " WHERE tenant_id = %s AND order_no LIKE %s",
                [str(ids.to_uuid("tnt", tenant.id)), f"B{run}-%"],
            )

    measured = timed(ours), timed(raw)
    stored = TradeOrder.objects.filter(order_no__startswith=f"B{run}-").count()
    check(stored == size, f"{stored} orders stored")
    return measured


def timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def check(holds: bool, found: str) -> None:  # noqa: FBT001 -- the finding it reports
    """A fast wrong answer fails."""
    if not holds:
        msg = f"the bench's own check failed: {found}"
        raise CommandError(msg)


BENCHES: dict[str, Callable[[Tenant, int, int], Measured]] = {
    "posting": posting,
    "import_orders": import_orders_bench,
}
