"""An offset of one platform: shrunk while there is little, exact when there is much."""

from decimal import Decimal

import numpy as np
import pytest
from scipy.optimize import minimize

from risk.scoring.calibration import PRIOR_SD, shrunk_intercept, shrunk_line
from risk.scoring.evidence import Flags, Numbers


def world(count: int, shift: float, slope: float = 1.0, seed: int = 5) -> tuple[Flags, Numbers]:
    random = np.random.default_rng(seed)
    odds = random.normal(2.5, 1, count)
    chance = 1 / (1 + np.exp(shift + slope * odds))
    return (random.random(count) < chance).astype(np.int64), odds


def test_much_evidence_finds_the_shift_and_little_hardly_moves() -> None:
    y, odds = world(40_000, -0.8)
    assert float(shrunk_intercept(y, odds)) == pytest.approx(-0.8, abs=0.05)
    few, chance = world(20, -0.8), np.random.default_rng(1)
    assert abs(shrunk_intercept(*few)) < Decimal("0.9")
    nothing = chance.integers(0, 2, 2), np.zeros(2)
    assert abs(shrunk_intercept(*nothing)) < Decimal("0.3")
    assert shrunk_intercept(np.zeros(0, np.int64), np.zeros(0)) == 0


def test_the_offset_is_the_most_probable_one() -> None:
    y, odds = world(400, -0.6)

    def lost(a: float) -> float:
        at = a + odds
        return float(np.logaddexp(0, np.where(y == 1, at, -at)).sum() + a**2 / (2 * PRIOR_SD**2))

    best = minimize(lambda x: lost(x[0]), np.zeros(1)).x[0]
    assert float(shrunk_intercept(y, odds)) == pytest.approx(best, abs=1e-4)


def test_a_slope_is_found_where_there_is_evidence() -> None:
    y, odds = world(40_000, 0.3, 0.6)
    a, b = (float(one) for one in shrunk_line(y, odds))
    assert a == pytest.approx(0.3, abs=0.1)
    assert b == pytest.approx(0.6, abs=0.05)
    assert shrunk_line(y, odds) == shrunk_line(y, odds)
    assert shrunk_line(np.zeros(0, np.int64), np.zeros(0)) == (Decimal(0), Decimal(1))
