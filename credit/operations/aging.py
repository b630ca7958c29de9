"""What the end of a day does to drawdowns by itself, set by set.

Only drawdowns whose `next_event_on` has come are touched: a row falls due, grace ends.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from credit.enums import AccountCode, EntryKind
from credit.operations import ledger
from platform_app.kernel import events, ids
from platform_app.kernel.events import NewEvent
from platform_app.kernel.scope import current_tenant_id

OPEN_ROW = """(r.paid_off_on IS NULL AND (r.principal_minor > r.paid_principal_minor
    OR r.interest_minor > r.paid_interest_minor OR r.penalty_minor > r.paid_penalty_minor))"""

# Payments hold their drawdown; taking all of them first, in order, the close waits here and nowhere
# later, and sees what the payments left.
LOCK = """
SELECT id FROM credit_drawdown d WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR d.id = ANY(%(only)s::uuid[]))
ORDER BY id FOR UPDATE
"""

# `derive` starts the same segments: from the due date, on the row's unpaid principal.
START_PENALTY = """
WITH started AS (
    INSERT INTO credit_interestsegment (id, tenant_id, drawdown_id, funding_source_id, product_id,
        kind, seq, from_on, to_on, base_minor, annual_rate, year_days)
    SELECT uuidv7(), d.tenant_id, d.id, d.funding_source_id, l.product_id, 'penalty', r.seq,
        r.due_on, DATE '9999-12-31', r.principal_minor - r.paid_principal_minor, d.penalty_rate,
        CASE d.terms->>'day_count' WHEN 'act/360' THEN 360 ELSE 365 END
    FROM credit_drawdown d
    JOIN credit_creditline l ON l.tenant_id = d.tenant_id AND l.id = d.line_id
    JOIN credit_planrow r ON r.tenant_id = d.tenant_id AND r.drawdown_id = d.id
    WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s AND d.penalty_rate > 0
      AND (%(only)s::uuid[] IS NULL OR d.id = ANY(%(only)s::uuid[]))
      AND r.paid_off_on IS NULL AND r.principal_minor > r.paid_principal_minor
      AND r.due_on + d.grace_days <= %(day)s
      AND NOT EXISTS (SELECT 1 FROM credit_interestsegment s
                      WHERE s.tenant_id = d.tenant_id AND s.drawdown_id = d.id
                        AND s.kind = 'penalty' AND s.seq = r.seq)
    RETURNING funding_source_id, base_minor, annual_rate, year_days, from_on
)
SELECT funding_source_id, count(*),
       sum(round(base_minor * annual_rate * (%(day)s - from_on) / year_days))
FROM started GROUP BY funding_source_id ORDER BY funding_source_id
"""

PASSED = f"""
SELECT d.id, d.merchant_id, d.order_no, r.seq, r.due_on, d.grace_days,
       r.principal_minor - r.paid_principal_minor + r.interest_minor - r.paid_interest_minor
FROM credit_drawdown d
JOIN credit_planrow r ON r.tenant_id = d.tenant_id AND r.drawdown_id = d.id
WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR d.id = ANY(%(only)s::uuid[]))
  AND {OPEN_ROW} AND %(day)s IN (r.due_on, r.due_on + d.grace_days)
ORDER BY d.id, r.seq
"""

MOVE_ON = f"""
UPDATE credit_drawdown d SET
    oldest_unpaid_on = (SELECT min(r.due_on) FROM credit_planrow r
        WHERE r.tenant_id = d.tenant_id AND r.drawdown_id = d.id AND {OPEN_ROW}
          AND r.due_on <= %(day)s),
    next_event_on = (SELECT min(n.day) FROM credit_planrow r
        CROSS JOIN LATERAL (VALUES (r.due_on), (r.due_on + d.grace_days)) AS n(day)
        WHERE r.tenant_id = d.tenant_id AND r.drawdown_id = d.id AND {OPEN_ROW}
          AND n.day > %(day)s)
WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR d.id = ANY(%(only)s::uuid[]))
"""


def age(*, day: date, at: datetime, only: Sequence[str] | None = None) -> int:
    """End `day` for the tenant's drawdowns (or for `only` these); return how many were touched.

    Running it twice changes nothing: what it did moved `next_event_on` past the day.
    """
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "day": day,
        "only": None if only is None else [str(ids.to_uuid("drw", one)) for one in only],
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, params)
        cursor.execute(PASSED, params)
        passed = cursor.fetchall()
        cursor.execute(START_PENALTY, params)
        started = cursor.fetchall()
        cursor.execute(MOVE_ON, params)
        touched = int(cursor.rowcount)
    scope = "all" if only is None else ",".join(only)
    for source, count, amount in started:
        if amount:
            _post_penalty_start(source, count, int(amount), day=day, at=at, scope=scope)
    events.record_all([_event(row, day, at) for row in passed])
    return touched


def _post_penalty_start(
    source: Any, count: int, amount: int, *, day: date, at: datetime, scope: str
) -> None:
    """Grace has passed: the days since the due date count after all."""
    source_id = ids.from_uuid("fnd", source)
    ledger.post(
        kind=EntryKind.ADJUSTMENT,
        key=f"penalty-start:{day}:{source_id}:{scope}",
        funding_source_id=source_id,
        amounts={
            AccountCode.PENALTY_RECEIVABLE: amount,
            AccountCode.PENALTY_INCOME: -amount,
        },
        value_on=day,
        booked_on=day,
        at=at,
        facts={"rows": count},
    )


def _event(row: tuple[Any, ...], day: date, at: datetime) -> NewEvent:
    drawdown, merchant, order_no, seq, due_on, grace_days, unpaid = row
    is_overdue = (day - due_on).days >= grace_days
    return NewEvent(
        name="credit.installment.overdue" if is_overdue else "credit.installment.grace_started",
        subject=ids.from_uuid("drw", drawdown),
        merchant_id=ids.from_uuid("mch", merchant),
        actor="system:close",
        at=at,
        props={
            "order_no": order_no,
            "seq": seq,
            "due_on": due_on.isoformat(),
            "unpaid_minor": int(unpaid),
        },
    )
