"""What a feature must withstand before it may enter a card."""

from typing import Any, Final

import numpy as np

from risk.scoring.evidence import Flags
from risk.scoring.metrics import area
from risk.scoring.stability import psi

TOO_GOOD: Final = 0.85  # alone; such a column usually knows the outcome
UNSTABLE: Final = 0.25  # PSI between the halves of the development
COLLINEAR: Final = 10.0  # variance inflation
_RIDGE: Final = 1e-9


def says_nothing(woes: Any) -> bool:
    """Whether the values themselves, missing and new aside, are all of one kind."""
    return len(set(woes)) < 2  # noqa: PLR2004 -- what makes a difference


def is_too_good(encoded: Any, y: Flags) -> bool:
    """Whether the feature alone tells good from bad better than an honest one does."""
    return area(y, -encoded) > TOO_GOOD


def is_unstable(bins: Flags, half: Any, count: int) -> bool:
    """Whether its bins are filled differently in the two halves."""
    first, second = (np.bincount(bins[side], minlength=count) for side in (half, ~half))
    return psi(first, second) > UNSTABLE


def most_collinear(encoded: Any) -> int | None:
    """The column with the highest variance inflation, when that is too high."""
    if encoded.shape[1] < 2:  # noqa: PLR2004 -- one column is collinear with none
        return None
    # A trace of ridge: twins are then very collinear instead of not invertible.
    mixed = np.corrcoef(encoded, rowvar=False) + _RIDGE * np.eye(encoded.shape[1])
    inflation = np.diag(np.linalg.inv(mixed))
    worst = int(np.argmax(inflation))
    return worst if inflation[worst] > COLLINEAR else None
