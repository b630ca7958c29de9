"""The invariants of settlement as SQL: how many rows break each (0 is good)."""

from typing import Final

SETTLEMENT_FULL: Final = {
    # 23: every line is the posting of its entry
    "settlement_lines_agree": """
        SELECT count(*) FROM credit_settlementline l
        JOIN credit_settlementbatch b ON b.tenant_id = l.tenant_id AND b.id = l.batch_id
        WHERE l.tenant_id = %(tenant)s AND l.entry_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM credit_posting p
            JOIN credit_account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE p.tenant_id = l.tenant_id AND p.entry_id = l.entry_id AND a.code = '2101'
              AND a.funding_source_id = b.funding_source_id
              AND p.amount_minor = -l.amount_minor)""",
    # 23: nothing owed to the partner on a closed day was left out of every batch
    "settlements_are_complete": """
        SELECT count(*) FROM credit_posting p
        JOIN credit_account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
        JOIN credit_journalentry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
        JOIN credit_businessday y ON y.tenant_id = e.tenant_id AND y."on" = e.booked_on
        WHERE p.tenant_id = %(tenant)s AND a.code = '2101' AND e.kind <> 'settlement'
          AND y.status = 'closed' AND NOT EXISTS (
            SELECT 1 FROM credit_settlementline l
            WHERE l.tenant_id = p.tenant_id AND l.entry_id = p.entry_id
              AND l.funding_source_id = a.funding_source_id)""",
    # what was carried out of a batch is taken in once, whole, by a later batch of the same source
    "carries_agree": """
        SELECT count(*) FROM credit_settlementline i
        JOIN credit_settlementbatch t ON t.tenant_id = i.tenant_id AND t.id = i.batch_id
        LEFT JOIN credit_settlementline o ON o.tenant_id = i.tenant_id
            AND o.batch_id = i.carried_from_id AND o.kind = 'carried_out'
        LEFT JOIN credit_settlementbatch f ON f.tenant_id = i.tenant_id
            AND f.id = i.carried_from_id
        WHERE i.tenant_id = %(tenant)s AND i.kind = 'carried_in'
          AND (o.amount_minor IS DISTINCT FROM -i.amount_minor
               OR f.funding_source_id <> t.funding_source_id OR f.captured_on >= t.captured_on)""",
    # what was paid out is the net of the batch
    "payouts_agree": """
        SELECT count(*) FROM credit_settlementbatch b LEFT JOIN (
            SELECT e.key, a.funding_source_id, sum(p.amount_minor) AS paid
            FROM credit_journalentry e
            JOIN credit_posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            JOIN credit_account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE e.tenant_id = %(tenant)s AND e.kind = 'settlement' AND a.code = '2101'
            GROUP BY 1, 2
        ) t ON t.key = b.payout_reference AND t.funding_source_id = b.funding_source_id
        WHERE b.tenant_id = %(tenant)s AND coalesce(t.paid, 0)
              <> CASE WHEN b.status IN ('paid', 'reconciled') THEN b.net_minor ELSE 0 END""",
    # a repayment by debit, deduction or guarantor has what it came from
    "claims_agree": """
        SELECT count(*) FROM credit_repayment r WHERE r.tenant_id = %(tenant)s
          AND r.channel = 'guarantor' AND NOT EXISTS (
            SELECT 1 FROM credit_guarantorclaim c WHERE c.tenant_id = r.tenant_id
              AND c.repayment_id = r.id AND c.amount_minor = r.amount_minor)""",
}
