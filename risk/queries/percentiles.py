"""Where merchants' sizes lie among those of their category, as it was known at a moment.

The table is the last one of a night that was over by then; the merchant's own figures are summed
from its orders, over the table's months. No other merchant's rows are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import MORE_TYPES, Fact
from risk.domain.features import FEATURES, NIGHT

LEAST_MERCHANTS: Final = 20
STALE: Final = timedelta(days=35)  # an older table says nothing of today
_IN_DECISIONS: Final = tuple(
    one.key for one in FEATURES if one.first_known == NIGHT and one.key in MORE_TYPES
)
_SQL: Final = """
WITH tables AS (
    SELECT t.category, t.month, t.feature, t.edges, t.mids, t.tops
    FROM risk_percentiletable t
    WHERE t.tenant_id = %(tenant)s AND t.feature = ANY(%(features)s) AND t.known_until = (
        SELECT max(l.known_until) FROM risk_percentiletable l
        WHERE l.tenant_id = %(tenant)s AND l.known_until <= %(as_of)s
          AND l.known_until > %(stale)s)
), own AS (
    SELECT m.id, n.month, coalesce(s.l3, 0) AS l3, coalesce(s.l12, 0) AS l12, s.placed,
           (SELECT max(c.category) FROM tables c WHERE c.category IN (m.category, '')) AS category
    FROM (SELECT DISTINCT month FROM tables) n
    CROSS JOIN tenants_merchant m
    LEFT JOIN LATERAL (
        SELECT sum(o.amount_minor) AS l12, count(*) AS placed,
               sum(o.amount_minor) FILTER (
                   WHERE o.ordered_on >= n.month - interval '3 months') AS l3
        FROM tenants_tradeorder o
        WHERE o.tenant_id = m.tenant_id AND o.merchant_id = m.id AND o.status = 'placed'
          AND o.ordered_on >= n.month - interval '12 months' AND o.ordered_on < n.month
          AND o.known_at < %(as_of)s AND o.event_at < %(as_of)s
          AND NOT EXISTS (
              SELECT 1 FROM tenants_tradeorder later
              WHERE later.tenant_id = o.tenant_id AND later.order_no = o.order_no
                AND later.revision > o.revision
                AND later.known_at < %(as_of)s AND later.event_at < %(as_of)s)
    ) s ON true
    WHERE m.tenant_id = %(tenant)s AND m.id = ANY(%(merchants)s::uuid[])
      AND (s.placed > 0 OR EXISTS (
          SELECT 1 FROM tenants_tradeorder o
          WHERE o.tenant_id = m.tenant_id AND o.merchant_id = m.id AND o.status <> 'canceled'
            AND o.known_at < %(as_of)s AND o.event_at < %(as_of)s))
)
SELECT o.id, t.feature,
       CASE WHEN p.place = 0 THEN 0::numeric(5, 4)
            WHEN t.edges[p.place] = v.value THEN t.mids[p.place] ELSE t.tops[p.place] END
FROM own o
JOIN tables t ON t.category = o.category
CROSS JOIN LATERAL (SELECT CASE t.feature
    WHEN 'net_gmv_l3_percentile' THEN o.l3 WHEN 'net_gmv_l12_percentile' THEN o.l12
    WHEN 'mean_order_percentile' THEN round(o.l12 / nullif(o.placed, 0)) END::bigint) AS v(value)
CROSS JOIN LATERAL (SELECT width_bucket(v.value, t.edges)) AS p(place)
WHERE v.value IS NOT NULL
"""


def size_percentiles(merchant_ids: Sequence[str], as_of: datetime) -> Mapping[str, dict[str, Fact]]:
    """A source of facts for decisions: one statement, one look-up for each merchant.

    0 for a merchant that has ordered, but nothing that stands in those months; left out without a
    known order, and where there is no table of the last five weeks.
    """
    return percentiles_of(merchant_ids, as_of, features=_IN_DECISIONS)


def percentiles_of(
    merchant_ids: Sequence[str], as_of: datetime, *, features: Iterable[str]
) -> dict[str, dict[str, Fact]]:
    """The same for these features: shares from 0 to 1, four places, equals at their middle."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "merchants": [str(ids.to_uuid("mch", one)) for one in merchant_ids],
        "as_of": as_of,
        "stale": as_of - STALE,
        "features": list(features),
    }
    found: dict[str, dict[str, Fact]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        for merchant, feature, share in cursor.fetchall():
            found.setdefault(ids.from_uuid("mch", merchant), {})[feature] = share
    return found
