"""The season ahead: known curve and what was seen, weighed; the stretch it allows."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.season import months_ahead, season_factor, stretch

FLAT = [Decimal(1)] * 12
SPRING = [Decimal(1)] * 2 + [Decimal(2)] * 3 + [Decimal("0.5714285714")] * 7


def seen(**months: int) -> dict[date, int]:
    return {date(2025, int(name[1:]), 1): amount for name, amount in months.items()}


def test_without_anything_seen_the_known_curve_counts() -> None:
    assert season_factor(FLAT, {}, [3, 4, 5]) == 1
    assert round(float(season_factor(SPRING, {}, [3, 4, 5])), 4) == 2.0


def test_a_year_that_was_seen_counts_half() -> None:
    year = {date(2025, month, 1): 300 if month == 6 else 100 for month in range(1, 13)}
    mean = Fraction(1400, 12)
    assert season_factor(FLAT, year, [6]) == (300 / mean + 1) / 2
    assert season_factor(FLAT, year, [7]) == (100 / mean + 1) / 2


def test_a_month_never_seen_counts_by_the_known_curve() -> None:
    assert season_factor(SPRING, seen(m6=100, m7=100), [3]) == season_factor(SPRING, {}, [3])


@pytest.mark.parametrize(
    ("factor", "added"),
    [
        ("1.09", 0),
        ("1.10", 100_000),
        ("1.255", 200_000),
        ("1.5", 500_000),
        ("3", 500_000),
        ("0", 0),
    ],
)
def test_the_stretch(factor: str, added: int) -> None:
    assert stretch(1_000_000, Fraction(factor), step_minor=100_000) == added


@given(limit=st.integers(0, 10**12), factor=st.fractions(0, 10), step=st.sampled_from([1, 100_000]))
def test_never_more_than_half(limit: int, factor: Fraction, step: int) -> None:
    added = stretch(limit, factor, step_minor=step)
    assert 0 <= added <= limit // 2
    assert added % step == 0


def test_the_months_ahead() -> None:
    assert months_ahead(date(2026, 11, 20), 3) == [12, 1, 2]
    assert months_ahead(date(2026, 1, 31), 3) == [2, 3, 4]
