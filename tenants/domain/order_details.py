"""What a partner says of an order beside its total. The total counts; lines are only shown."""

from collections.abc import Iterable


def lines_diff_minor(amount_minor: int, lines: Iterable[int]) -> int:
    """How many fen the lines come to above the order's total; below it when negative.

    0 without lines, and 0 up to a fen for each line: who rounds line by line is off by so much.
    """
    amounts = list(lines)
    diff = sum(amounts) - amount_minor
    return diff if abs(diff) > len(amounts) and amounts else 0
