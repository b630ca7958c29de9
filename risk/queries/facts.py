"""Trade facts of many merchants in one statement, as they were known at a moment.

Of each order the latest revision that had happened and was known before `as_of` counts, for the
merchant it names. A returned order counts as an order, but not as turnover.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import ratio, variation
from risk.values import TradeFacts

KNOWN: Final = """
WITH latest AS (
    SELECT o.merchant_id, o.ordered_on, o.status,
           CASE WHEN o.status = 'placed' THEN o.amount_minor ELSE 0 END AS net,
           CASE WHEN o.status = 'returned' THEN o.amount_minor ELSE 0 END AS returned,
           CASE WHEN o.status = 'placed' THEN o.amount_minor END AS placed,
           ((extract(year FROM %(day)s::date) - extract(year FROM o.ordered_on)) * 12
           + extract(month FROM %(day)s::date) - extract(month FROM o.ordered_on))::int AS age
    FROM tenants_tradeorder o
    WHERE o.tenant_id = %(tenant)s::uuid
      AND o.known_at < %(as_of)s AND o.event_at < %(as_of)s AND o.ordered_on <= %(day)s
      AND (%(merchants)s::uuid[] IS NULL OR o.merchant_id = ANY(%(merchants)s::uuid[]))
      AND (%(first)s::uuid IS NULL OR o.merchant_id BETWEEN %(first)s::uuid AND %(last)s::uuid)
      AND o.status <> 'canceled'
      AND NOT EXISTS (
          SELECT 1 FROM tenants_tradeorder later
          WHERE later.tenant_id = o.tenant_id AND later.order_no = o.order_no
            AND later.revision > o.revision
            AND later.known_at < %(as_of)s AND later.event_at < %(as_of)s)
)
"""

SUMMED: Final = """
, summed AS (
    SELECT merchant_id,
           sum(net) FILTER (WHERE ordered_on > %(day)s::date - interval '3 months') AS l3,
           sum(net) FILTER (WHERE ordered_on > %(day)s::date - interval '12 months') AS l12,
           sum(returned) FILTER (WHERE ordered_on > %(day)s::date - interval '12 months') AS back,
           count(*) FILTER (WHERE ordered_on > %(day)s::date - interval '12 months') AS count_l12,
           count(*) AS count_total,
           min(ordered_on) AS first_on,
           max(ordered_on) AS last_on,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY placed)
               FILTER (WHERE ordered_on > %(day)s::date - interval '12 months') AS median,
           ARRAY[sum(net) FILTER (WHERE age = 12), sum(net) FILTER (WHERE age = 11),
                 sum(net) FILTER (WHERE age = 10), sum(net) FILTER (WHERE age = 9),
                 sum(net) FILTER (WHERE age = 8), sum(net) FILTER (WHERE age = 7),
                 sum(net) FILTER (WHERE age = 6), sum(net) FILTER (WHERE age = 5),
                 sum(net) FILTER (WHERE age = 4), sum(net) FILTER (WHERE age = 3),
                 sum(net) FILTER (WHERE age = 2), sum(net) FILTER (WHERE age = 1)] AS monthly
    FROM latest GROUP BY merchant_id
)
SELECT m.id, s.l3, s.l12, s.back, s.count_l12, s.count_total, s.first_on, s.last_on, s.median,
       s.monthly
FROM tenants_merchant m LEFT JOIN summed s ON s.merchant_id = m.id
WHERE m.tenant_id = %(tenant)s::uuid
  AND (%(merchants)s::uuid[] IS NULL OR m.id = ANY(%(merchants)s::uuid[]))
  AND (%(first)s::uuid IS NULL OR m.id BETWEEN %(first)s::uuid AND %(last)s::uuid)
"""

_GROUPED: Final = """
SELECT merchant_id FROM latest GROUP BY merchant_id
HAVING count(*) >= %(min_order_count)s
   AND min(ordered_on) <= %(day)s::date - %(min_tenure_days)s
   AND max(ordered_on) >= %(day)s::date - %(max_recency_days)s
ORDER BY merchant_id
"""


def trade_facts(*, merchant_ids: Sequence[str] | None, as_of: datetime) -> dict[str, TradeFacts]:
    """Facts by merchant id; None asks for every merchant of the tenant.

    Only what had happened and was known before `as_of` is seen; a merchant without orders has
    `TradeFacts.none()`. Days and months are Shanghai's. Raises ValueError for a malformed id.
    """
    day = clock.day_of(as_of)
    asked = list(merchant_ids or [])
    found = {merchant_id: TradeFacts.none() for merchant_id in asked}
    if merchant_ids is not None and not asked:
        return found
    uuids = None if merchant_ids is None else [str(ids.to_uuid("mch", m)) for m in asked]
    for row in _rows(KNOWN + SUMMED, _params(as_of, day, uuids)):
        found[ids.from_uuid("mch", _uuid(row[0]))] = _facts(row, day)
    return found


def prescreen_candidates(
    *, as_of: datetime, min_order_count: int, min_tenure_days: int, max_recency_days: int
) -> list[str]:
    """Ids of merchants that pass these three doors at `as_of`, in id order."""
    params = _params(as_of, clock.day_of(as_of), None) | {
        "min_order_count": min_order_count,
        "min_tenure_days": min_tenure_days,
        "max_recency_days": max_recency_days,
    }
    return [ids.from_uuid("mch", _uuid(row[0])) for row in _rows(KNOWN + _GROUPED, params)]


def _params(as_of: datetime, day: date, merchants: list[str] | None) -> dict[str, Any]:
    tenant = str(ids.to_uuid("tnt", current_tenant_id()))
    asked = {"merchants": merchants, "first": None, "last": None}
    return {"tenant": tenant, "as_of": as_of, "day": day, **asked}


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _facts(row: tuple[Any, ...], day: date) -> TradeFacts:
    _, l3, l12, back, count_l12, count_total, first_on, last_on, median, monthly = row
    if not count_total:
        return TradeFacts.none()
    net, returned = int(l12 or 0), int(back or 0)
    months = tuple(int(amount or 0) for amount in monthly)
    return TradeFacts(
        net_gmv_l3_minor=int(l3 or 0),
        net_gmv_l12_minor=net,
        monthly_net_minor=months,
        active_months_count=sum(amount > 0 for amount in months),
        order_count_l12=count_l12,
        order_count_total=count_total,
        tenure_days=(day - first_on).days,
        recency_days=(day - last_on).days,
        return_rate=ratio(returned, net + returned),
        gmv_cv=variation(months),
        median_order_minor=median or 0,
    )
