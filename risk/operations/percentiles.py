"""Percentile tables of a night: one statement over the months, whatever the tenant's size."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from platform_app.kernel import clock, ids
from platform_app.kernel.planner import join_by_hashing
from platform_app.kernel.scope import current_tenant_id
from risk.models import FeatureMark
from risk.queries.percentiles import LEAST_MERCHANTS

# Of each value: how many merchants have it, and how many have it or less. One value for each
# hundredth is kept, and the smallest: with up to a hundred merchants that is every value.
_BUILD: Final = """
WITH sums AS (
    SELECT a.merchant_id, m.category,
           sum(a.net_minor) AS l12, sum(a.placed_count) AS placed,
           coalesce(sum(a.net_minor) FILTER (
               WHERE a.month >= %(month)s::date - interval '3 months'), 0) AS l3
    FROM risk_monthlyagg a
    JOIN tenants_merchant m ON m.tenant_id = a.tenant_id AND m.id = a.merchant_id
    WHERE a.tenant_id = %(tenant)s AND a.month < %(month)s
      AND a.month >= %(month)s::date - interval '12 months'
    GROUP BY 1, 2 HAVING sum(a.placed_count + a.returned_count) > 0
), valued AS (
    SELECT scope.category, v.feature, v.value::bigint AS value
    FROM sums s
    CROSS JOIN LATERAL (VALUES
        ('net_gmv_l3_percentile', s.l3), ('net_gmv_l12_percentile', s.l12),
        ('mean_order_percentile', CASE WHEN s.placed > 0 THEN round(s.l12 / s.placed) END)
    ) AS v(feature, value)
    CROSS JOIN LATERAL (SELECT '' UNION SELECT s.category) AS scope(category)
    WHERE v.value IS NOT NULL
), ranked AS (
    SELECT category, feature, value, count(*) AS same,
           sum(count(*)) OVER (PARTITION BY category, feature ORDER BY value) AS upto,
           sum(count(*)) OVER (PARTITION BY category, feature) AS n
    FROM valued GROUP BY category, feature, value
)
INSERT INTO risk_percentiletable (id, tenant_id, known_until, month, category, feature,
                                  merchant_count, edges, mids, tops)
SELECT uuidv7(), %(tenant)s, %(until)s, %(month)s, category, feature, max(n),
       array_agg(value ORDER BY value),
       array_agg(round((upto - same / 2.0) / n, 4) ORDER BY value),
       array_agg(round(upto / n, 4) ORDER BY value)
FROM ranked
WHERE n >= %(least)s
  AND (upto = same OR floor(100 * upto / n) > floor(100 * (upto - same) / n))
GROUP BY category, feature
ON CONFLICT (tenant_id, known_until, category, feature) DO NOTHING
"""


@transaction.atomic
def build_percentiles(*, known_until: datetime) -> int:
    """Keep where values lie among the tenant's merchants, as known before a moment.

    Of the twelve complete months before it; whoever has an order in them counts. A category of
    fewer than twenty has no table of its own, nor has a tenant of fewer than twenty. The months
    must stand at just that moment, else nothing is written; returns how many tables were. The
    first run stands.
    """
    if not FeatureMark.objects.filter(known_until=known_until).exists():
        return 0
    with join_by_hashing(), connection.cursor() as cursor:
        cursor.execute(
            _BUILD,
            {
                "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
                "until": known_until,
                "month": clock.day_of(known_until).replace(day=1),
                "least": LEAST_MERCHANTS,
            },
        )
        return int(cursor.rowcount)
