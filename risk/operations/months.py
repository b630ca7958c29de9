"""The months of every merchant, brought up to what is known: only those that something touched."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.models import FeatureMark, MonthlyAgg

logger = structlog.get_logger(__name__)

# A row written in a transaction that was open when we last looked has an older id than our look.
_LONGEST_IMPORT: Final = timedelta(hours=6)
# Touched is every month that a revision of an order lies in which a new row belongs to, and every
# month that a row known before was waiting for.
_REFRESH: Final = """
WITH touched AS (
    SELECT o.merchant_id, date_trunc('month', o.ordered_on)::date AS month
    FROM tenants_tradeorder o
    WHERE o.tenant_id = %(tenant)s AND o.order_no IN (
        SELECT n.order_no FROM tenants_tradeorder n
        WHERE n.tenant_id = %(tenant)s AND n.id >= %(since)s)
    UNION
    SELECT a.merchant_id, a.month FROM risk_monthlyagg a
    WHERE a.tenant_id = %(tenant)s AND a.next_at < %(until)s
), judged AS (
    SELECT t.merchant_id, t.month, o.ordered_on, o.status, o.amount_minor,
           CASE WHEN o.known_at < %(until)s AND o.event_at < %(until)s THEN o.known_at END AS news,
           least(CASE WHEN o.known_at >= %(until)s OR o.event_at >= %(until)s
                      THEN greatest(o.known_at, o.event_at) END, later.next_at) AS next_at,
           o.known_at < %(until)s AND o.event_at < %(until)s AND o.status <> 'canceled'
           AND later.is_known IS NOT TRUE AS is_counted
    FROM touched t
    JOIN tenants_tradeorder o ON o.tenant_id = %(tenant)s AND o.merchant_id = t.merchant_id
        AND o.ordered_on >= t.month AND o.ordered_on < (t.month + interval '1 month')::date
    LEFT JOIN LATERAL (
        SELECT bool_or(x.known_at < %(until)s AND x.event_at < %(until)s) AS is_known,
               min(greatest(x.known_at, x.event_at))
                   FILTER (WHERE x.known_at >= %(until)s OR x.event_at >= %(until)s) AS next_at
        FROM tenants_tradeorder x
        WHERE x.tenant_id = %(tenant)s AND x.order_no = o.order_no AND x.revision > o.revision
    ) later ON true
), written AS (
INSERT INTO risk_monthlyagg (id, tenant_id, merchant_id, month, known_until, next_at,
                             newest_known_at, net_minor, returned_minor, placed_count,
                             returned_count, first_on, last_on)
SELECT uuidv7(), %(tenant)s, merchant_id, month, %(until)s, min(next_at), max(news),
       coalesce(sum(amount_minor) FILTER (WHERE is_counted AND status = 'placed'), 0),
       coalesce(sum(amount_minor) FILTER (WHERE is_counted AND status = 'returned'), 0),
       count(*) FILTER (WHERE is_counted AND status = 'placed'),
       count(*) FILTER (WHERE is_counted AND status = 'returned'),
       min(ordered_on) FILTER (WHERE is_counted), max(ordered_on) FILTER (WHERE is_counted)
FROM judged GROUP BY merchant_id, month
ON CONFLICT (tenant_id, merchant_id, month) DO UPDATE SET
    known_until = excluded.known_until, next_at = excluded.next_at,
    newest_known_at = excluded.newest_known_at,
    net_minor = excluded.net_minor, returned_minor = excluded.returned_minor,
    placed_count = excluded.placed_count, returned_count = excluded.returned_count,
    first_on = excluded.first_on, last_on = excluded.last_on
RETURNING newest_known_at
)
SELECT count(*), max(newest_known_at), now() FROM written
"""


@transaction.atomic
def refresh_months(*, known_until: datetime) -> int:
    """Compute anew the months something touched, as known before a moment; return how many.

    One transaction: it happened, or nothing did. A second run changes nothing, a moment before the
    last one neither. Rows count from the moment they were known and had happened, however late
    they were written; amounts in fen.
    """
    mark = _mark()
    if mark.known_until is not None and known_until < mark.known_until:
        return 0
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "until": known_until,
        "since": str(_first_id(mark.seen_until)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, params)
        count, newest, seen_until = cursor.fetchone()
    known = [one for one in (mark.orders_known_at, newest) if one is not None]
    mark.known_until, mark.seen_until = known_until, seen_until
    mark.orders_known_at = max(known, default=None)
    mark.save(update_fields=["known_until", "seen_until", "orders_known_at"])
    logger.info("risk.months_refreshed", count=count, known_until=known_until.isoformat())
    return int(count)


@transaction.atomic
def rebuild_months(*, known_until: datetime) -> int:
    """Forget every month and compute all of them from the orders, as known before a moment."""
    mark = _mark()
    MonthlyAgg.objects.all().delete()
    mark.known_until = mark.seen_until = mark.orders_known_at = None
    mark.save(update_fields=["known_until", "seen_until", "orders_known_at"])
    return refresh_months(known_until=known_until)


def _mark() -> FeatureMark:
    """The tenant's mark, locked: two runs wait for each other."""
    FeatureMark.objects.bulk_create([FeatureMark()], ignore_conflicts=True)
    found: FeatureMark = FeatureMark.objects.select_for_update().get()
    return found


def _first_id(seen_until: datetime | None) -> UUID:
    """No order written since then, or in a transaction open then, has a smaller id."""
    if seen_until is None:
        return UUID(int=0)
    return UUID(int=int((seen_until - _LONGEST_IMPORT).timestamp() * 1000) << 80)
