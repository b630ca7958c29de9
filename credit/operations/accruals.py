"""The interest of a day as aggregates: one entry per funding source, product and kind."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from credit.domain.terms import canonical_sha256
from credit.enums import AccountCode, EntryKind
from credit.operations import ledger
from credit.operations.aging import Share
from credit.values import NewEntry
from platform_app.kernel import ids

# Σ round(to its end) − Σ round(before it): never each day rounded and added. Segments that ended
# before the day earn nothing more; they are read for the nightly proof, which needs all that was
# ever earned and would otherwise read everything again.
EARNED = """
SELECT s.kind, s.funding_source_id, s.product_id, s.to_on > %(day)s AS runs, count(*),
    sum(round(s.base_minor * s.rate * (least(%(until)s::date, s.to_on) - s.from_on) / s.per_days)),
    sum(CASE WHEN s.to_on > %(day)s AND s.from_on < %(day)s THEN
            round(s.base_minor * s.rate * (%(day)s::date - s.from_on) / s.per_days) ELSE 0 END)
FROM credit_interestsegment s
WHERE s.tenant_id = %(tenant)s AND s.from_on < %(until)s
  AND (%(only)s::uuid[] IS NULL OR s.drawdown_id = ANY(%(only)s::uuid[]))
  AND (%(only)s::uuid[] IS NOT NULL OR s.drawdown_id <> ALL(%(lagging)s::uuid[]))
  AND (%(of)s = 1 OR (uuid_hash(s.drawdown_id) & 2147483647) %% %(of)s = %(no)s)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_BOOKS = {
    "interest": (AccountCode.INTEREST_RECEIVABLE, AccountCode.INTEREST_INCOME),
    "penalty": (AccountCode.PENALTY_RECEIVABLE, AccountCode.PENALTY_INCOME),
    "subsidy": (AccountCode.DEFERRED_INCOME, AccountCode.SUBSIDY_INCOME),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrued:
    """What a share earned: `posted` now, fen by kind; `ever`, by funding source and kind."""

    posted: dict[str, int]
    ever: dict[tuple[str, str], int]


def accrue(
    share: Share, *, until: date, lagging: list[str], kind: EntryKind, at: datetime
) -> Accrued:
    """Post what the share's drawdowns earn from its day until `until`, exclusive.

    `lagging` are the drawdowns that the close leaves to their repair.
    """
    posted = {"interest": 0, "penalty": 0, "subsidy": 0}
    ever: Counter[tuple[str, str]] = Counter()
    without = [str(ids.to_uuid("drw", one)) for one in lagging]
    with connection.cursor() as cursor:
        cursor.execute(EARNED, {**share.params, "until": until, "lagging": without})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    entries: list[NewEntry] = []
    for what, source, product, runs, count, earned, before in rows:
        source_id, product_id = ids.from_uuid("fnd", source), ids.from_uuid("prd", product)
        ever[source_id, what] += int(earned)
        amount = int(earned - before) if runs else 0
        posted[what] += amount
        if not amount:
            continue
        receivable, income = _BOOKS[what]
        facts = {"product": product_id, "segments": count, "sum_minor": amount}
        entry = NewEntry(
            kind=kind, key=f"{what}:{share.key}:{source_id}:{product_id}",
            funding_source_id=source_id, amounts={receivable: amount, income: -amount},
            value_on=share.day, booked_on=share.booked_on or share.day, at=at,
            facts={**facts, "sha256": canonical_sha256(facts)},
        )  # fmt: skip
        entries.append(entry)
    if entries:
        ledger.post_all(entries)
    return Accrued(posted=posted, ever=dict(ever))
