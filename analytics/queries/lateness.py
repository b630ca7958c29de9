"""When each drawdown was late, as stored facts say it: the base of vintage, roll rates, outcomes.

A stretch runs from a due date to the day the row was paid off (NULL while it is open); at the end
of day t inside it the drawdown is t − due_on days past due. An extension moves due dates: until its
own value date lateness counts against the date as signed. A restructuring removes rows: for those
drawdowns the buckets recorded at the time stand in.
"""

from typing import Final

from credit.queries.loan_events import STANDING

STRETCHES: Final = f"""
SELECT r.drawdown_id, s.due_on, s.until_on
FROM credit_planrow r
JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
LEFT JOIN LATERAL (
    SELECT min(v.value_on) AS extended_on FROM credit_loanevent v
    WHERE d.signed_due_on[r.seq] < r.due_on AND v.tenant_id = %(tenant)s
      AND v.drawdown_id = r.drawdown_id AND v.kind = 'extension' AND {STANDING}
) x ON true
CROSS JOIN LATERAL (VALUES
    (r.due_on, r.paid_off_on),
    (CASE WHEN d.signed_due_on[r.seq] < r.due_on AND x.extended_on IS NOT NULL
          THEN d.signed_due_on[r.seq] END, least(r.paid_off_on, x.extended_on))
) AS s(due_on, until_on)
WHERE r.tenant_id = %(tenant)s AND s.due_on < %(on)s
  AND (s.until_on IS NULL OR s.until_on > s.due_on)
UNION ALL
SELECT b.drawdown_id, b."on" - b.dpd, b."on" FROM credit_bucketchange b
WHERE b.tenant_id = %(tenant)s AND b.dpd > 0 AND EXISTS (
    SELECT 1 FROM credit_loanevent v WHERE v.tenant_id = %(tenant)s
      AND v.drawdown_id = b.drawdown_id AND v.kind = 'restructure' AND {STANDING})
"""  # noqa: S608 -- our own text
