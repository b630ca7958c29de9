"""The invariants of the books as SQL: each answers how many rows break it.

Numbers refer to the list of invariants in `docs/architecture.md`.
"""

from datetime import date
from typing import Final

from django.db import connection

from credit.queries.joint_proofs import JOINT_FULL, JOINT_OWED
from credit.queries.loan_events import STANDING
from credit.queries.settlement_proofs import SETTLEMENT_FULL, SETTLEMENT_NIGHTLY
from credit.queries.snapshot_proofs import SNAPSHOTS_AGREE
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

CONTROL: Final = f"""
SELECT count(*) FROM (
    SELECT a.funding_source_id,
           sum(p.amount_minor) FILTER (WHERE a.code = '1101') AS loans,
           sum(p.amount_minor) FILTER (WHERE a.code = '1102') AS interest,
           sum(p.amount_minor) FILTER (WHERE a.code = '1103') AS penalty,
           sum(p.amount_minor) FILTER (WHERE a.code = '1104') AS fee,
           sum(p.amount_minor) FILTER (WHERE a.code = '2301') AS deferred
    FROM credit_account a
    JOIN credit_posting p ON p.tenant_id = a.tenant_id AND p.account_id = a.id
    WHERE a.tenant_id = %(tenant)s GROUP BY 1
) b JOIN LATERAL (
    SELECT coalesce(sum(d.outstanding_principal_minor), 0) AS principal FROM credit_drawdown d
    WHERE d.tenant_id = %(tenant)s AND d.funding_source_id = b.funding_source_id
      AND d.partnership_id IS NULL
) o ON true JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'interest'), 0) AS interest,
           coalesce(sum(amount) FILTER (WHERE kind = 'penalty'), 0) AS penalty,
           coalesce(sum(amount - base_minor) FILTER (WHERE kind = 'subsidy'), 0) AS deferred
    FROM (SELECT s.kind, s.base_minor, round(s.base_minor * s.rate
                 * greatest(0, least(coalesce(x."on", %(through)s::date), s.to_on) - s.from_on)
                 / s.per_days) AS amount
          FROM credit_interestsegment s
          LEFT JOIN credit_closeexception x ON x.tenant_id = s.tenant_id
               AND x.drawdown_id = s.drawdown_id AND x.status <> 'repaired'
          WHERE s.tenant_id = %(tenant)s AND s.funding_source_id = b.funding_source_id
            AND s.partnership_id IS NULL) s
) e ON true JOIN LATERAL (
    SELECT coalesce(sum(v.amount_minor) FILTER (WHERE v.kind = 'penalty'), 0) AS penalty,
           coalesce(sum(v.amount_minor) FILTER (WHERE v.kind = 'fee'), 0) AS fee
    FROM credit_loanevent v
    JOIN credit_drawdown d ON d.tenant_id = v.tenant_id AND d.id = v.drawdown_id
    WHERE v.tenant_id = %(tenant)s AND d.funding_source_id = b.funding_source_id
      AND d.partnership_id IS NULL AND v.kind IN ('penalty', 'fee') AND {STANDING}
) c ON true JOIN LATERAL (
    SELECT coalesce(sum(r.paid_interest_minor + r.waived_interest_minor
                        + r.written_off_interest_minor), 0) AS interest,
           coalesce(sum(r.paid_penalty_minor + r.waived_penalty_minor
                        + r.written_off_penalty_minor), 0) AS penalty,
           coalesce(sum(r.paid_fee_minor + r.waived_fee_minor
                        + r.written_off_fee_minor), 0) AS fee
    FROM credit_planrow r
    JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
    WHERE r.tenant_id = %(tenant)s AND d.funding_source_id = b.funding_source_id
      AND d.partnership_id IS NULL
) t ON true LEFT JOIN ({JOINT_OWED}) j ON j.funding_source_id = b.funding_source_id
WHERE coalesce(b.loans, 0) <> o.principal + coalesce(j.loans, 0)
   OR coalesce(b.interest, 0) <> e.interest - t.interest + coalesce(j.interest, 0)
   OR coalesce(b.penalty, 0) <> e.penalty + c.penalty - t.penalty + coalesce(j.penalty, 0)
   OR coalesce(b.fee, 0) <> c.fee - t.fee + coalesce(j.fee, 0)
   OR coalesce(b.deferred, 0) <> e.deferred + coalesce(j.deferred, 0)
"""

