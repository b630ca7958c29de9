"""Bins and the evidence in them: counts, weight of evidence, and merging what is too thin.

Weight of evidence is ln(good:bad of the bin) − ln(good:bad of all): above zero is safer. It is
shrunk by adding `PRIOR` rows of the average to every bin, so that a few rows say little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Final

import numpy as np

PRIOR: Final = 20.0
LEAST_SHARE: Final = 0.05
LEAST_ROWS: Final = 20

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Population:
    """All rows of the development and how many of them were bad."""

    n: int
    bad: float

    @property
    def least(self) -> float:
        """The fewest rows a bin may hold."""
        return max(float(LEAST_ROWS), LEAST_SHARE * self.n)

    def woe(self, n: float, bad: float) -> float:
        """Shrunk weight of evidence of a bin."""
        average = self.bad / self.n
        rate = (bad + PRIOR * average) / (n + PRIOR)
        return log((1 - rate) / rate) - log((1 - average) / average)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBin:
    """One row of a card before it has points: `[lo, hi)` or levels, counts, evidence."""

    kind: str
    n: int
    bad: int
    woe: float
    lo: float | None = None
    hi: float | None = None
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedFeature:
    """The bins of one feature in the order of a card. `sign` is declared, or the one found."""

    key: str
    is_category: bool
    sign: int
    bins: tuple[FittedBin, ...]


def population(y: Flags, weight: Numbers | None = None) -> Population:
    return Population(len(y), int(y.sum()) if weight is None else float((y * weight).sum()))


def merge(counts: Sequence[tuple[float, float]], sign: int, people: Population) -> list[list[int]]:
    """Neighboring bins joined until none is too small and none goes against the sign.

    Counts are (rows, bad) in order; a bin that is too small joins the neighbor most like it.
    """
    groups = [[number] for number in range(len(counts))]
    while len(groups) > 1:
        totals = [_total(counts, group) for group in groups]
        woes = [people.woe(*total) for total in totals]
        smallest = min(range(len(groups)), key=lambda number: totals[number][0])
        if totals[smallest][0] < people.least:
            beside = [n for n in (smallest - 1, smallest + 1) if 0 <= n < len(groups)]
            like = min(beside, key=lambda n: abs(woes[n] - woes[smallest]))
            _join(groups, min(like, smallest))
            continue
        against = [n for n in range(len(woes) - 1) if sign * (woes[n + 1] - woes[n]) < 0]
        if not against:
            break
        _join(groups, max(against, key=lambda n: abs(woes[n + 1] - woes[n])))
    return groups


def _join(groups: list[list[int]], first: int) -> None:
    groups[first] += groups.pop(first + 1)


def _total(counts: Sequence[tuple[float, float]], group: list[int]) -> tuple[float, float]:
    return sum(counts[one][0] for one in group), sum(counts[one][1] for one in group)


def counts_by(bins: Flags, y: Flags, count: int) -> list[tuple[int, int]]:
    """Rows and bad rows of each bin."""
    n = np.bincount(bins, minlength=count)
    bad = np.bincount(bins, weights=y, minlength=count)
    return [(int(a), int(b)) for a, b in zip(n, bad, strict=True)]


def weighed_by(
    bins: Flags, y: Flags, count: int, weight: Numbers | None
) -> Sequence[tuple[float, float]]:
    """`counts_by`, with each row counting as its weight says."""
    if weight is None:
        return counts_by(bins, y, count)
    n = np.bincount(bins, weights=weight, minlength=count)
    bad = np.bincount(bins, weights=weight * y, minlength=count)
    return list(zip(n.tolist(), bad.tolist(), strict=True))
