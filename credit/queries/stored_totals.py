"""Every stored total against what it stands for, as one statement that reads each table once.

`OF_ALL` compares everything there is. `OF_THE_NIGHT` gives the same answers from less: balances are
the last snapshot and what was booked since, and what has been earned is what the close's own pass
over the segments added up.
"""

from typing import Final

from credit.queries.joint_proofs import JOINT_OWED
from credit.queries.loan_events import STANDING


def upto(day: str) -> str:
    """What a segment `s` has earned up to a day, exclusive; fen."""
    days = f"greatest(0, least({day}, s.to_on) - s.from_on)"
    return f"round(s.base_minor * s.rate * {days} / s.per_days)"


# Balances of accounts: from every posting, or from the last snapshots and what was booked since.
_FROM_POSTINGS: Final = """
    SELECT a.funding_source_id, a.code, coalesce(sum(p.amount_minor), 0) AS amount
    FROM credit_account a
    LEFT JOIN credit_posting p ON p.tenant_id = a.tenant_id AND p.account_id = a.id
    WHERE a.tenant_id = %(tenant)s GROUP BY 1, 2"""
_FROM_SNAPSHOTS: Final = """
    SELECT a.funding_source_id, a.code,
           coalesce(told.balance_minor, 0) + coalesce(since.amount, 0) AS amount
    FROM credit_account a LEFT JOIN LATERAL (
        SELECT balance_minor FROM credit_accountsnapshot t
        WHERE t.tenant_id = a.tenant_id AND t.account_id = a.id ORDER BY t."on" DESC LIMIT 1
    ) told ON true LEFT JOIN (
        SELECT p.account_id, sum(p.amount_minor) AS amount
        FROM credit_journalentry e CROSS JOIN LATERAL (
            SELECT account_id, amount_minor FROM credit_posting own
            WHERE own.tenant_id = e.tenant_id AND own.entry_id = e.id OFFSET 0) p
        WHERE e.tenant_id = %(tenant)s AND e.booked_on > coalesce((
            SELECT max("on") FROM credit_accountsnapshot WHERE tenant_id = %(tenant)s), '-infinity')
        GROUP BY 1
    ) since ON since.account_id = a.id
    WHERE a.tenant_id = %(tenant)s"""

# What was ever earned: by every segment, or by what the close told (`earned` of its buckets) and,
# of a drawdown that lags, by what it had earned when it was left behind.
_FROM_SEGMENTS: Final = f"""
    SELECT s.funding_source_id, s.kind,
           sum({upto('coalesce(x."on", %(through)s::date)')}) AS amount
    FROM credit_interestsegment s
    LEFT JOIN credit_closeexception x ON x.tenant_id = s.tenant_id
         AND x.drawdown_id = s.drawdown_id AND x.status <> 'repaired'
    WHERE s.tenant_id = %(tenant)s AND s.partnership_id IS NULL GROUP BY 1, 2"""  # noqa: S608 -- our own expressions
_FROM_THE_CLOSE: Final = f"""
    SELECT funding_source_id, kind, sum(amount) AS amount FROM (
        SELECT * FROM unnest(%(sources)s::uuid[], %(kinds)s::text[], %(amounts)s::bigint[])
            AS told(funding_source_id, kind, amount)
        UNION ALL
        SELECT s.funding_source_id, s.kind, {upto('x."on"')}
        FROM credit_closeexception x CROSS JOIN LATERAL (
            SELECT * FROM credit_interestsegment own WHERE own.tenant_id = x.tenant_id
              AND own.drawdown_id = x.drawdown_id OFFSET 0) s
        WHERE x.tenant_id = %(tenant)s AND x.status <> 'repaired' AND s.partnership_id IS NULL
    ) parts GROUP BY 1, 2"""  # noqa: S608 -- our own expressions


