"""Population stability: has the mix of bins moved, by more than chance moves it?"""

from typing import Any, Final

import numpy as np

SHIFTED: Final = 0.25
LEAST_ROWS: Final = 200
_SMOOTHING: Final = 0.5
_NORMAL_99: Final = 2.326347874


def psi(expected: Any, actual: Any) -> float:
    """PSI of two rows of counts over the same bins; an empty bin counts half a row."""
    before, after = (
        (np.asarray(one, float) + _SMOOTHING) / (np.sum(one) + _SMOOTHING * len(one))
        for one in (expected, actual)
    )
    return float(np.sum((after - before) * np.log(after / before)))


def chance(bins: int, expected: int, actual: int) -> float:
    """The PSI that one of a hundred samples without any shift exceeds.

    Without a shift PSI is about χ²(bins − 1) · (1 / expected + 1 / actual); the quantile is
    Wilson's and Hilferty's.
    """
    freedom = bins - 1
    spread = 2 / (9 * freedom)
    quantile = freedom * (1 - spread + _NORMAL_99 * spread**0.5) ** 3
    return float(quantile * (1 / expected + 1 / actual))


def has_shifted(expected: Any, actual: Any) -> bool | None:
    """Whether the mix has shifted; None when there are too few rows to say."""
    before, after = int(np.sum(expected)), int(np.sum(actual))
    if min(before, after) < LEAST_ROWS:
        return None
    return psi(expected, actual) > max(SHIFTED, chance(len(expected), before, after))
