"""What the end of a day does to drawdowns by itself, set by set.

Only drawdowns whose `next_event_on` has come are touched: a row falls due, grace ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from credit.domain.allocation import Component
from credit.domain.shares import split_change
from credit.enums import AccountCode, EntryKind
from credit.models import Drawdown
from credit.operations import ledger, plans
from credit.queries.balances import earned_minor
from credit.queries.funding import shares_of
from credit.queries.plans import derived, happenings
from platform_app.kernel import events, ids
from platform_app.kernel.scope import current_tenant_id

# The drawdowns of one bucket; one that lags is left to its repair, which names it.
MINE = """(%(only)s::uuid[] IS NOT NULL OR d.lags_since IS NULL)
  AND (%(only)s::uuid[] IS NULL OR d.id = ANY(%(only)s::uuid[]))
  AND (%(of)s = 1 OR (uuid_hash(d.id) & 2147483647) %% %(of)s = %(no)s)"""
OPEN_ROW = "(r.paid_off_on IS NULL AND r.unpaid_minor > 0)"
# A drawdown's rows by their own key. Behind OFFSET no condition on days gets in, which would tempt
# the planner to walk everything that is due once for each drawdown.
ITS_ROWS = """CROSS JOIN LATERAL (
        SELECT * FROM credit_planrow own
        WHERE own.tenant_id = d.tenant_id AND own.drawdown_id = d.id OFFSET 0) r"""

# Payments hold their drawdown; taking all of them first, in order, the close waits here and nowhere
# later, and sees what the payments left.
LOCK = f"""
SELECT count(*), array_agg(id ORDER BY id) FILTER (WHERE closes_alone) FROM (
    SELECT d.id, d.closes_alone FROM credit_drawdown d
    WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
      AND {MINE}
    ORDER BY d.id FOR UPDATE
) held
"""

# `derive` starts the same stretches: from the due date, on what the row still owes. Penalty when
# grace has passed, up to its cap; contract interest beside it where the terms let it run on.
START_LATE = f"""
WITH owing AS (
    SELECT d.id, d.tenant_id, d.funding_source_id, l.product_id, r.seq, r.due_on, d.grace_days,
        d.terms, d.penalty_rate,
        r.principal_minor - r.paid_principal_minor - r.waived_principal_minor
            - r.written_off_principal_minor AS principal,
        r.interest_minor - r.paid_interest_minor - r.waived_interest_minor
            - r.written_off_interest_minor AS interest
    FROM credit_drawdown d
    JOIN credit_creditline l ON l.tenant_id = d.tenant_id AND l.id = d.line_id
    {ITS_ROWS}
    WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s AND NOT d.closes_alone
      AND {MINE}
      AND r.paid_off_on IS NULL AND r.due_on <= %(day)s
      AND (r.due_on + d.grace_days <= %(day)s OR d.terms->>'overdue_interest' = 'runs')
), started AS (
    INSERT INTO credit_interestsegment (id, tenant_id, drawdown_id, funding_source_id, product_id,
        kind, seq, from_on, to_on, base_minor, rate, per_days)
    SELECT uuidv7(), o.tenant_id, o.id, o.funding_source_id, o.product_id, k.kind, o.seq,
        o.due_on, k.to_on, k.base, k.rate, coalesce((o.terms->>'year_days')::int, 365)
    FROM owing o CROSS JOIN LATERAL (VALUES
        ('penalty', o.penalty_rate,
         CASE o.terms->>'penalty_base' WHEN 'principal_and_interest'
              THEN o.principal + o.interest ELSE o.principal END,
         o.due_on + o.grace_days <= %(day)s,
         coalesce(o.due_on + (o.terms->>'penalty_days')::int, DATE '9999-12-31')),
        ('interest', (o.terms->>'annual_rate')::numeric, o.principal,
         o.terms->>'overdue_interest' = 'runs', DATE '9999-12-31')
    ) AS k(kind, rate, base, begins, to_on)
    WHERE k.begins AND k.rate > 0 AND k.base > 0 AND o.due_on < k.to_on
      AND NOT EXISTS (SELECT 1 FROM credit_interestsegment s
                      WHERE s.tenant_id = o.tenant_id AND s.drawdown_id = o.id
                        AND s.kind = k.kind AND s.seq = o.seq AND s.from_on >= o.due_on
                      OFFSET 0)
    RETURNING funding_source_id, kind, base_minor, rate, per_days, from_on, to_on
)
SELECT funding_source_id, kind, count(*),
       sum(round(base_minor * rate * (least(%(day)s, to_on) - from_on) / per_days))
FROM started GROUP BY 1, 2 ORDER BY 1, 2
"""

PASSED = f"""
SELECT CASE WHEN %(day)s - r.due_on >= d.grace_days THEN 'credit.installment.overdue'
            ELSE 'credit.installment.grace_started' END AS name,
       kernel_public_id('drw', d.id) AS subject, d.merchant_id,
       jsonb_build_object('order_no', d.order_no, 'seq', r.seq, 'due_on', r.due_on,
                          'unpaid_minor', r.unpaid_minor) AS props