def _compared(balances: str, earned: str, *, holds: str) -> str:
    return f"""
WITH balances AS MATERIALIZED ({balances}
), earned AS MATERIALIZED ({earned}
), notes AS MATERIALIZED (
    SELECT line_id, funding_source_id, partnership_id IS NOT NULL AS is_joint,
           sum(outstanding_principal_minor) AS owed
    FROM credit_drawdown WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3
), lines AS MATERIALIZED (
    SELECT l.used_minor, l.held_minor, l.temporary_minor, coalesce(d.used, 0) AS used,
           coalesce(h.held, 0) AS held, coalesce(t.extra, 0) AS extra
    FROM credit_creditline l
    LEFT JOIN (SELECT line_id, sum(owed) AS used FROM notes GROUP BY 1) d ON d.line_id = l.id
    LEFT JOIN (SELECT line_id, sum(amount_minor - captured_minor - released_minor) AS held
               FROM credit_hold WHERE tenant_id = %(tenant)s AND {holds}
               GROUP BY 1) h ON h.line_id = l.id
    LEFT JOIN (SELECT line_id, sum(amount_minor) AS extra FROM credit_temporarylimit
               WHERE tenant_id = %(tenant)s AND status = 'active' GROUP BY 1) t ON t.line_id = l.id
    WHERE l.tenant_id = %(tenant)s
), begun AS MATERIALIZED (
    SELECT drawdown_id, paid_interest_minor + waived_interest_minor
               + written_off_interest_minor AS interest,
           paid_penalty_minor + waived_penalty_minor + written_off_penalty_minor AS penalty,
           paid_fee_minor + waived_fee_minor + written_off_fee_minor AS fee
    FROM credit_planrow WHERE tenant_id = %(tenant)s
      AND unpaid_minor <> principal_minor + interest_minor + fee_minor + penalty_minor
), settled AS (
    SELECT d.funding_source_id, sum(r.interest) AS interest, sum(r.penalty) AS penalty,
           sum(r.fee) AS fee
    FROM begun r JOIN credit_drawdown d ON d.id = r.drawdown_id
    WHERE d.tenant_id = %(tenant)s AND d.partnership_id IS NULL GROUP BY 1
), control AS (
    SELECT funding_source_id, CASE code WHEN '1101' THEN 'principal' WHEN '1102' THEN 'interest'
               WHEN '1103' THEN 'penalty' WHEN '1104' THEN 'fee' ELSE 'subsidy' END AS what, amount
    FROM balances WHERE code IN ('1101', '1102', '1103', '1104', '2301')
    UNION ALL
    SELECT funding_source_id, 'principal', -owed FROM notes WHERE NOT is_joint
    UNION ALL
    SELECT funding_source_id, kind, -amount FROM earned
    UNION ALL
    SELECT funding_source_id, 'subsidy', base_minor FROM credit_interestsegment
    WHERE tenant_id = %(tenant)s AND kind = 'subsidy' AND partnership_id IS NULL
    UNION ALL
    SELECT d.funding_source_id, v.kind, -v.amount_minor FROM credit_loanevent v
    JOIN credit_drawdown d ON d.tenant_id = v.tenant_id AND d.id = v.drawdown_id
    WHERE v.tenant_id = %(tenant)s AND v.kind IN ('penalty', 'fee') AND d.partnership_id IS NULL
      AND {STANDING}
    UNION ALL
    SELECT t.funding_source_id, w.what, w.amount FROM settled t CROSS JOIN LATERAL (
        VALUES ('interest', t.interest), ('penalty', t.penalty), ('fee', t.fee)) w(what, amount)
    UNION ALL
    SELECT funding_source_id, what, -amount FROM ({JOINT_OWED}) joint
)
SELECT (SELECT count(*) FROM (SELECT sum(amount) AS total FROM balances) b WHERE total <> 0)
           AS trial_balance_is_zero,
       (SELECT count(DISTINCT funding_source_id) FROM (
            SELECT funding_source_id FROM control GROUP BY funding_source_id, what
            HAVING sum(amount) <> 0) c) AS control_accounts_agree,
       (SELECT count(*) FROM lines WHERE (used_minor, held_minor) <> (used, held)) AS lines_agree,
       (SELECT count(*) FROM lines WHERE temporary_minor <> extra) AS temporary_limits_agree,
       (SELECT count(*) FROM (
            SELECT coalesce(sum(used_minor), 0) AS used FROM risk_exposurebucket
            WHERE tenant_id = %(tenant)s AND name = 'tenant_pool') b
        WHERE b.used <> (SELECT coalesce(sum(used_minor + held_minor), 0) FROM lines))
           AS exposure_agrees,
       (SELECT count(*) FROM (SELECT * FROM balances WHERE code = '2202') b FULL JOIN (
            SELECT funding_source_id, sum(open_minor) AS waiting FROM credit_suspenseitem
            WHERE tenant_id = %(tenant)s GROUP BY 1) i USING (funding_source_id)
        WHERE coalesce(b.amount, 0) <> -coalesce(i.waiting, 0)) AS suspense_agrees,
       (SELECT count(*) FROM (SELECT * FROM balances WHERE code = '2102') b FULL JOIN (
            SELECT funding_source_id, sum(amount_minor) AS waiting FROM credit_holdback
            WHERE tenant_id = %(tenant)s AND released_on IS NULL GROUP BY 1) h
            USING (funding_source_id)
        WHERE coalesce(b.amount, 0) <> -coalesce(h.waiting, 0)) AS holdback_agrees
"""  # noqa: S608 -- our own parts


# Trial balance (2); control accounts equal the derived outstanding and posted accrual the formula
# (3, 10); lines say what their drawdowns, holds and temporary limits say (13, 15), and the exposure
# what the lines say; suspense and holdback are what waits there.
OF_ALL: Final = _compared(_FROM_POSTINGS, _FROM_SEGMENTS, holds="true")
# A constraint says that every other hold has nothing left.
OF_THE_NIGHT: Final = _compared(
    _FROM_SNAPSHOTS, _FROM_THE_CLOSE, holds="status IN ('held', 'part_captured')"
)
