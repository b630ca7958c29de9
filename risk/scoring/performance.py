"""How well PDs told good from bad, and whether they were right, on outcomes that are known.

Rows of one merchant share one decision, so intervals are drawn by merchant: a resample takes
merchants, each with all its rows, as often as chance takes them.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from risk.scoring.evidence import Flags, Numbers

RESAMPLES: Final = 500
SEED: Final = 42
LEVEL: Final = 0.95
_PRIOR: Final = 0.5  # Jeffreys: half a good and half a bad seen before the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def discrimination(
    y: Flags, pd: Numbers, merchants: npt.NDArray[Any]
) -> tuple[Estimated, Estimated]:
    """Gini and KS of PDs against outcomes (1 is bad; both kinds must be there).

    The same rows give the same intervals: the resamples are drawn from a fixed seed.
    """
    _, place = np.unique(pd, return_inverse=True)
    _, owner = np.unique(merchants, return_inverse=True)
    whole = _gini_ks(y, place, np.ones(len(y)))
    random = np.random.default_rng(SEED)
    count = int(owner.max()) + 1
    drawn = []
    for _ in range(RESAMPLES):
        taken = np.bincount(random.integers(0, count, count), minlength=count)
        weights = taken[owner].astype(np.float64)
        if weights[y == 1].any() and weights[y == 0].any():
            drawn.append(_gini_ks(y, place, weights))
    sides = np.quantile(np.array(drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    gini, ks = (
        Estimated(value=value, low=float(sides[0, column]), high=float(sides[1, column]))
        for column, value in enumerate(whole)
    )
    return gini, ks


def jeffreys(bad: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share by Jeffreys' prior."""
    from scipy.stats import beta  # noqa: PLC0415 -- slow import

    tail, a, b = (1 - LEVEL) / 2, bad + _PRIOR, n - bad + _PRIOR
    return float(beta.ppf(tail, a, b)), float(beta.ppf(1 - tail, a, b))


def _gini_ks(y: Flags, place: npt.NDArray[Any], weights: Numbers) -> tuple[float, float]:
    """Both from one pass over the PDs in their order; ties count half."""
    bad = np.bincount(place, weights=weights * y)
    good = np.bincount(place, weights=weights * (1 - y))
    bad, good = bad / bad.sum(), good / good.sum()
    below = np.cumsum(good)
    area = float(np.sum(bad * (below - good / 2)))
    return 2 * area - 1, float(np.max(np.abs(below - np.cumsum(bad))))
