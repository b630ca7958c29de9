"""What each category of merchants bought, month by month: the platform's own seasons."""

from datetime import date, datetime
from typing import Final

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.season import months_ahead, season_factor, stretch

__all__ = ["category_months", "months_ahead", "season_factor", "stretch"]

_SQL: Final = """
SELECT m.category, date_trunc('month', o.ordered_on)::date, sum(o.amount_minor)
FROM tenants_tradeorder o
JOIN tenants_merchant m ON m.tenant_id = o.tenant_id AND m.id = o.merchant_id
WHERE o.tenant_id = %(tenant)s::uuid AND o.status = 'placed'
  AND o.known_at < %(as_of)s AND o.event_at < %(as_of)s
  AND o.ordered_on >= (date_trunc('month', %(day)s::date) - interval '24 months')::date
  AND o.ordered_on < date_trunc('month', %(day)s::date)
  AND NOT EXISTS (
      SELECT 1 FROM tenants_tradeorder later
      WHERE later.tenant_id = o.tenant_id AND later.order_no = o.order_no
        AND later.revision > o.revision
        AND later.known_at < %(as_of)s AND later.event_at < %(as_of)s)
GROUP BY 1, 2
"""


def category_months(*, as_of: datetime) -> dict[str, dict[date, int]]:
    """Net turnover in fen by category and complete month, of the last 24, as known at a moment."""
    found: dict[str, dict[date, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
                "as_of": as_of,
                "day": clock.day_of(as_of),
            },
        )
        for category, month, amount in cursor.fetchall():
            found.setdefault(category, {})[month] = int(amount)
    return found