FROM credit_drawdown d
{ITS_ROWS}
WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
  AND {MINE}
  AND {OPEN_ROW} AND %(day)s IN (r.due_on, r.due_on + d.grace_days)
ORDER BY d.id, r.seq
"""

# The days are filters of one aggregate, for the same reason.
MOVE_ON = f"""
UPDATE credit_drawdown d SET (oldest_unpaid_on, next_event_on) = (
    SELECT min(r.due_on) FILTER (WHERE {OPEN_ROW} AND r.due_on <= %(day)s),
           min(CASE WHEN r.due_on > %(day)s THEN r.due_on ELSE r.due_on + d.grace_days END)
               FILTER (WHERE {OPEN_ROW} AND r.due_on + d.grace_days > %(day)s)
    FROM credit_planrow r WHERE r.tenant_id = d.tenant_id AND r.drawdown_id = d.id)
WHERE d.tenant_id = %(tenant)s AND d.next_event_on <= %(day)s
  AND {MINE}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Which drawdowns of which day: bucket `no` of `of`, or `only` those named.

    What it posts is booked into `booked_on`, the day itself unless a repair comes later.
    """

    day: date
    no: int = 0
    of: int = 1
    only: Sequence[str] | None = None
    booked_on: date | None = None

    @property
    def params(self) -> dict[str, Any]:
        only = None if self.only is None else [str(ids.to_uuid("drw", one)) for one in self.only]
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        return {"tenant": tenant, "day": self.day, "only": only, "no": self.no, "of": self.of}

    @property
    def key(self) -> str:
        """What makes an entry of this share different from those of others."""
        return f"{self.day}:{self.no}" if self.only is None else f"{self.day}:{self.only[0]}"


def age(share: Share, *, at: datetime) -> int:
    """End the share's day for its drawdowns; return how many were touched.

    Running it twice changes nothing: what it did moved `next_event_on` past the day.
    """
    day, params = share.day, share.params
    with connection.cursor() as cursor:
        cursor.execute(LOCK, params)
        ((held, alone),) = cursor.fetchall()
    if not held:
        return 0
    events.record_selected(PASSED, params, actor="system:close", at=at)
    with connection.cursor() as cursor:
        cursor.execute(START_LATE, params)
        started = {(source, kind): (n, int(sum_)) for source, kind, n, sum_ in cursor.fetchall()}
    for drawdown in alone or ():
        _start_late_alone(ids.from_uuid("drw", drawdown), day, started)
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ON, params)
        touched = int(cursor.rowcount)
    for (source, kind), (count, amount) in sorted(started.items(), key=str):
        if amount:
            _post_late_start(share, source, kind, count, amount, at=at)
    return touched


def _start_late_alone(drawdown_id: str, day: date, started: dict[tuple[Any, str], Any]) -> None:
    """What the statement does for sets, by `derive`, where a pause or a new rate asks for it."""
    drawdown = Drawdown.objects.select_related("line").get(pk=drawdown_id)
    past = happenings(drawdown_id)
    before = derived(drawdown, past, as_of=day)
    answer = derived(drawdown, past, as_of=day + timedelta(days=1))
    new = [segment for segment in answer.running if segment not in set(before.running)]
    plans.add_segments(drawdown, new, product_id=drawdown.line.product_id)
    shares = shares_of(drawdown)
    for component in (Component.INTEREST, Component.PENALTY):
        mine = [segment for segment in new if segment.kind == component.value]
        earned = sum(segment.earned_minor(day) for segment in mine)
        for party, part in split_change(
            earned_minor(before, component), earned, component, shares
        ).items():
            key = (ids.to_uuid("fnd", party), component.value)
            count, amount = started.get(key, (0, 0))
            started[key] = (count + len(mine), amount + part)


_INCOME = {
    "penalty": (AccountCode.PENALTY_RECEIVABLE, AccountCode.PENALTY_INCOME),
    "interest": (AccountCode.INTEREST_RECEIVABLE, AccountCode.INTEREST_INCOME),
}


def _post_late_start(
    share: Share, source: Any, kind: str, count: int, amount: int, *, at: datetime
) -> None:
    """Grace has passed: the days since the due date count after all."""
    source_id = ids.from_uuid("fnd", source)
    receivable, income = _INCOME[kind]
    ledger.post(
        kind=EntryKind.ADJUSTMENT,
        key=f"{kind}-start:{share.key}:{source_id}",
        funding_source_id=source_id,
        amounts={receivable: amount, income: -amount},
        value_on=share.day,
        booked_on=share.booked_on or share.day,
        at=at,
        facts={"rows": count},
    )
