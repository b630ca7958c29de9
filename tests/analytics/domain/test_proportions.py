"""Intervals of shares: the figures statsmodels 0.14 gives, to ten places."""

import pytest

from analytics.domain.proportions import difference, share

# By proportion_confint of statsmodels, method wilson: hits, count, low, high.
WILSON = [
    (0, 10, 0.0, 0.277532799863),
    (3, 40, 0.025836025775, 0.198642335243),
    (20, 20, 0.838874841947, 1.0),
    (57, 600, 0.07404809033, 0.121104887491),
]
# By confint_proportions_2indep, method newcomb: the same for both shares, low, high.
NEWCOMBE = [
    (9, 100, 4, 120, -0.008010835813, 0.131724870721),
    (0, 50, 3, 60, -0.137005164763, 0.028547024833),
    (30, 30, 10, 40, 0.560339944123, 0.858128813609),
    (57, 600, 70, 620, -0.052341835099, 0.016602265121),
]


@pytest.mark.parametrize(("hits", "count", "low", "high"), WILSON)
def test_one_share(hits: int, count: int, low: float, high: float) -> None:
    found = share(hits, count)
    assert found is not None
    assert found.value == hits / count
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-10)


@pytest.mark.parametrize(("hits", "count", "base_hits", "base_count", "low", "high"), NEWCOMBE)
def test_the_difference_of_two(
    hits: int, count: int, base_hits: int, base_count: int, low: float, high: float
) -> None:
    found = difference(hits, count, base_hits, base_count)
    assert found is not None
    assert found.value == hits / count - base_hits / base_count
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-10)


def test_nothing_to_count() -> None:
    assert share(0, 0) is None
    assert difference(1, 2, 0, 0) is None
    assert difference(0, 0, 1, 2) is None
