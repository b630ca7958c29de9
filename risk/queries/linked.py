"""Which merchants hang together by what was seen of them, and who mirrors whose orders.

A mark that more than `MOST_SHARED` merchants have says nothing of any two of them and links nobody.
Nor does a kind of `EVIDENCE`: it is shown, and weighs only beside something else that is shared.
An order is mirrored when a linked merchant has one of exactly the same amount within a day of it:
orders carry no counterparty, so this is what trading with oneself can be seen by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import Facts, ratio
from risk.enums import TraitKind

MOST_SHARED: Final = 50
WINDOW_DAYS: Final = 30
# One salesperson sells to many merchants that have nothing else to do with each other.
EVIDENCE: Final = (TraitKind.SALESPERSON,)

_THESE: Final = "t.merchant_id = ANY(%(merchants)s::uuid[])"
_ALL: Final = """(t.kind, t.mark) IN (
          SELECT kind, mark FROM risk_merchanttrait
          WHERE tenant_id = %(tenant)s AND seen_at < %(as_of)s
          GROUP BY kind, mark HAVING count(*) BETWEEN 2 AND %(most)s)"""
_LINKS: Final = """
WITH mine AS (
    SELECT DISTINCT t.merchant_id AS root, t.kind, t.mark FROM risk_merchanttrait t
    WHERE t.tenant_id = %(tenant)s AND t.seen_at < %(as_of)s AND t.kind <> ALL(%(evidence)s)
      AND {which}
), shared AS (
    SELECT m.root, m.kind, m.mark, o.merchant_id AS other, o.seen_at,
           count(*) OVER (PARTITION BY m.root, m.kind, m.mark) AS sharers
    FROM mine m
    JOIN LATERAL (
        SELECT t.merchant_id, t.seen_at FROM risk_merchanttrait t
        WHERE t.tenant_id = %(tenant)s AND t.kind = m.kind AND t.mark = m.mark
          AND t.seen_at < %(as_of)s
        ORDER BY t.seen_at DESC, t.merchant_id LIMIT %(most)s + 1
    ) o ON true
), links AS (
    SELECT DISTINCT root, other FROM shared WHERE root <> other AND sharers <= %(most)s
)
"""
_MIRRORED: Final = """
, known AS (
    SELECT o.id, o.merchant_id, o.ordered_on, o.amount_minor
    FROM tenants_tradeorder o
    WHERE o.tenant_id = %(tenant)s AND o.status = 'placed' AND o.amount_minor > 0
      AND o.merchant_id IN (SELECT root FROM links UNION SELECT other FROM links)
      AND o.known_at < %(as_of)s AND o.event_at < %(as_of)s
      AND o.ordered_on > %(day)s::date - interval '12 months' AND o.ordered_on <= %(day)s
      AND NOT EXISTS (
          SELECT 1 FROM tenants_tradeorder later
          WHERE later.tenant_id = o.tenant_id AND later.order_no = o.order_no
            AND later.revision > o.revision
            AND later.known_at < %(as_of)s AND later.event_at < %(as_of)s)
), mirrored AS (
    SELECT DISTINCT k.id
    FROM known k
    JOIN links l ON l.root = k.merchant_id
    JOIN known p ON p.merchant_id = l.other AND p.amount_minor = k.amount_minor
      AND p.ordered_on BETWEEN k.ordered_on - 1 AND k.ordered_on + 1
), traded AS (
    SELECT k.merchant_id AS root, sum(k.amount_minor) AS total,
           sum(k.amount_minor) FILTER (WHERE m.id IS NOT NULL) AS mirrored,
           count(m.id) AS mirrored_count
    FROM known k LEFT JOIN mirrored m ON m.id = k.id
    GROUP BY 1
), counted AS (
    SELECT root, count(*) AS n FROM links GROUP BY 1
), fresh AS (
    SELECT root, max(n) AS n FROM (
        SELECT root, count(*) AS n FROM shared
        WHERE seen_at >= %(as_of)s - %(window)s::interval GROUP BY root, kind, mark) x
    GROUP BY 1
)
SELECT r.root, coalesce(c.n, 0), coalesce(f.n, 0), t.total, t.mirrored, t.mirrored_count
FROM (SELECT DISTINCT root FROM mine) r
LEFT JOIN counted c ON c.root = r.root
LEFT JOIN fresh f ON f.root = r.root
LEFT JOIN traded t ON t.root = r.root AND c.n > 0
"""
_MARKS: Final = """
SELECT t.kind, t.mark, max(t.masked), array_agg(DISTINCT t.merchant_id),
       array_agg(DISTINCT t.merchant_id)
           FILTER (WHERE t.seen_at >= %(as_of)s - %(window)s::interval)
