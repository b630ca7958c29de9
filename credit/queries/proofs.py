"""The invariants of the books as SQL: each answers how many rows break it.

Numbers refer to the list of invariants in `docs/architecture.md`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import connection

from credit.queries.discount_proofs import DISCOUNT_FULL
from credit.queries.joint_proofs import JOINT_FULL
from credit.queries.settlement_proofs import SETTLEMENT_FULL
from credit.queries.snapshot_proofs import SNAPSHOTS_AGREE
from credit.queries.stored_totals import OF_ALL, OF_THE_NIGHT
from platform_app.kernel import ids, planner
from platform_app.kernel.scope import current_tenant_id

Earned = Mapping[tuple[str, str], int]

FULL: Final = {
    # 1: every entry sums to zero and has two sides
    "entries_balance": """
        SELECT count(*) FROM (
            SELECT e.id FROM credit_journalentry e LEFT JOIN credit_posting p
                ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            WHERE e.tenant_id = %(tenant)s GROUP BY e.id
            HAVING coalesce(sum(p.amount_minor), 1) <> 0 OR count(p.id) < 2) broken""",
    # 2: also per booked day and per value day
    "days_balance": """
        SELECT count(*) FROM (
            SELECT e.booked_on, e.value_on FROM credit_journalentry e JOIN credit_posting p
                ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            WHERE e.tenant_id = %(tenant)s GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0) broken""",
    # 4: the rows' principal is what was captured; what is unpaid is outstanding
    "plans_agree": """
        SELECT count(*) FROM (
            SELECT d.id FROM credit_drawdown d LEFT JOIN credit_planrow r
                ON r.tenant_id = d.tenant_id AND r.drawdown_id = d.id
            WHERE d.tenant_id = %(tenant)s GROUP BY d.id, d.captured_minor,
                d.outstanding_principal_minor
            HAVING coalesce(sum(r.principal_minor), 0) <> d.captured_minor
                OR coalesce(sum(r.principal_minor - r.paid_principal_minor
                        - r.waived_principal_minor - r.written_off_principal_minor), 0)
                   <> d.outstanding_principal_minor) broken""",
    # 5: what the rows say is paid is what was allocated
    "allocations_agree": """
        SELECT count(*) FROM credit_planrow r LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount_minor) FILTER (WHERE component = 'principal'), 0) AS p,
                   coalesce(sum(amount_minor) FILTER (WHERE component = 'interest'), 0) AS i,
                   coalesce(sum(amount_minor) FILTER (WHERE component = 'fee'), 0) AS f,
                   coalesce(sum(amount_minor) FILTER (WHERE component = 'penalty'), 0) AS n
            FROM credit_allocation a WHERE a.tenant_id = r.tenant_id
                AND a.drawdown_id = r.drawdown_id AND a.seq = r.seq) a ON true
        WHERE r.tenant_id = %(tenant)s AND (r.paid_principal_minor, r.paid_interest_minor,
            r.paid_fee_minor, r.paid_penalty_minor) <> (a.p, a.i, a.f, a.n)""",
    # 6: a payment is what it was allocated plus what is unspent
    "payments_agree": """
        SELECT count(*) FROM credit_repayment y LEFT JOIN (
            SELECT e.drawdown_id, e.key, sum(a.amount_minor) AS allocated
            FROM credit_loanevent e JOIN credit_allocation a
                ON a.tenant_id = e.tenant_id AND a.loan_event_id = e.id
            WHERE e.tenant_id = %(tenant)s GROUP BY 1, 2
        ) t ON t.drawdown_id = y.drawdown_id AND t.key = y.external_id
        WHERE y.tenant_id = %(tenant)s AND y.allocated_minor <> coalesce(t.allocated, 0)""",
    # 15: a finished hold has nothing left
    "holds_agree": """
        SELECT count(*) FROM credit_hold h JOIN credit_drawdown d
            ON d.tenant_id = h.tenant_id AND d.id = h.drawdown_id
        WHERE h.tenant_id = %(tenant)s AND h.captured_minor <> d.captured_minor""",
    # 16: an open row past its due date is what the drawdown calls its oldest unpaid
    "oldest_unpaid_agrees": """
        SELECT count(*) FROM credit_drawdown d WHERE d.tenant_id = %(tenant)s
          AND d.lags_since IS NULL AND d.oldest_unpaid_on IS DISTINCT FROM (
            SELECT min(r.due_on) FROM credit_planrow r
            WHERE r.tenant_id = d.tenant_id AND r.drawdown_id = d.id AND r.paid_off_on IS NULL
              AND r.unpaid_minor > 0 AND r.due_on < %(through)s)""",
    # 18 and 19: one open day, no gap between days
    "days_are_gapless": """
        SELECT count(*) FROM (
            SELECT "on" - lag("on") OVER (ORDER BY "on") AS step FROM credit_businessday
            WHERE tenant_id = %(tenant)s) s WHERE step <> 1""",
    # a remembered balance is the sum of the postings it stands for
    "snapshots_agree": SNAPSHOTS_AGREE,
    # 19: a day that is closed has every bucket done
    "closed_days_are_whole": """
        SELECT count(*) FROM credit_closebucket k JOIN credit_businessday d
            ON d.tenant_id = k.tenant_id AND d.id = k.business_day_id
        WHERE k.tenant_id = %(tenant)s AND d.status = 'closed' AND k.closed_at IS NULL""",
    # 23: a batch's net is the sum of its lines
    "settlements_agree": """
        SELECT count(*) FROM credit_settlementbatch b WHERE b.tenant_id = %(tenant)s AND
            (b.net_minor, b.line_count) <> (
                SELECT coalesce(sum(l.amount_minor), 0), count(*) FROM credit_settlementline l
                WHERE l.tenant_id = b.tenant_id AND l.batch_id = b.id)""",
}

_BESIDE_TOTALS: Final = {**FULL, **JOINT_FULL, **SETTLEMENT_FULL, **DISCOUNT_FULL}


def nightly_checks(*, accrued_through: date, earned: Earned) -> dict[str, int]:
    """Broken rows per check of the daily close (0 is good).

    `earned` is what the close's pass over the segments found, fen by funding source and kind. What
    does not agree with it is looked at again in full: somebody may have repaired it meanwhile.
    """
    told = {
        "sources": [str(ids.to_uuid("fnd", source)) for source, _ in earned],
        "kinds": [kind for _, kind in earned],
        "amounts": list(earned.values()),
        "through": accrued_through,
    }
    with planner.join_by_hashing():
        found = _counts(OF_THE_NIGHT, told)
        if any(found.values()):
            found = _counts(OF_ALL, {"through": accrued_through})
    return found


def full_checks(*, accrued_through: date) -> dict[str, int]:
    """Broken rows per check, all of them (0 is good)."""
    through = {"through": accrued_through}
    beside = ",\n".join(f"({sql}) AS {name}" for name, sql in _BESIDE_TOTALS.items())
    with planner.join_by_hashing():
        return _counts(OF_ALL, through) | _counts(f"SELECT {beside}", through)


def _counts(sql: str, params: Mapping[str, Any]) -> dict[str, int]:
    """One row of counts by the names of its columns."""
    tenant = str(ids.to_uuid("tnt", current_tenant_id()))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": tenant, **params})
        row = cursor.fetchone() or ()
        return {column.name: int(n) for column, n in zip(cursor.description, row, strict=True)}
