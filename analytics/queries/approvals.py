"""From asking for a line to drawing it: how many applications of a period got how far."""

from datetime import date
from typing import Any, Final

from django.db import connection

from analytics.values import ApprovalFunnel
from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id

# An application whose state contradicts the decision it rests on was overridden by a person.
SQL: Final = """
SELECT count(*), count(r.id),
       count(*) FILTER (WHERE r.outcome = 'approve'),
       count(*) FILTER (WHERE r.outcome = 'refer'),
       count(*) FILTER (WHERE r.outcome = 'decline'),
       count(o.id), count(l.id),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM credit_drawdown d WHERE d.tenant_id = l.tenant_id AND d.line_id = l.id
           AND d.captured_minor > 0)),
       count(*) FILTER (WHERE r.outcome <> 'decline' AND p.status = 'declined'
           OR r.outcome <> 'approve' AND p.status IN ('approved', 'activated', 'expired'))
FROM credit_application p
LEFT JOIN risk_decision r ON r.tenant_id = p.tenant_id AND r.id = p.decision_id
LEFT JOIN credit_offer o ON o.tenant_id = p.tenant_id AND o.application_id = p.id
LEFT JOIN credit_creditline l ON l.tenant_id = o.tenant_id AND l.offer_id = o.id
WHERE p.tenant_id = %(tenant)s AND p.submitted_at >= %(since)s AND p.submitted_at < %(until)s
"""


def approval_funnel(*, since: date, on: date) -> ApprovalFunnel:
    """Applications submitted from `since` to the end of `on`, by how far they have come."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "since": clock.moment_on(since),
        "until": clock.end_of(on),
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, params)
        (row,) = cursor.fetchall()
    return ApprovalFunnel(
        asked=row[0],
        decided=row[1],
        approved=row[2],
        referred=row[3],
        declined=row[4],
        offered=row[5],
        signed=row[6],
        drawn=row[7],
        overridden=row[8],
    )