FROM risk_merchanttrait t
WHERE t.tenant_id = %(tenant)s AND t.seen_at < %(as_of)s
GROUP BY t.kind, t.mark HAVING count(DISTINCT t.merchant_id) > 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that several merchants have; the `fresh` of them for less than the window."""

    kind: str
    mark: str
    masked: str
    merchants: tuple[str, ...]
    fresh: tuple[str, ...]

    @property
    def fresh_count(self) -> int:
        return len(self.fresh)

    @property
    def is_evidence(self) -> bool:
        """Whether it links nobody by itself."""
        return self.kind in EVIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """How much of a merchant's purchases of twelve months its linked merchants mirror; in fen."""

    total_minor: int
    mirrored_minor: int
    mirrored_count: int


def linked_facts(merchant_ids: Sequence[str], as_of: datetime) -> dict[str, Facts]:
    """Facts of those of whom anything was seen before `as_of`: one statement.

    How many others share a mark with it, how many merchants came to share one mark in thirty days
    (itself counted), and the share of its purchases that linked merchants mirror.
    """
    found: dict[str, Facts] = {}
    for root, linked, sharers, total, mirrored, _count in _read(merchant_ids, as_of):
        facts: Facts = {"linked_merchants_count": linked, "trait_sharers_count": sharers}
        if linked:
            facts["self_trade_share"] = ratio(int(mirrored or 0), int(total or 0))
        found[ids.from_uuid("mch", root)] = facts
    return found


def mirrored_trade(*, as_of: datetime) -> dict[str, Mirrored]:
    """Every merchant of which an order is mirrored: one statement."""
    return {
        ids.from_uuid("mch", root): Mirrored(
            total_minor=int(total), mirrored_minor=int(mirrored), mirrored_count=count
        )
        for root, _linked, _sharers, total, mirrored, count in _read(None, as_of)
        if mirrored
    }


def shared_marks(*, as_of: datetime) -> list[Mark]:
    """Every mark that two merchants or more have: one statement."""
    return [
        Mark(
            kind=kind, mark=mark, masked=masked,
            merchants=tuple(ids.from_uuid("mch", one) for one in merchants),
            fresh=tuple(ids.from_uuid("mch", one) for one in fresh or ()),
        )
        for kind, mark, masked, merchants, fresh in _rows(_MARKS, _params(as_of))
    ]  # fmt: skip


def clusters(marks: Sequence[Mark]) -> dict[str, int]:
    """The number of its group by merchant; evidence and marks that too many have link nobody."""
    from scipy.sparse import coo_array  # noqa: PLC0415 -- slow import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 -- as above

    used = [
        one for one in marks if len(one.merchants) <= MOST_SHARED and not one.is_evidence
    ]  # fmt: skip
    merchants = sorted({merchant for one in used for merchant in one.merchants})
    if not merchants:
        return {}
    place = {merchant: number for number, merchant in enumerate(merchants)}
    pairs = [(place[one.merchants[0]], place[other]) for one in used for other in one.merchants[1:]]
    rows, columns = zip(*pairs, strict=True)
    size = len(merchants)
    graph = coo_array(([1] * len(pairs), (rows, columns)), shape=(size, size))
    _count, labels = connected_components(graph, directed=False)
    return {merchant: int(labels[number]) for merchant, number in place.items()}


def _read(merchant_ids: Sequence[str] | None, as_of: datetime) -> list[tuple[Any, ...]]:
    """Rows of these merchants, or of all that share a mark with another."""
    told = _params(as_of)
    if merchant_ids is not None:
        told["merchants"] = [str(ids.to_uuid("mch", one)) for one in merchant_ids]
    which = _ALL if merchant_ids is None else _THESE
    return _rows(_LINKS.format(which=which) + _MIRRORED, told)


def _params(as_of: datetime) -> dict[str, Any]:
    return {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())), "as_of": as_of,
        "day": clock.day_of(as_of), "most": MOST_SHARED, "window": timedelta(days=WINDOW_DAYS),
        "evidence": [str(kind) for kind in EVIDENCE],
    }  # fmt: skip


def _rows(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
