"""A card evaluated for many merchants at once, by columns.

The same bins, points, PD, grades and reasons as `risk.domain.scorecard.score`, whose tables it
takes; only numpy, no loop over merchants.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from risk.domain.odds import (
    DOUBT,
    GRADE_BELOW,
    GRADES,
    MOST_LOG_ODDS,
    PARTS,
    PD_UNITS,
    exact_pd,
)
from risk.domain.reasons import MAX_REASONS
from risk.domain.scorecard import CATEGORY, Card, Feature

CHUNK: Final = 16_384  # rows whose columns fit into a core's cache together
_BYTE: Final = 127  # the most a signed one holds
Numbers = npt.NDArray[np.float64]
Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """Answers in the order of the rows.

    `bins` and `points` (in parts) have a row per feature; `pd` is in 10⁻⁸, `grade` 0 for A to 4
    for E; `reasons` has four rows of numbers in `Card.codes`, −1 for none.
    """

    bins: npt.NDArray[np.int16]
    parts: npt.NDArray[np.int64]
    score: npt.NDArray[np.int32]
    pd: npt.NDArray[np.int64]
    grade: npt.NDArray[np.int8]
    reasons: npt.NDArray[np.int16]


def score_columns(card: Card, columns: Mapping[str, Column]) -> Scored:
    """Evaluate. Numbers come as doubles with NaN for missing, levels as objects or texts.

    A column that is absent counts as missing everywhere.
    """
    count = len(next(iter(columns.values()))) if columns else 0
    found = Scored(
        bins=np.empty((len(card.features), count), np.int16),
        parts=np.empty(count, np.int64),
        score=np.empty(count, np.int32),
        pd=np.empty(count, np.int64),
        grade=np.empty(count, np.int8),
        reasons=np.empty((MAX_REASONS, count), np.int16),
    )
    tables = [_Table(feature) for feature in card.features]
    for rows in _chunks(count):
        _score(card, tables, columns, rows, found)
    return found


class _Table:
    """The rows of a feature as arrays to take from."""

    def __init__(self, feature: Feature) -> None:
        self.feature = feature
        self.parts = np.array([one.parts for one in feature.bins], np.int64)
        self.lost = {
            code: np.array([one.lost if one.code == code else 0 for one in feature.bins], np.int64)
            for code in sorted({one.code for one in feature.bins if one.lost})
        }


def _score(
    card: Card, tables: list[_Table], columns: Mapping[str, Column], rows: slice, found: Scored
) -> None:
    count = rows.stop - rows.start
    total = np.full(count, card.base_parts, np.int64)
    lost: dict[int, npt.NDArray[np.int64]] = {}
    for number, table in enumerate(tables):
        column = columns.get(table.feature.key)
        bins = found.bins[number, rows]
        if column is None:
            bins[:] = table.feature.missing
        else:
            bins[:] = feature_bins(table.feature, column[rows])
        total += table.parts.take(bins)
        for code, losses in table.lost.items():
            one = losses.take(bins)
            lost[code] = lost[code] + one if code in lost else one
    found.parts[rows] = total
    found.score[rows] = (total + PARTS // 2) // PARTS
    pd = found.pd[rows]
    pd[:] = pd_column(card, total)
    found.grade[rows] = np.searchsorted(GRADE_BELOW, pd, side="right")
    found.reasons[:, rows] = largest_losses(lost, len(card.codes), count)


def feature_bins(feature: Feature, column: Column) -> npt.NDArray[np.int16]:
    """The bin of each value."""
    if feature.dtype == CATEGORY:
        bins = (_level_bin(feature, value) for value in column.tolist())
        return np.fromiter(bins, np.int16, len(column))
    numbers = column.astype(np.float64, copy=False)
    found: npt.NDArray[Any] = np.zeros(
        len(numbers), np.int8 if len(feature.edges) < _BYTE else np.int16
    )
    for edge in feature.edges:
        found += numbers >= edge
    found[~np.isfinite(numbers)] = feature.missing
    return found.astype(np.int16, copy=False)


def _level_bin(feature: Feature, value: Any) -> int:
    """A NaN is how a column of texts says that one is missing."""
    if isinstance(value, str):
        return feature.levels.get(value, feature.other)
    return feature.missing if value is None or value != value else feature.other  # noqa: PLR0124


def pd_column(card: Card, total: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """`pd_of` for a column."""
    log_odds = card.odds.start + card.odds.slope * total
    np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS, out=log_odds)
    units = PD_UNITS / (1 + np.exp(log_odds))
    found: npt.NDArray[np.int64] = np.rint(units).astype(np.int64)
    doubtful = np.flatnonzero(np.abs(np.abs(units - np.rint(units)) - 0.5) < DOUBT)
    for row in doubtful.tolist():
        found[row] = exact_pd(card.odds, int(total[row]))
    return found


def largest_losses(
    lost: Mapping[int, npt.NDArray[np.int64]], codes: int, count: int
) -> npt.NDArray[np.int16]:
    """The four largest losses of each row, kept sorted while the codes pass by.

    Loss and code make one number, so that larger means: more lost, or the same and earlier in the
    card. Comparing whole columns in pairs is many times as fast as sorting every row.
    """
    best = [np.zeros(count, np.int64) for _ in range(MAX_REASONS)]
    for code, losses in lost.items():
        one = losses * codes + (codes - 1 - code)
        one[losses == 0] = 0
        for place in range(MAX_REASONS):
            lower = np.minimum(best[place], one)
            np.maximum(best[place], one, out=best[place])
            one = lower
    found = np.full((MAX_REASONS, count), -1, np.int16)
    for place, one in enumerate(best):
        has = one > 0
        found[place, has] = codes - 1 - one[has] % codes
    return found


def _chunks(count: int) -> Iterator[slice]:
    for start in range(0, count, CHUNK):
        yield slice(start, min(start + CHUNK, count))


def grades_of(scored: Scored) -> Column:
    """Grades as letters."""
    return np.array(GRADES, object)[scored.grade]


def reasons_of(card: Card, scored: Scored) -> list[tuple[str, ...]]:
    """Reason codes, each row's in order."""
    return [
        tuple(card.codes[code] for code in row if code >= 0) for row in scored.reasons.T.tolist()
    ]
