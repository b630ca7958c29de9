"""How much more a season asks for: the months ahead against the year's mean.

The curve of a trade (the vertical's, known beforehand) and what a category of the platform really
bought are weighed by how many months were seen: S = w × seen + (1 − w) × known, w = n / (n + 12).
A limit is stretched by min(½, S − 1), where S is a tenth above the year's mean or more.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from risk.domain.limit import floor_to

_MONTHS: Final = 12
_PRIOR_MONTHS: Final = 12
LEAST: Final = Fraction(11, 10)
MOST_STRETCH: Final = Fraction(1, 2)

# Net turnover by month, its first day, in fen.
Months = Mapping[date, int]


def season_factor(known: Sequence[Decimal], seen: Months, ahead: Sequence[int]) -> Fraction:
    """S for the calendar months `ahead` (1 to 12). `known` has twelve figures, January first.

    A month that was never seen counts by the known curve alone.
    """
    usual = Fraction(sum(known)) / _MONTHS
    mean = Fraction(sum(seen.values()), len(seen)) if seen else Fraction(0)
    weight = Fraction(len(seen), len(seen) + _PRIOR_MONTHS)
    factors = []
    for month in ahead:
        factor = Fraction(known[month - 1]) / usual
        same = [amount for day, amount in seen.items() if day.month == month]
        if same and mean:
            found = Fraction(sum(same), len(same)) / mean
            factor = weight * found + (1 - weight) * factor
        factors.append(factor)
    return sum(factors, Fraction(0)) / len(factors)


def stretch(limit_minor: int, factor: Fraction, *, step_minor: int) -> int:
    """What is added to a limit for a season, in fen: whole steps, nothing below a tenth."""
    if factor < LEAST:
        return 0
    return floor_to(step_minor, limit_minor * min(MOST_STRETCH, factor - 1))


def months_ahead(day: date, count: int) -> list[int]:
    """The calendar months (1 to 12) after the one of `day`."""
    return [(day.month + n) % _MONTHS + 1 for n in range(count)]
