"""The interest of a day as aggregates: one entry per funding source, product and kind."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from credit.domain.terms import canonical_sha256
from credit.enums import AccountCode, EntryKind
from credit.operations import ledger
from credit.operations.aging import Share
from platform_app.kernel import ids

# Σ round(to its end) − Σ round(before it): never each day rounded and added.
EARNED = """
SELECT s.kind, s.funding_source_id, s.product_id, count(*),
    sum(round(s.base_minor * s.rate * (least(%(until)s::date, s.to_on) - s.from_on) / s.per_days)
      - CASE WHEN s.from_on < %(day)s THEN
            round(s.base_minor * s.rate * (%(day)s::date - s.from_on) / s.per_days) ELSE 0 END)
FROM credit_interestsegment s
WHERE s.tenant_id = %(tenant)s AND s.to_on > %(day)s AND s.from_on < %(until)s
  AND (%(only)s::uuid[] IS NULL OR s.drawdown_id = ANY(%(only)s::uuid[]))
  AND (%(only)s::uuid[] IS NOT NULL OR s.drawdown_id <> ALL(%(lagging)s::uuid[]))
  AND (%(of)s = 1 OR (uuid_hash(s.drawdown_id) & 2147483647) %% %(of)s = %(no)s)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

_BOOKS = {
    "interest": (AccountCode.INTEREST_RECEIVABLE, AccountCode.INTEREST_INCOME),
    "penalty": (AccountCode.PENALTY_RECEIVABLE, AccountCode.PENALTY_INCOME),
    "subsidy": (AccountCode.DEFERRED_INCOME, AccountCode.SUBSIDY_INCOME),
}


def accrue(
    share: Share, *, until: date, lagging: list[str], kind: EntryKind, at: datetime
) -> dict[str, int]:
    """Post what the share's drawdowns earn from its day until `until`, exclusive; fen by kind.

    `lagging` are the drawdowns that the close leaves to their repair.
    """
    totals = {"interest": 0, "penalty": 0, "subsidy": 0}
    without = [str(ids.to_uuid("drw", one)) for one in lagging]
    with connection.cursor() as cursor:
        cursor.execute(EARNED, {**share.params, "until": until, "lagging": without})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for what, source, product, count, amount in rows:
        totals[what] += int(amount)
        if not amount:
            continue
        source_id, product_id = ids.from_uuid("fnd", source), ids.from_uuid("prd", product)
        receivable, income = _BOOKS[what]
        facts = {"product": product_id, "segments": count, "sum_minor": int(amount)}
        ledger.post(
            kind=kind, key=f"{what}:{share.key}:{source_id}:{product_id}",
            funding_source_id=source_id,
            amounts={receivable: int(amount), income: -int(amount)},
            value_on=share.day, booked_on=share.booked_on or share.day, at=at,
            facts={**facts, "sha256": canonical_sha256(facts)},
        )  # fmt: skip
    return totals
