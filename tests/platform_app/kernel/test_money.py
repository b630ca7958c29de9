"""No fen is lost or made; rounding is Decimal's; amounts are read strictly."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from platform_app.kernel.money import (
    Money,
    Rounding,
    format_yuan,
    quantize_rate,
    round_minor,
    split_minor,
    yuan_to_minor,
)

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=36)


@given(amounts, weights)
def test_a_split_sums_to_the_whole(total: int, shares: list[int]) -> None:
    assume(sum(shares) > 0)
    parts = split_minor(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    for part, share in zip(parts, shares, strict=True):
        exact = Fraction(total * share, sum(shares))
        assert abs(part - exact) < 1
        assert share or part == 0


@given(amounts, weights)
def test_a_split_of_a_debt_mirrors_that_of_a_credit(total: int, shares: list[int]) -> None:
    assume(sum(shares) > 0)
    assert split_minor(-total, shares) == [-part for part in split_minor(total, shares)]


def test_the_largest_remainder_goes_first_and_earlier_parts_win_ties() -> None:
    assert split_minor(100, [1, 1, 1]) == [34, 33, 33]
    assert split_minor(101, [1, 1, 1]) == [34, 34, 33]
    assert split_minor(10, [1, 2, 6]) == [1, 2, 7]
    assert split_minor(-100, [1, 1, 1]) == [-34, -33, -33]
    assert Money(100).split([1, 0, 1]) == [Money(50), Money(0), Money(50)]


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_weights_without_a_meaning_are_refused(shares: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weights must be|empty"):
        split_minor(100, shares)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=6),
    st.sampled_from(
        [("half_up", ROUND_HALF_UP), ("half_even", ROUND_HALF_EVEN), ("down", ROUND_DOWN)]
    ),
)
def test_rounding_is_that_of_decimal(value: Decimal, mode: tuple[Rounding, str]) -> None:
    ours, theirs = mode
    assert round_minor(Fraction(value), ours) == int(value.quantize(Decimal(1), theirs))


@pytest.mark.parametrize(
    ("value", "up", "even", "down"),
    [("0.5", 1, 0, 0), ("1.5", 2, 2, 1), ("2.5", 3, 2, 2), ("-0.5", -1, 0, 0), ("-2.5", -3, -2, -2),
     ("2.499999", 2, 2, 2), ("-7", -7, -7, -7)],
)  # fmt: skip
def test_rounding_at_the_half(value: str, up: int, even: int, down: int) -> None:
    exact = Fraction(value)
    assert (
        round_minor(exact, "half_up"), round_minor(exact, "half_even"), round_minor(exact, "down"),
    ) == (up, even, down)  # fmt: skip


def test_scaling_rounds_once() -> None:
    assert Money(1_000_000).scale(Decimal("0.12") / 365, rounding="half_up") == Money(329)
    assert Money(1).scale(Fraction(1, 2), rounding="half_even") == Money(0)


def test_two_currencies_do_not_mix() -> None:
    yuan, dollars = Money(1), Money(1, "USD")
    acts: list[Any] = [
        lambda: yuan + dollars, lambda: yuan - dollars, lambda: yuan < dollars,
        lambda: yuan <= dollars, lambda: yuan > dollars, lambda: yuan >= dollars,
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(ValueError, match="CNY and USD do not mix"):
            act()
    assert yuan != dollars


def test_sums_and_order() -> None:
    assert Money(5) + Money(3) - Money(10) == Money(-2)
    assert sorted([Money(3), Money(-1), Money(2)]) == [Money(-1), Money(2), Money(3)]
    assert Money(2) <= Money(2) < Money(3)
    assert {Money(1), Money(1)} == {Money(1)}


@pytest.mark.parametrize(
    ("text", "minor"),
    [("0", 0), ("1", 100), ("1.5", 150), ("1.50", 150), ("0.01", 1), ("1,234.50", 123_450),
     ("12,345,678.9", 1_234_567_890), (" ¥1,234.5 ", 123_450), ("￥8", 800), ("-3", -300),
     ("-0.01", -1), ("¥-3", -300), ("9999999999999.99", 999_999_999_999_999), ("007", 700)],
)  # fmt: skip
def test_yuan_is_read(text: str, minor: int) -> None:
    assert yuan_to_minor(text) == minor
    assert Money.from_yuan(text) == Money(minor)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", ".", "1.", ".5", "1.234", "1e3", "1 000", "+1", "--1", "1-", "１２", "一", "NaN",
     "1,5", "1.2,3", ",1", "1,,000", "1,0000", "12,34,567", "¥¥1", "10000000000000", "1.5元", "٣",
     "0x10", "1_000", "Infinity"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount in yuan"):
        yuan_to_minor(text)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_what_is_written_can_be_read(minor: int) -> None:
    assert yuan_to_minor(format_yuan(minor)) == minor
    assert yuan_to_minor(str(Money(minor))) == minor


def test_yuan_is_written() -> None:
    assert format_yuan(1_234_567) == "12,345.67"
    assert [format_yuan(n) for n in (0, 5, -5, -100_000)] == ["0.00", "0.05", "-0.05", "-1,000.00"]


def test_rates_are_rounded_for_display() -> None:
    assert quantize_rate(Decimal("0.12345")) == Decimal("0.1235")
    assert quantize_rate(Decimal("0.12345"), half_even=True) == Decimal("0.1234")
    assert quantize_rate(Decimal("0.12999"), 2) == Decimal("0.13")
