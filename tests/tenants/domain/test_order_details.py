"""Lines beside an order's total."""

from hypothesis import given
from hypothesis import strategies as st

from tenants.domain.order_details import lines_diff_minor

AMOUNT = st.integers(min_value=-(10**15), max_value=10**15)


@given(total=st.integers(min_value=0, max_value=10**15), lines=st.lists(AMOUNT, max_size=40))
def test_a_difference_is_told_when_it_is_more_than_rounding(total: int, lines: list[int]) -> None:
    diff, whole = lines_diff_minor(total, lines), sum(lines) - total
    assert diff in {0, whole}
    assert (diff == 0) == (not lines or abs(whole) <= len(lines))


@given(
    unit_fen_100=st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40),
    discount=st.integers(min_value=0, max_value=10**6),
)
def test_whoever_rounds_line_by_line_is_not_told(unit_fen_100: list[int], discount: int) -> None:
    """Prices in hundredths of a fen, rounded in each line here and once over all there."""
    lines = [(one + 50) // 100 for one in unit_fen_100]
    total = (sum(unit_fen_100) + 50) // 100 - discount
    assert lines_diff_minor(total, [*lines, -discount]) == 0


def test_gifts_discounts_freight_and_nothing_at_all() -> None:
    assert lines_diff_minor(1_000, [900, 0, 200, -100]) == 0
    assert lines_diff_minor(1_000, [1_002]) == 2
    assert lines_diff_minor(1_000, [500, 498]) == 0
    assert lines_diff_minor(1_000, [500, 497]) == -3
    assert lines_diff_minor(1_000, []) == 0
    assert lines_diff_minor(0, [0, 0]) == 0
