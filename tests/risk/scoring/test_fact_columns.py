"""Ratios by columns are the ratios of the facts, digit for digit."""

import random
from decimal import Decimal

import numpy as np
import pytest

from risk.domain.facts import ratio, variation
from risk.scoring.fact_columns import PLACES, ratio_column, variation_column
from risk.scoring.policy_columns import Column

HUGE = 9 * 10**15


def exact(column: Column) -> list[Decimal | None]:
    """The column as the facts have it."""
    return [
        None if missing else Decimal(round(value * PLACES)).scaleb(-4)
        for value, missing in zip(column.values.tolist(), column.missing.tolist(), strict=True)
    ]


@pytest.mark.parametrize("most", [9, 20_000, 10**9, 10**13, HUGE])
def test_a_ratio_is_rounded_half_up(most: int) -> None:
    chance = random.Random(most)  # noqa: S311 -- no secret
    parts = [0, 1, 1, 0, most, *(chance.randrange(most + 1) for _ in range(3_000))]
    wholes = [0, 20_000, 3, most, most, *(chance.randrange(most + 1) for _ in range(3_000))]
    found = ratio_column(np.array(parts, np.int64), np.array(wholes, np.int64))
    assert exact(found) == [ratio(part, whole) for part, whole in zip(parts, wholes, strict=True)]


def test_exact_halves_count_up() -> None:
    wholes = np.full(200, 20_000, np.int64)
    parts = np.arange(1, 401, 2, dtype=np.int64)
    assert exact(ratio_column(parts, wholes)) == [ratio(int(part), 20_000) for part in parts]


@pytest.mark.parametrize("most", [3, 1_000, 10**8, 10**13])
def test_the_variation_is_that_of_the_facts(most: int) -> None:
    chance = random.Random(most)  # noqa: S311 -- no secret
    rows = [[0] * 12, [most] * 12, [0] * 11 + [most], [most] * 11 + [most - 1]]
    rows += [[chance.randrange(-most // 9, most + 1) for _ in range(12)] for _ in range(2_000)]
    rows += [[most - chance.randrange(2) for _ in range(12)] for _ in range(200)]
    found = variation_column(np.array(rows, np.int64))
    assert exact(found) == [variation(tuple(row)) for row in rows]