NIGHTLY: Final = {
    # 2: the trial balance is zero
    "trial_balance_is_zero": """
        SELECT count(*) FROM (SELECT sum(amount_minor) AS total FROM credit_posting
        WHERE tenant_id = %(tenant)s) t WHERE total <> 0""",
    # 3 and 10: control accounts equal the derived outstanding; posted accrual equals the formula
    "control_accounts_agree": CONTROL,
    # 13 and 15: what the line says is used and held is what its drawdowns and holds say
    "lines_agree": """
        SELECT count(*) FROM credit_creditline l
        LEFT JOIN (SELECT line_id, sum(outstanding_principal_minor) AS used FROM credit_drawdown
                   WHERE tenant_id = %(tenant)s GROUP BY 1) d ON d.line_id = l.id
        LEFT JOIN (SELECT line_id, sum(amount_minor - captured_minor - released_minor) AS held
                   FROM credit_hold WHERE tenant_id = %(tenant)s GROUP BY 1) h ON h.line_id = l.id
        WHERE l.tenant_id = %(tenant)s
          AND (l.used_minor, l.held_minor) <> (coalesce(d.used, 0), coalesce(h.held, 0))""",
    # 13: what a line may draw beside its limit is the sum of its temporary limits of today
    "temporary_limits_agree": """
        SELECT count(*) FROM credit_creditline l WHERE l.tenant_id = %(tenant)s
          AND l.temporary_minor <> (SELECT coalesce(sum(t.amount_minor), 0)
            FROM credit_temporarylimit t WHERE t.tenant_id = l.tenant_id
              AND t.line_id = l.id AND t.status = 'active')""",
    "exposure_agrees": """
        SELECT count(*) FROM (
            SELECT coalesce(sum(used_minor), 0) AS used FROM risk_exposurebucket
            WHERE tenant_id = %(tenant)s AND name = 'tenant_pool') b
        WHERE b.used <> (SELECT coalesce(sum(used_minor + held_minor), 0)
                         FROM credit_creditline WHERE tenant_id = %(tenant)s)""",
}

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
        SELECT count(*) FROM credit_repayment y WHERE y.tenant_id = %(tenant)s AND
            y.allocated_minor <> (SELECT coalesce(sum(a.amount_minor), 0)
                FROM credit_loanevent e JOIN credit_allocation a
                    ON a.tenant_id = e.tenant_id AND a.loan_event_id = e.id
                WHERE e.tenant_id = y.tenant_id AND e.drawdown_id = y.drawdown_id
                  AND e.key = y.external_id)""",
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


_CLOSE: Final = {**NIGHTLY, **SETTLEMENT_NIGHTLY}
_ALL: Final = {**_CLOSE, **FULL, **JOINT_FULL, **SETTLEMENT_FULL}


def nightly_checks(*, accrued_through: date) -> dict[str, int]:
    """Broken rows per check of the daily close (0 is good)."""
    return {name: _count(sql, accrued_through) for name, sql in _CLOSE.items()}


def full_checks(*, accrued_through: date) -> dict[str, int]:
    """Broken rows per check, all of them (0 is good)."""
    return {name: _count(sql, accrued_through) for name, sql in _ALL.items()}


def _count(sql: str, through: date) -> int:
    with connection.cursor() as cursor:
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        cursor.execute(sql, {"tenant": tenant, "through": through})
        row = cursor.fetchone()
    return int(row[0]) if row else 0
