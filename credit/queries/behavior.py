"""How a merchant has repaid: the facts credit hands to risk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.values import RepaymentFacts

# Days past due of a row: until paid, or until today. Rows paid on time give zero or less.
_SQL = """
SELECT d.merchant_id,
       count(*) FILTER (WHERE d.status = 'paid_off'),
       coalesce(max(late.days), 0),
       coalesce(max(late.open_days), 0),
       sum(d.captured_minor),
       sum(d.outstanding_principal_minor)
FROM credit_drawdown d
CROSS JOIN LATERAL (
    SELECT max(coalesce(r.paid_off_on, %(on)s) - r.due_on) AS days,
           max(%(on)s - r.due_on) FILTER (WHERE r.paid_off_on IS NULL) AS open_days
    FROM credit_planrow r
    WHERE r.tenant_id = d.tenant_id AND r.drawdown_id = d.id
) late
WHERE d.tenant_id = %(tenant)s AND {merchants}
  AND d.captured_minor > 0
GROUP BY d.merchant_id
"""


SQL = _SQL.format(merchants="d.merchant_id = ANY(%(merchants)s::uuid[])")
_BETWEEN = _SQL.format(merchants="d.merchant_id BETWEEN %(first)s::uuid AND %(last)s::uuid")


def repayment_facts(merchant_ids: Sequence[str], *, on: date) -> dict[str, RepaymentFacts]:
    """Repayment behavior of each merchant as seen on a business date: one statement.

    Days are days past due (grace does not soften them), amounts are fen.
    """
    asked = {"merchants": [str(ids.to_uuid("mch", m)) for m in merchant_ids]}
    return dict.fromkeys(merchant_ids, RepaymentFacts.none()) | _facts(SQL, asked, on)


def repayments_between(first_id: str, last_id: str, *, on: date) -> dict[str, RepaymentFacts]:
    """The same of the merchants from one id to another, both included, who have drawn."""
    ends = {"first": first_id, "last": last_id}
    return _facts(_BETWEEN, {name: str(ids.to_uuid("mch", m)) for name, m in ends.items()}, on)


def _facts(sql: str, asked: dict[str, Any], on: date) -> dict[str, RepaymentFacts]:
    facts = {}
    with connection.cursor() as cursor:
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        cursor.execute(sql, {"on": on, "tenant": tenant, **asked})
        for merchant, paid_off, max_dpd, current_dpd, drawn, outstanding in cursor.fetchall():
            facts[ids.from_uuid("mch", merchant)] = RepaymentFacts(
                paid_off_count=paid_off,
                max_dpd_days=max(0, max_dpd),
                current_dpd_days=max(0, current_dpd),
                drawn_total_minor=int(drawn),
                outstanding_minor=int(outstanding),
            )
    return facts
