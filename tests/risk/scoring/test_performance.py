"""Ranking and PD against actual, against scikit-learn, SciPy and statsmodels."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from risk.scoring.performance import discrimination, jeffreys


def world(n: int, seed: int = 7, merchants: int | None = None) -> tuple[np.ndarray, ...]:
    """Outcomes that follow PDs rounded to a hundredth, so that there are ties."""
    random = np.random.default_rng(seed)
    pd = np.round(random.beta(1, 6, n), 2)
    y = (random.random(n) < pd).astype(np.int64)
    owners = np.arange(n) if merchants is None else random.integers(0, merchants, n)
    return y, pd, owners


@pytest.mark.parametrize("n", [200, 5_000])
def test_gini_and_ks_are_those_of_scikit_learn_and_scipy(n: int) -> None:
    from sklearn.metrics import roc_auc_score

    y, pd, owners = world(n)
    gini, ks = discrimination(y, pd, owners)
    assert gini.value == pytest.approx(2 * roc_auc_score(y, pd) - 1, abs=1e-12)
    assert ks.value == pytest.approx(ks_2samp(pd[y == 0], pd[y == 1]).statistic, abs=1e-12)
    assert gini.low < gini.value < gini.high
    assert ks.low < ks.value < ks.high


def test_the_same_rows_have_the_same_interval() -> None:
    assert discrimination(*world(400)) == discrimination(*world(400))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    truth = discrimination(*world(60_000, seed=1))[0].value
    found = [discrimination(*world(400, seed=seed))[0] for seed in range(100, 160)]
    held = sum(one.low <= truth <= one.high for one in found)
    assert held >= 52  # of 60; 57 expected


def test_rows_of_one_merchant_are_drawn_together() -> None:
    """Ten rows of each merchant, all alike, say no more than one: the interval does not shrink."""
    y, pd, owners = world(300)
    alone = discrimination(y, pd, owners)[0]
    tenfold = discrimination(np.repeat(y, 10), np.repeat(pd, 10), np.repeat(owners, 10))[0]
    naive = discrimination(np.repeat(y, 10), np.repeat(pd, 10), np.arange(3_000))[0]
    assert tenfold == alone
    assert naive.high - naive.low < 0.5 * (alone.high - alone.low)


@pytest.mark.parametrize(
    ("bad", "n", "low", "high"),
    [
        (0, 30, 1.6231861223464347e-05, 0.07967817381726),
        (3, 40, 0.021576674442978006, 0.1868142972376248),
        (12, 400, 0.016502184526498716, 0.05024809461315384),
        (1, 1000, 0.00010791880468097968, 0.004664458808791373),
        (40, 40, 0.9395020247859204, 0.9999878006934249),
    ],
)
def test_jeffreys_is_that_of_statsmodels(bad: int, n: int, low: float, high: float) -> None:
    """`statsmodels.stats.proportion.proportion_confint(bad, n, method="jeffreys")`, 0.15."""
    assert list(jeffreys(bad, n)) == pytest.approx([low, high], rel=1e-9)
