"""Snapshots of balances against the postings they stand for, as SQL."""

from typing import Final

# Rows of accounts and days on which a snapshot differs from the sum of all postings booked up to
# then, or is missing although the account moved (days before the first snapshot are in that one).
SNAPSHOTS_AGREE: Final = """
SELECT count(*) FROM (
    SELECT "on", max(told) AS told, max(told_count) AS told_count,
           sum(sum(amount)) OVER w AS balance, sum(sum(postings)) OVER w AS postings,
           sum(postings) AS today
    FROM (
        SELECT p.account_id, e.booked_on AS "on", p.amount_minor AS amount, 1 AS postings,
               NULL::bigint AS told, NULL::bigint AS told_count
        FROM credit_posting p
        JOIN credit_journalentry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
        WHERE p.tenant_id = %(tenant)s
        UNION ALL
        SELECT account_id, "on", 0, 0, balance_minor, posting_count
        FROM credit_accountsnapshot WHERE tenant_id = %(tenant)s
    ) moved
    GROUP BY account_id, "on"
    WINDOW w AS (PARTITION BY account_id ORDER BY "on")
) days, (
    SELECT min("on") AS first, max("on") AS last FROM credit_accountsnapshot
    WHERE tenant_id = %(tenant)s
) taken
WHERE (told, told_count) IS DISTINCT FROM (balance, postings) AND told IS NOT NULL
   OR told IS NULL AND today > 0 AND days."on" > taken.first AND days."on" <= taken.last
"""
