"""Moving a pooled card to one platform: an intercept shrunk towards none, then a slope.

The most probable values under normal priors: an intercept around 0 and a slope around 1, both with
a standard deviation of one half. A few cases hardly move a card; many decide.
"""

from decimal import Decimal
from typing import Any, Final

import numpy as np

from risk.scoring.evidence import Flags, Numbers

PRIOR_SD: Final = 0.5
_WIDEST: Final = 20.0
_PLACES: Final = Decimal("0.000001")


def shrunk_intercept(y: Flags, log_odds: Numbers) -> Decimal:
    """What to add to log-odds of good to bad. `y` is 1 for bad."""
    from scipy.optimize import brentq  # noqa: PLC0415 -- slow import

    def slope(a: float) -> float:
        return float((y - _pd(a + log_odds)).sum() + a / PRIOR_SD**2)

    # The objective is convex, so its slope crosses nothing once.
    return _rounded(brentq(slope, -_WIDEST, _WIDEST, xtol=1e-12))


def shrunk_line(y: Flags, log_odds: Numbers) -> tuple[Decimal, Decimal]:
    """Intercept and slope over log-odds of good to bad; the slope stays above a tenth."""
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    def lost(at: Any) -> tuple[float, Any]:
        a, b = at
        odds = a + b * log_odds
        loss = np.logaddexp(0, np.where(y == 1, odds, -odds)).sum()
        off = y - _pd(odds)
        prior = (a**2 + (b - 1) ** 2) / (2 * PRIOR_SD**2)
        steps = np.array([off.sum() + a / PRIOR_SD**2, off @ log_odds + (b - 1) / PRIOR_SD**2])
        return float(loss + prior), steps

    found = minimize(
        lost, np.array([0.0, 1.0]), jac=True, method="L-BFGS-B",
        bounds=[(-_WIDEST, _WIDEST), (0.1, 10.0)], options={"ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    return _rounded(found.x[0]), _rounded(found.x[1])


def _pd(odds: Numbers) -> Numbers:
    from scipy.special import expit  # noqa: PLC0415 -- slow import

    found: Numbers = expit(-odds)
    return found


def _rounded(value: float) -> Decimal:
    return Decimal(float(value)).quantize(_PLACES)
