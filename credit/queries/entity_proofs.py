"""What is out with each legal entity over all tenants against its bucket, as one statement."""

from typing import Final

from django.db import connection

_BROKEN: Final = """
SELECT count(*) FROM (
    SELECT h.entity_key, sum(h.amount_minor - h.captured_minor - h.released_minor
        + d.outstanding_principal_minor) AS used
    FROM credit_hold h JOIN credit_drawdown d
        ON d.tenant_id = h.tenant_id AND d.id = h.drawdown_id
    WHERE h.entity_key <> '' GROUP BY 1
) told FULL JOIN risk_entityexposure e USING (entity_key)
WHERE coalesce(told.used, 0) <> coalesce(e.used_minor, 0)
"""


def entity_checks() -> dict[str, int]:
    """Legal entities whose bucket is not the sum of their drawdowns (0 is good).

    Open `platform_scope` first: no tenant can see what another one lends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN)
        row = cursor.fetchone()
    return {"entities_agree": int(row[0]) if row else 0}
