"""What a salesperson's merchants share beside the salesperson: evidence for whoever reviews one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.enums import TraitKind
from risk.queries.linked import EVIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One salesperson of a merchant: how many others were brought, how many share more with it."""

    masked: str
    others_count: int
    sharing_count: int
    shared: tuple[TraitKind, ...]


_SOLD: Final = """
SELECT s.masked, count(DISTINCT o.merchant_id) FILTER (WHERE o.merchant_id <> s.merchant_id),
       count(DISTINCT x.merchant_id), array_agg(DISTINCT x.kind) FILTER (WHERE x.kind IS NOT NULL)
FROM risk_merchanttrait s
JOIN risk_merchanttrait o ON o.tenant_id = s.tenant_id AND o.kind = s.kind AND o.mark = s.mark
    AND o.seen_at < %(as_of)s
LEFT JOIN (
    SELECT t.merchant_id, t.kind FROM risk_merchanttrait m
    JOIN risk_merchanttrait t ON t.tenant_id = m.tenant_id AND t.kind = m.kind AND t.mark = m.mark
        AND t.merchant_id <> m.merchant_id AND t.seen_at < %(as_of)s
    WHERE m.tenant_id = %(tenant)s AND m.merchant_id = %(merchant)s
      AND m.kind <> ALL(%(evidence)s) AND m.seen_at < %(as_of)s
) x ON x.merchant_id = o.merchant_id
WHERE s.tenant_id = %(tenant)s AND s.merchant_id = %(merchant)s AND s.kind = %(kind)s
  AND s.seen_at < %(as_of)s
GROUP BY s.id, s.masked ORDER BY s.id DESC
"""


def sold_by(merchant_id: str, *, as_of: datetime) -> list[Sold]:
    """Whoever brought this merchant, the last one first, and what was seen of their others."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "as_of": as_of,
        "merchant": str(ids.to_uuid("mch", merchant_id)), "kind": str(TraitKind.SALESPERSON),
        "evidence": [str(kind) for kind in EVIDENCE],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, params)
        rows = cursor.fetchall()
    return [
        Sold(
            masked=masked, others_count=others, sharing_count=sharing,
            shared=tuple(TraitKind(kind) for kind in kinds or ()),
        )
        for masked, others, sharing, kinds in rows
    ]  # fmt: skip
