"""What lenders must have in their books of joint loans, and under their caps, as SQL.

A lender's balance is its part of everything owed so far less its part of everything settled, each
total shared loan by loan (decision 0029); the residual lender has what the others leave.
"""

from typing import Final

from credit.queries.loan_events import STANDING

# {from_totals}: rows of (drawdown, partnership, what, component, up, down).
_PARTS: Final = """
SELECT drawdown_id, what, funding_source_id,
       CASE WHEN is_residual THEN up - down - coalesce(
           sum(part) FILTER (WHERE NOT is_residual) OVER (PARTITION BY drawdown_id, what), 0)
       ELSE part END AS amount
FROM (
    SELECT t.drawdown_id, t.what, t.up, t.down, h.funding_source_id,
           h.funding_source_id = p.residual_source_id AS is_residual,
           trunc(t.up * h.fraction) - trunc(t.down * h.fraction) AS part
    FROM ({from_totals}) AS t(drawdown_id, partnership_id, what, component, up, down)
    JOIN credit_partnership p ON p.tenant_id = %(tenant)s AND p.id = t.partnership_id
    JOIN credit_partnershipshare h ON h.tenant_id = %(tenant)s AND h.partnership_id = p.id
     AND h.component = t.component
) shared
"""

_TOTALS: Final = f"""
SELECT d.id, d.partnership_id, w.what, w.component, w.up, w.down
FROM credit_drawdown d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'interest'), 0) AS interest,
           coalesce(sum(amount) FILTER (WHERE kind = 'penalty'), 0) AS penalty,
           coalesce(sum(amount) FILTER (WHERE kind = 'subsidy'), 0) AS subsidy,
           coalesce(sum(base_minor) FILTER (WHERE kind = 'subsidy'), 0) AS subsidized
    FROM (SELECT s.kind, s.base_minor, round(s.base_minor * s.rate
                 * greatest(0, least(coalesce(x."on", %(through)s::date), s.to_on) - s.from_on)
                 / s.per_days) AS amount
          FROM credit_interestsegment s
          LEFT JOIN credit_closeexception x ON x.tenant_id = s.tenant_id
               AND x.drawdown_id = s.drawdown_id AND x.status <> 'repaired'
          WHERE s.tenant_id = %(tenant)s AND s.drawdown_id = d.id) s
) e
CROSS JOIN LATERAL (
    SELECT coalesce(sum(v.amount_minor) FILTER (WHERE v.kind = 'penalty'), 0) AS penalty,
           coalesce(sum(v.amount_minor) FILTER (WHERE v.kind = 'fee'), 0) AS fee
    FROM credit_loanevent v
    WHERE v.tenant_id = %(tenant)s AND v.drawdown_id = d.id AND v.kind IN ('penalty', 'fee')
      AND {STANDING}
) c
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.paid_principal_minor + r.waived_principal_minor
                        + r.written_off_principal_minor), 0) AS principal,
           coalesce(sum(r.paid_interest_minor + r.waived_interest_minor
                        + r.written_off_interest_minor), 0) AS interest,
           coalesce(sum(r.paid_penalty_minor + r.waived_penalty_minor
                        + r.written_off_penalty_minor), 0) AS penalty,
           coalesce(sum(r.paid_fee_minor + r.waived_fee_minor
                        + r.written_off_fee_minor), 0) AS fee
    FROM credit_planrow r WHERE r.tenant_id = %(tenant)s AND r.drawdown_id = d.id
) t
CROSS JOIN LATERAL (VALUES
    ('principal', 'principal', d.captured_minor, t.principal),
    ('interest', 'interest', e.interest, t.interest),
    ('penalty', 'penalty', e.penalty + c.penalty, t.penalty),
    ('fee', 'fee', c.fee, t.fee),
    ('subsidy', 'interest', e.subsidy, e.subsidized)
) AS w(what, component, up, down)
WHERE d.tenant_id = %(tenant)s AND d.partnership_id IS NOT NULL
"""

# Rows of (funding_source_id, what, amount).
JOINT_OWED: Final = _PARTS.format(from_totals=_TOTALS)

_HELD: Final = """
    d.outstanding_principal_minor + (
        SELECT coalesce(sum(h.amount_minor - h.captured_minor - h.released_minor), 0)
        FROM credit_hold h WHERE h.tenant_id = d.tenant_id AND h.drawdown_id = d.id)"""

_JOINT_OUT: Final = f"""
SELECT d.id, d.partnership_id, 'out', 'principal', {_HELD}, 0 FROM credit_drawdown d
WHERE d.tenant_id = %(tenant)s AND d.partnership_id IS NOT NULL
"""

JOINT_FULL: Final = {
    # 22: every lender's side of an entry balances by itself
    "sides_balance": """
        SELECT count(*) FROM (
            SELECT p.entry_id, a.funding_source_id FROM credit_posting p JOIN credit_account a
                ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE p.tenant_id = %(tenant)s GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0) broken""",
    # 22: what is out under a lender's cap is what its drawdowns hold and owe
    "funding_caps_agree": f"""
        SELECT count(*) FROM (
            SELECT funding_source_id, sum(used_minor) AS used FROM credit_fundingcapslice
            WHERE tenant_id = %(tenant)s GROUP BY 1
        ) s LEFT JOIN (
            SELECT funding_source_id, sum(out) AS out FROM (
                SELECT d.funding_source_id, {_HELD} AS out FROM credit_drawdown d
                WHERE d.tenant_id = %(tenant)s AND d.partnership_id IS NULL
                UNION ALL
                SELECT funding_source_id, amount
                FROM ({_PARTS.format(from_totals=_JOINT_OUT)}) parts
            ) each GROUP BY 1
        ) o ON o.funding_source_id = s.funding_source_id
        WHERE s.used <> coalesce(o.out, 0)""",
    # 22: what the lenders of joint loans owe one another comes to nothing
    "joint_clearing_is_zero": """
        SELECT count(*) FROM (
            SELECT sum(p.amount_minor) AS total FROM credit_posting p JOIN credit_account a
                ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE p.tenant_id = %(tenant)s AND a.code = '1201') t WHERE total <> 0""",
}
