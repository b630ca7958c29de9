"""Taking orders in."""

from datetime import timedelta

from django.db import connection

from credit.management.benches.measure import Bench, Measured, check, runs, timed
from platform_app.kernel import clock, ids
from tenants.models import Tenant, TradeOrder
from tenants.operations.trade import import_orders
from tenants.values import OrderRow


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


BENCHES = {
    "import_orders": Bench(runs(import_orders_bench), "orders", "one INSERT of the same rows")
}
