"""Shift of the score and of each feature of the card in force, as figures of one night."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import numpy as np

from risk.domain.monitors import shift_state
from risk.domain.scorecard import Card
from risk.enums import MonitorMetric
from risk.queries.drift import SCORE, BinCounts, Reference
from risk.scoring.stability import LEAST_ROWS, chance, psi
from risk.values import Measured

BANDS: Final = 10
DEVELOPMENT: Final = "development"
FIRST_MONTHS: Final = "first_months"
_PLACES: Final = Decimal("0.000001")


def rounded(value: float) -> Decimal:
    """To six places, as a reading keeps it."""
    return Decimal(value).quantize(_PLACES)


def score_shift(
    counts: BinCounts, reference: Reference, limit: Decimal, window: tuple[date, date]
) -> Measured:
    """PSI of the score over tenths of the reference."""
    edges = _tenths(counts.reference)
    before, after = (_banded(one, edges) for one in (counts.reference, counts.after))
    labels = _band_words(edges)
    told = _told(FIRST_MONTHS, reference, window)
    return _shift(MonitorMetric.SCORE_PSI, "", (labels, before, after), limit, told)


def feature_shifts(
    card: Card,
    body: dict[str, Any],
    counts: dict[int, BinCounts],
    reference: Reference,
    limit: Decimal,
    window: tuple[date, date],
) -> list[Measured]:
    """CSI of each feature: against its development where its bins were counted there."""
    found = []
    for number, feature in enumerate(card.features):
        size, one = len(feature.bins), counts[number]
        developed = _development(body, feature.key)
        if developed:
            before, after, kind = developed, _listed(one.window, size), DEVELOPMENT
        else:
            before, after = (_listed(part, size) for part in (one.reference, one.after))
            kind = FIRST_MONTHS
        labels = [_bin_words(row) for row in _rows_of(body, feature.key)]
        told = _told(kind, reference, window) | {"label": _label(body, feature.key)}
        rows = (labels, before, after)
        found.append(_shift(MonitorMetric.FEATURE_CSI, feature.key, rows, limit, told))
    return found


def _shift(
    metric: MonitorMetric,
    subject: str,
    rows: tuple[Sequence[str], Sequence[int], Sequence[int]],
    limit: Decimal,
    told: dict[str, object],
) -> Measured:
    """The figure, held against its limit and against chance; bins empty on both sides are none."""
    labels, before, after = rows
    kept = [place for place in range(len(labels)) if before[place] or after[place]]
    old, new = ([one[place] for place in kept] for one in (before, after))
    m, n = sum(old), sum(new)
    value, by_chance = 0.0, 0.0
    if len(kept) > 1 and m and n:
        value, by_chance = psi(old, new), chance(len(kept), m, n)
    is_known = m > 0 and n > 0
    is_enough = min(m, n) >= LEAST_ROWS
    figure, quantile = rounded(value), rounded(by_chance)
    return Measured(
        metric=metric,
        subject=subject,
        value=figure if is_known else None,
        low=None,
        high=None,
        n=n,
        limit=max(limit, quantile),
        state=shift_state(figure, limit, quantile, is_enough=is_enough),
        details=told
        | {
            "reference_n": m, "bins": [labels[place] for place in kept], "expected": old,
            "actual": new, "chance": str(quantile),
        },
    )  # fmt: skip


def _told(kind: str, reference: Reference, window: tuple[date, date]) -> dict[str, object]:
    days = {
        "window_from": window[0], "window_to": window[1], "reference_from": reference.since,
        "reference_until": reference.until, "ready_on": reference.ready_on,
    }  # fmt: skip
    return {"reference": kind} | {
        name: None if day is None else day.isoformat() for name, day in days.items()
    }


def _development(body: dict[str, Any], key: str) -> list[int]:
    """How many rows of the development fell into each bin; nothing unless all were counted."""
    if not body.get("development"):
        return []
    counts = [row["n"] for row in _rows_of(body, key)]
    return [] if any(count is None for count in counts) else counts


def _label(body: dict[str, Any], key: str) -> str:
    return next(str(one["label"]) for one in body["features"] if one["key"] == key)


def _rows_of(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """In the order of their numbers, which is the one a card keeps them in."""
    return [row for row in body["rows"] if row["feature"] == key]


def _bin_words(row: dict[str, Any]) -> str:
    """`< 90`, `90–180`, `≥ 180`; `missing` and `other` are words of the card."""
    if row["kind"] != "numeric":
        return str(row["kind"])
    lo, hi = row["lo"], row["hi"]
    if lo is None:
        return "*" if hi is None else f"< {hi}"
    return f"≥ {lo}" if hi is None else f"{lo}–{hi}"


def _listed(counts: Counter[int], size: int) -> list[int]:
    return [counts[place] for place in range(size)]


def _tenths(counts: Counter[int]) -> list[int]:
    """The scores that close the first nine tenths of the reference, each once."""
    scores = sorted(counts)
    if not scores:
        return []
    passed = np.cumsum([counts[score] for score in scores])
    wanted = [passed[-1] * k / BANDS for k in range(1, BANDS)]
    edges = {scores[int(np.searchsorted(passed, one))] for one in wanted}
    return sorted(edges - {scores[-1]})


def _banded(counts: Counter[int], edges: Sequence[int]) -> list[int]:
    found = [0] * (len(edges) + 1)
    for score, count in counts.items():
        found[int(np.searchsorted(edges, score))] += count
    return found


def _band_words(edges: Sequence[int]) -> list[str]:
    if not edges:
        return ["*"]
    middle = [f"{low + 1}–{high}" for low, high in pairwise(edges)]
    return [f"≤ {edges[0]}", *middle, f"> {edges[-1]}"]


__all__ = ["SCORE", "feature_shifts", "rounded", "score_shift"]
