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
from credit.queries.loan_events import STANDING
from credit.queries.stored_totals import upto
from credit.values import NewEntry
from platform_app.kernel import ids

_MINE = """s.tenant_id = %(tenant)s AND s.from_on < %(until)s
  AND (%(only)s::uuid[] IS NULL OR s.drawdown_id = ANY(%(only)s::uuid[]))
  AND (%(only)s::uuid[] IS NOT NULL OR s.drawdown_id <> ALL(%(lagging)s::uuid[]))
  AND (%(of)s = 1 OR (uuid_hash(s.drawdown_id) & 2147483647) %% %(of)s = %(no)s)"""

# What joint loans earn is shared loan by loan, as the difference of two shared totals (0029): the
# parts of a sum are not the sum of the parts. A penalty charged by hand is part of its total.
_SHARED = f"""
SELECT kind, funding_source_id, product_id, sum(segments) AS segments,
       sum(CASE WHEN is_residual THEN amount - coalesce(others, 0) ELSE part END) AS amount
FROM (
    SELECT e.kind, e.product_id, e.segments, e.after - e.before AS amount, p.is_residual,
           p.part, p.funding_source_id,
           sum(p.part) FILTER (WHERE NOT p.is_residual)
               OVER (PARTITION BY e.drawdown_id, e.product_id, e.kind) AS others
    FROM (
        SELECT s.drawdown_id, s.partnership_id, s.product_id, s.kind,
               count(*) FILTER (WHERE s.to_on > %(day)s AND s.from_on < %(until)s) AS segments,
               sum({upto("%(day)s::date")}) AS before, sum({upto("%(until)s::date")}) AS after
        FROM credit_interestsegment s
        WHERE s.tenant_id = %(tenant)s AND s.partnership_id IS NOT NULL AND s.drawdown_id IN (
            SELECT s.drawdown_id FROM credit_interestsegment s
            WHERE s.partnership_id IS NOT NULL AND s.to_on > %(day)s AND {_MINE})
        GROUP BY 1, 2, 3, 4
    ) e
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(v.amount_minor), 0) AS charged FROM credit_loanevent v
        WHERE v.tenant_id = %(tenant)s AND v.drawdown_id = e.drawdown_id
          AND v.kind = 'penalty' AND e.kind = 'penalty' AND {STANDING}
    ) c
    CROSS JOIN LATERAL (
        SELECT h.funding_source_id, h.funding_source_id = o.residual_source_id AS is_residual,
               trunc((c.charged + e.after) * h.fraction)
             - trunc((c.charged + e.before) * h.fraction) AS part
        FROM credit_partnership o JOIN credit_partnershipshare h
          ON h.tenant_id = o.tenant_id AND h.partnership_id = o.id
        WHERE o.tenant_id = %(tenant)s AND o.id = e.partnership_id
          AND h.component = CASE e.kind WHEN 'penalty' THEN 'penalty' ELSE 'interest' END
    ) p
) shared GROUP BY 1, 2, 3"""

# Σ round(to its end) − Σ round(before it): never each day rounded and added. Segments that ended
# before the day earn nothing more; they are read for the nightly proof, which needs all that was
# ever earned and would otherwise read everything again.
EARNED = f"""
SELECT s.kind, s.funding_source_id, s.product_id, false AS is_joint, s.to_on > %(day)s AS runs,
    count(*),
    sum(round(s.base_minor * s.rate * (least(%(until)s::date, s.to_on) - s.from_on) / s.per_days)),
    sum(CASE WHEN s.to_on > %(day)s AND s.from_on < %(day)s THEN
            round(s.base_minor * s.rate * (%(day)s::date - s.from_on) / s.per_days) ELSE 0 END)
FROM credit_interestsegment s
WHERE s.partnership_id IS NULL AND {_MINE}
GROUP BY 1, 2, 3, 5
UNION ALL
SELECT kind, funding_source_id, product_id, true, true, segments, amount, 0 FROM ({_SHARED}) joint
ORDER BY 1, 2, 3, 4, 5
"""

_BOOKS = {
    "interest": (AccountCode.INTEREST_RECEIVABLE, AccountCode.INTEREST_INCOME),
    "penalty": (AccountCode.PENALTY_RECEIVABLE, AccountCode.PENALTY_INCOME),
    "subsidy": (AccountCode.DEFERRED_INCOME, AccountCode.SUBSIDY_INCOME),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrued:
    """What a share earned: `posted` now, fen by kind; `ever`, by funding source and kind.

    Joint loans are left out of `ever`: the proof looks at each of them by itself.
    """

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
    sums: Counter[tuple[str, str, str]] = Counter()
    counts: Counter[tuple[str, str, str]] = Counter()
    for what, source, product, is_joint, runs, count, earned, before in rows:
        whose = (what, ids.from_uuid("fnd", source), ids.from_uuid("prd", product))
        if not is_joint:
            ever[whose[1], what] += int(earned)
        if runs:
            sums[whose] += int(earned - before)
            counts[whose] += int(count)
    for (what, _, _), amount in sums.items():
        posted[what] += amount
    entries = [
        _entry(share, kind, whose, counts[whose], amount, at)
        for whose, amount in sums.items()
        if amount
    ]
    if entries:
        ledger.post_all(entries)
    return Accrued(posted=posted, ever=dict(ever))


def _entry(
    share: Share, kind: EntryKind, whose: tuple[str, str, str], count: int, amount: int,
    at: datetime,
) -> NewEntry:  # fmt: skip
    what, source_id, product_id = whose
    receivable, income = _BOOKS[what]
    facts = {"product": product_id, "segments": count, "sum_minor": amount}
    return NewEntry(
        kind=kind, key=f"{what}:{share.key}:{source_id}:{product_id}",
        sides={source_id: {receivable: amount, income: -amount}}, value_on=share.day,
        booked_on=share.booked_on or share.day, at=at,
        facts={**facts, "sha256": canonical_sha256(facts)},
    )  # fmt: skip
