"""One interface to every way of binning: `fit(X, y, signs) -> features with their rows`."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from risk.domain.scorecard_rows import CATEGORICAL, MISSING, NUMERIC, OTHER
from risk.scoring.binners import BINNERS, bins_of
from risk.scoring.evidence import (
    LEAST_ROWS,
    FittedBin,
    FittedFeature,
    Flags,
    Numbers,
    Population,
    counts_by,
    merge,
    population,
    weighed_by,
)

DEFAULT: Final = "isotonic"
Columns = Mapping[str, Any]


def fit(
    X: Columns,  # noqa: N803 -- what everybody calls it
    y: Flags,
    signs: Mapping[str, int],
    *,
    binner: str = DEFAULT,
    weight: Numbers | None = None,
) -> list[FittedFeature]:
    """Bin every column against `y` (1 is bad), in the order of `X`.

    Numbers are columns of doubles, with NaN where unknown; levels are columns of objects, with
    None where unknown. A sign of 1 says that more is safer, −1 that less is; without one numbers
    follow the data. Raises CannotFit for a binner that is not there.
    """
    people = population(y, weight)
    return [
        _levels(key, column, y, people, weight)
        if column.dtype == object
        else _numbers(key, column, y, weight, signs.get(key, 0), binner, people)
        for key, column in X.items()
    ]


def _numbers(
    key: str, column: Any, y: Flags, weight: Numbers | None, sign: int, binner: str,
    people: Population,
) -> FittedFeature:  # fmt: skip
    known = np.isfinite(column)
    x, outcome, counted = column[known], y[known], _part(weight, known)
    found, edges = (sign, []) if not len(x) else BINNERS[binner](x, outcome, sign, people, counted)
    bounds = [None, *edges, None]
    bins = bins_of(x, edges)
    counts = counts_by(bins, outcome, len(edges) + 1)
    weighed = weighed_by(bins, outcome, len(edges) + 1, counted)
    values = [
        FittedBin(kind=NUMERIC, n=n, bad=bad, woe=people.woe(*one), lo=lo, hi=hi)
        for (n, bad), one, lo, hi in zip(counts, weighed, bounds[:-1], bounds[1:], strict=True)
    ]
    blind = _end(MISSING, y[~known], people, _part(weight, ~known))
    return FittedFeature(key=key, is_category=False, sign=found, bins=(*values, blind))


def _part(weight: Numbers | None, rows: Any) -> Numbers | None:
    return None if weight is None else weight[rows]


def _levels(
    key: str, column: Any, y: Flags, people: Population, weight: Numbers | None
) -> FittedFeature:
    """Levels sorted by evidence and joined with their likes; rare ones first make one group.

    Sorting levels by their outcomes would otherwise learn a column of names by heart.
    """
    seen = Counter(value for value in column if value is not None)
    rare = sorted(level for level, n in seen.items() if n < LEAST_ROWS)
    groups = [(level,) for level in sorted(set(seen) - set(rare))] + ([tuple(rare)] if rare else [])
    place = {level: number for number, group in enumerate(groups) for level in group}
    known = np.array([value is not None for value in column], bool)
    numbers = np.array([place[value] for value in column if value is not None], int)
    counts = counts_by(numbers, y[known], len(groups))
    weighed = weighed_by(numbers, y[known], len(groups), _part(weight, known))
    order = sorted(range(len(groups)), key=lambda number: people.woe(*weighed[number]))
    values = []
    for joined in merge([weighed[number] for number in order], 0, people) if order else []:
        members = [order[one] for one in joined]
        n, bad = (sum(counts[one][side] for one in members) for side in (0, 1))
        woe = people.woe(*(sum(weighed[one][side] for one in members) for side in (0, 1)))
        levels = tuple(sorted(level for one in members for level in groups[one]))
        values.append(FittedBin(kind=CATEGORICAL, n=n, bad=bad, woe=woe, levels=levels))
    ends = (
        _end(MISSING, y[~known], people, _part(weight, ~known)),
        _end(OTHER, y[:0], people, None),
    )
    return FittedFeature(key=key, is_category=True, sign=0, bins=(*values, *ends))


def _end(kind: str, y: Flags, people: Population, weight: Numbers | None) -> FittedBin:
    counted = np.zeros(len(y), np.int64)
    ((n, bad),) = counts_by(counted, y, 1)
    ((all_, lost),) = weighed_by(counted, y, 1, weight)
    return FittedBin(kind=kind, n=n, bad=bad, woe=people.woe(all_, lost))
