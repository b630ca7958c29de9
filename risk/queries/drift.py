"""How many decisions fell into each bin of the card in force, in a reference and in a window.

Two statements, however many decisions there are: their months, then the counts. Decisions on
applications by this card count; pre-screens, which are made for whole pools at once, do not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import DECIMAL, FACT_TYPES, MORE_TYPES
from risk.domain.scorecard import Card
from risk.domain.scorecard_sql import literal, query, quoted
from risk.values import TradeFacts

SCORE: Final = -1
_TYPES: Final = {DECIMAL: "numeric"}
_MONTHS: Final = """
SELECT date_trunc('month', decided_at AT TIME ZONE 'Asia/Shanghai')::date, count(*)
FROM risk_decision
WHERE tenant_id = %(tenant)s AND scorecard_id = %(card)s AND purpose = 'application'
  AND decided_at < %(until)s
GROUP BY 1 ORDER BY 1
"""
_CASES: Final = """
WITH cases AS (
    SELECT CASE WHEN NOT in_window THEN 'reference' WHEN in_reference THEN 'both'
                ELSE 'window' END AS period, {columns}
    FROM (
        SELECT facts->'trade' AS trade, facts->'repayment' AS repayment,
               facts->'more' AS more,
               decided_at >= %(ref_from)s AND decided_at < %(ref_until)s AS in_reference,
               decided_at >= %(from)s AND decided_at < %(until)s AS in_window
        FROM risk_decision
        WHERE tenant_id = %(tenant)s AND scorecard_id = %(card)s AND purpose = 'application'
          AND decided_at < %(until)s
    ) d WHERE in_reference OR in_window
)
SELECT s.period, v.no, v.bin, count(*)
FROM ({scored}) s CROSS JOIN LATERAL (VALUES {bins}) AS v(no, bin)
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The first complete months since the card decides, as many as hold enough decisions.

    `until` is the first day that is no longer part of it, None while there are too few; `ready_on`
    is then the first day on which there may be enough.
    """

    since: date | None
    until: date | None
    n: int
    ready_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinCounts:
    """Decisions by bin number (`SCORE`: by score) of the reference and of a window.

    `window` is everything in the window; `after` leaves out what the reference holds.
    """

    reference: Counter[int]
    window: Counter[int]
    after: Counter[int]


def reference_months(card_id: str, *, in_force_on: date | None, on: date, least: int) -> Reference:
    """Where the reference of a card without a development lies, as seen at the end of `on`."""
    rows = _rows(_MONTHS, {"card": _card(card_id), "until": clock.end_of(on)})
    if not rows:
        return Reference(since=None, until=None, n=0)
    start = in_force_on or rows[0][0]
    since = start if start.day == 1 else _next_month(start)
    counted, month, n = dict(rows), since, 0
    while _next_month(month) <= on + timedelta(days=1):
        n += counted.get(month, 0)
        month = _next_month(month)
        if n >= least:
            return Reference(since=since, until=month, n=n)
    return Reference(since=since, until=None, n=n, ready_on=_next_month(month))


def bin_counts(
    card: Card, card_id: str, reference: Reference, *, since: date, on: date
) -> dict[int, BinCounts]:
    """Counts of each feature by its place in the card, and of the score under `SCORE`.

    The window is from `since` to the end of `on`.
    """
    first = clock.moment_on(reference.since or on)
    last = first if reference.until is None else clock.moment_on(reference.until)
    params = {
        "card": _card(card_id), "ref_from": first, "ref_until": last,
        "from": clock.moment_on(since), "until": clock.end_of(on),
    }  # fmt: skip
    places = [f"({number}, bin_{number})" for number in range(len(card.features))]
    statement = _CASES.format(
        columns=", ".join(_column(feature.key) for feature in card.features) or "1 AS none",
        scored=query(card, table="cases", key="period").replace("%", "%%"),
        bins=", ".join([*places, f"({SCORE}, floor(score + 0.5)::int)"]),
    )
    return _sorted(_rows(statement, params), [*range(len(card.features)), SCORE])


def _sorted(rows: Sequence[tuple[Any, ...]], numbers: Sequence[int]) -> dict[int, BinCounts]:
    found = {
        number: BinCounts(reference=Counter(), window=Counter(), after=Counter())
        for number in numbers
    }
    for period, number, bin_, count in rows:
        one = found[number]
        if period != "window":
            one.reference[bin_] += count
        if period != "reference":
            one.window[bin_] += count
        if period == "window":
            one.after[bin_] += count
    return found


def _column(key: str) -> str:
    """A fact out of the stored snapshot, as `risk.domain.facts.flat` names it."""
    if key == "momentum":
        l3, l12 = (f"(trade->>'net_gmv_{span}_minor')::numeric" for span in ("l3", "l12"))
        return f"CASE WHEN {l12} > 0 THEN round(4 * {l3} / {l12}, 4) END AS momentum"
    is_trade = key in TradeFacts.__dataclass_fields__
    part = "more" if key in MORE_TYPES else "trade" if is_trade else "repayment"
    dtype = _TYPES.get(FACT_TYPES[key], "bigint")
    return f"({part}->>{literal(key)})::{dtype} AS {quoted(key)}"


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _card(card_id: str) -> str:
    return str(ids.to_uuid("crd", card_id))


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    tenant = str(ids.to_uuid("tnt", current_tenant_id()))
    with connection.cursor() as cursor:
        cursor.execute(statement, params | {"tenant": tenant})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
