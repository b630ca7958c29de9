"""Fees for lateness: once for each installment that was unpaid when its grace ended."""

from datetime import datetime

from django.db import connection

from credit.domain.fees import FeeTiming
from credit.domain.terms import DrawdownTerms
from credit.models import Drawdown
from credit.operations.aging import MINE, Share
from credit.operations.booking import Change, book
from credit.queries.business_day import open_day
from platform_app.kernel import ids

# Unpaid rows that fell due lately, and rows of drawdowns on which something was booked since the
# day: paid later than that day counts, also when a payment overtook the close. Nothing is looked up
# where no product has such a fee.
LATE = f"""
SELECT d.id, r.seq
FROM (
    SELECT r.drawdown_id, r.seq, r.due_on FROM credit_planrow r
    WHERE r.tenant_id = %(tenant)s AND r.due_on BETWEEN %(since)s AND %(day)s
      AND r.paid_off_on IS NULL AND r.unpaid_minor > 0
    UNION
    SELECT r.drawdown_id, r.seq, r.due_on
    FROM (SELECT DISTINCT drawdown_id FROM credit_journalentry
          WHERE tenant_id = %(tenant)s AND booked_on > %(day)s AND drawdown_id IS NOT NULL) e
    CROSS JOIN LATERAL (SELECT * FROM credit_planrow own WHERE own.tenant_id = %(tenant)s
                          AND own.drawdown_id = e.drawdown_id OFFSET 0) r
    WHERE r.due_on BETWEEN %(since)s AND %(day)s AND r.paid_off_on > %(day)s
) r
CROSS JOIN LATERAL (SELECT * FROM credit_drawdown own WHERE own.tenant_id = %(tenant)s
                      AND own.id = r.drawdown_id OFFSET 0) d
WHERE EXISTS (SELECT 1 FROM credit_productversion WHERE tenant_id = %(tenant)s
                AND jsonb_path_exists(terms, '$.fees[*] ? (@.timing == "when_late")'))
  AND r.due_on + d.grace_days = %(day)s
  AND jsonb_path_exists(d.terms, '$.fees[*] ? (@.timing == "when_late")') AND {MINE}
ORDER BY d.id, r.seq
"""
LONGEST_GRACE_DAYS = 31


def charge_late_fees(share: Share, *, at: datetime) -> int:
    """Charge what the terms say for rows whose grace ended on the share's day; return how many.

    Booked on the open day; an installment is charged once, whatever closes or repairs come after.
    """
    since = share.day.fromordinal(share.day.toordinal() - LONGEST_GRACE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(LATE, {**share.params, "since": since})
        found = cursor.fetchall()
    return sum(_charge(ids.from_uuid("drw", drawdown), seq, at) for drawdown, seq in found)


def _charge(drawdown_id: str, seq: int, at: datetime) -> int:
    drawdown = Drawdown.objects.select_related("line").get(pk=drawdown_id)
    day, count = open_day(), 0
    for fee in DrawdownTerms.from_json(drawdown.terms).fees:
        amount = fee.charged(FeeTiming.WHEN_LATE, drawdown.captured_minor)
        if amount:
            charge = Change(
                kind="fee", key=f"late:{drawdown_id}:{seq}:{fee.code}", value_on=day,
                amount_minor=amount, details={"code": fee.code, "due_on": day.isoformat()},
            )  # fmt: skip
            book(drawdown, drawdown.line, charge, day=day, actor="system:close", at=at)
            count += 1
    return count
