"""The funnel over the event log: one statement counts it, the same statement lists who is in it."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from analytics.domain.stages import KEYS, STAGES, funnel_of
from analytics.values import FunnelMember, Stage
from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id

# Several captures of one drawdown are one use. `depth` is the number of stages reached in a row.
REACHED: Final = """
WITH said AS (
    SELECT merchant_id,
           min(occurred_at) FILTER (WHERE name = 'tenants.merchant.pooled') AS entered_at,
           bool_or(name = 'tenants.merchant.registered') AS registered,
           bool_or(name = 'tenants.merchant.verified') AS verified,
           bool_or(name = 'credit.application.submitted') AS applied,
           bool_or(name = 'credit.line.activated') AS line,
           count(DISTINCT subject) FILTER (WHERE name = 'credit.drawdown.captured') AS uses,
           bool_or(name = 'credit.repayment.succeeded') AS repaid
    FROM kernel_event
    WHERE tenant_id = %(tenant)s AND merchant_id IS NOT NULL AND name IN (
        'tenants.merchant.pooled', 'tenants.merchant.registered', 'tenants.merchant.verified',
        'credit.application.submitted', 'credit.line.activated', 'credit.drawdown.captured',
        'credit.repayment.succeeded')
    GROUP BY merchant_id
), reached AS (
    SELECT merchant_id, entered_at,
           CASE WHEN NOT registered THEN 1 WHEN NOT verified THEN 2 WHEN NOT applied THEN 3
                WHEN NOT line THEN 4 WHEN uses = 0 THEN 5 WHEN NOT repaid THEN 6
                WHEN uses < 2 THEN 7 ELSE 8 END AS depth
    FROM said
    WHERE entered_at >= coalesce(%(since)s, '-infinity'::timestamptz)
      AND entered_at < coalesce(%(until)s, 'infinity'::timestamptz)
)
"""
COUNTED: Final = f"{REACHED} SELECT depth, count(*) FROM reached GROUP BY depth"  # noqa: S608 -- our own text
LISTED: Final = f"""
{REACHED}
SELECT r.merchant_id, m.name, m.external_id, r.entered_at, r.depth
FROM reached r JOIN tenants_merchant m ON m.tenant_id = %(tenant)s AND m.id = r.merchant_id
WHERE r.depth >= %(from_depth)s AND r.depth <= %(to_depth)s
  AND (%(after)s::uuid IS NULL OR r.merchant_id < %(after)s::uuid)
ORDER BY r.merchant_id DESC LIMIT %(limit)s
"""  # noqa: S608 -- our own text


def funnel(
    *, entered_from: date | None = None, entered_to: date | None = None
) -> tuple[Stage, ...]:
    """The stages of the merchants that entered the pool on these Shanghai days (None: any day)."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, _params(entered_from, entered_to))
        return funnel_of(dict(cursor.fetchall()))


def funnel_members(
    *,
    stage: str,
    only_stopped: bool,
    entered_from: date | None = None,
    entered_to: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[FunnelMember]:
    """Who is behind a stage's count, newest first; with `only_stopped` who got no further.

    `after` is the merchant id of the last row seen. Raises ValueError for an unknown stage or id.
    """
    position = KEYS.index(stage) + 1
    params = _params(entered_from, entered_to) | {
        "from_depth": position,
        "to_depth": position if only_stopped else len(KEYS),
        "after": None if after is None else str(ids.to_uuid("mch", after)),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(LISTED, params)
        return [_member(row) for row in cursor.fetchall()]


def _params(entered_from: date | None, entered_to: date | None) -> dict[str, Any]:
    return {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "since": None if entered_from is None else clock.moment_on(entered_from),
        "until": None if entered_to is None else clock.end_of(entered_to),
    }


def _member(row: tuple[UUID, str, str, datetime, int]) -> FunnelMember:
    merchant_id, name, external_id, entered_at, depth = row
    return FunnelMember(
        merchant_id=ids.from_uuid("mch", merchant_id),
        name=name,
        external_id=external_id,
        entered_on=clock.day_of(entered_at),
        stage_name=STAGES[depth - 1].name,
    )
