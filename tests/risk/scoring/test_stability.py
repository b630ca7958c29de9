"""PSI says "shifted" when the mix moved, not when the sample is small."""

import numpy as np
import pytest
from scipy.stats import chi2

from risk.scoring.stability import SHIFTED, chance, has_shifted, psi

MIX = np.array([0.1, 0.15, 0.25, 0.2, 0.2, 0.1])


def test_psi_by_hand_and_with_an_empty_bin() -> None:
    assert psi([50, 50], [50, 50]) == 0
    assert psi([50, 50], [80, 20]) == pytest.approx(0.4063, abs=1e-4)
    assert psi([50, 50, 0], [40, 40, 20]) == pytest.approx(0.7752, abs=1e-4)


@pytest.mark.parametrize("bins", [3, 6, 11])
def test_chance_is_the_quantile_of_chi_square(bins: int) -> None:
    expected = chi2.ppf(0.99, bins - 1) * (1 / 5000 + 1 / 400)
    assert chance(bins, 5000, 400) == pytest.approx(expected, rel=0.01)


def test_small_samples_do_not_alarm_and_real_shifts_do() -> None:
    """Trap: at a hundred rows PSI alone cries shift in a good part of all runs without one."""
    random = np.random.default_rng(2)
    development = (MIX * 20_000).astype(int)
    fine = np.full(20, 0.05)
    small = [random.multinomial(100, fine) for _ in range(200)]
    assert sum(psi(fine * 20_000, sample) > SHIFTED for sample in small) > 20
    assert [has_shifted(fine * 20_000, sample) for sample in small] == [None] * 200
    fair = [has_shifted(development, random.multinomial(400, MIX)) for _ in range(300)]
    assert fair == [False] * 300
    other = np.sort(MIX)[::-1] ** 2 / sum(MIX**2)
    moved = [has_shifted(development, random.multinomial(400, other)) for _ in range(50)]
    assert sum(found is True for found in moved) >= 45


@pytest.mark.parametrize(("n", "bins", "naive"), [(100, 12, 0.25), (200, 20, 0.1)])
def test_of_a_thousand_nights_without_a_shift_hardly_any_alarms(
    n: int, bins: int, naive: float
) -> None:
    """Trap: at n = 100 a plain PSI limit cries shift in about three of ten runs."""
    random = np.random.default_rng(31)
    mix = np.full(bins, 1 / bins)
    rows = [(random.multinomial(n, mix), random.multinomial(n, mix)) for _ in range(1_000)]
    assert sum(psi(old, new) > SHIFTED for old, new in rows) >= naive * 1_000
    assert sum(has_shifted(old, new) is True for old, new in rows) <= 20
