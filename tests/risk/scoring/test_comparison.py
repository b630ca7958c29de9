"""Two ways of scoring beside each other: the figures are the usual ones, and noise is no win."""

import numpy as np
import pytest

from risk.scoring.comparison import FIGURES, compare
from risk.scoring.metrics import quality


def test_the_figures_and_who_is_better_for_sure() -> None:
    random = np.random.default_rng(4)
    risk = random.normal(-2, 1, 1200)
    y = (random.random(1200) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    good = 1 / (1 + np.exp(-risk))
    poor = 1 / (1 + np.exp(-random.permutation(risk)))
    groups = np.arange(1200) // 2
    found = compare(y, poor, good, groups)
    assert found is not None
    assert (found.n, found.bad) == (1200, int(y.sum()))
    for name in FIGURES:
        for told, pds in ((found.first, poor), (found.second, good)):
            assert told[name].value == pytest.approx(getattr(quality(y, pds), name))
            assert told[name].low < told[name].value < told[name].high
    assert (found.better["auc"], found.better["log_loss"]) == (True, True)
    assert compare(y, poor, good, groups) == found
    same = compare(y, good, good, groups)
    assert same is not None
    assert set(same.better.values()) == {False}


@pytest.mark.parametrize("bad", [0, 19, 81, 100])
def test_too_few_of_a_kind_say_nothing(bad: int) -> None:
    y = np.array([1] * bad + [0] * (100 - bad))
    assert compare(y, np.full(100, 0.1), np.full(100, 0.1), np.arange(100)) is None
