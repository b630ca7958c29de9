"""From points to odds, PD and grade, the same digits on every machine.

A double is fast and almost always right to eight places; where it could round either way, the
Decimal logarithm decides, which is rounded correctly everywhere.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import lru_cache
from math import exp, floor, log
from typing import Final

PARTS: Final = 10_000  # of one point
GRADES: Final = ("A", "B", "C", "D", "E")
# Master scale: the grade is the first whose bound lies above the 12-month PD, in 10⁻⁸.
GRADE_BELOW: Final = (1_000_000, 2_500_000, 5_000_000, 10_000_000)
PD_UNITS: Final = 100_000_000
MOST_LOG_ODDS: Final = 60.0  # beyond, PD is 0 or 1 to eight places
DOUBT: Final = 0.001  # of one unit of PD: far above any error of a double here
_HALF: Final = 0.5
_WIDEST: Final = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """The scaling of a card and its calibration.

    `start` and `slope` give the calibrated log-odds of good to bad over parts.
    """

    pdo: int
    odds_600: int
    a: Decimal
    b: Decimal
    start: float = field(init=False)
    slope: float = field(init=False)

    def __post_init__(self) -> None:
        slope = float(self.b) * log(2) / (self.pdo * PARTS)
        start = float(self.a) + float(self.b) * log(self.odds_600) - 600 * PARTS * slope
        object.__setattr__(self, "slope", slope)
        object.__setattr__(self, "start", start)


def pd_of(odds: Odds, parts: int) -> int:
    """The 12-month PD of a score, in 10⁻⁸."""
    log_odds = odds.start + odds.slope * parts
    log_odds = max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))
    units = PD_UNITS / (1 + exp(log_odds))
    if abs(units - floor(units) - _HALF) < DOUBT:
        return exact_pd(odds, parts)
    return round(units)


@lru_cache(maxsize=4096)
def exact_pd(odds: Odds, parts: int) -> int:
    """`pd_of` where a double could round either way."""
    with localcontext() as context:
        context.prec = 28
        points = Decimal(parts) / PARTS
        log_odds = Decimal(odds.odds_600).ln() + (points - 600) / odds.pdo * Decimal(2).ln()
        pd = 1 / (1 + (odds.a + odds.b * log_odds).exp())
        return int((pd * PD_UNITS).to_integral_value())


def grade_number(pd: int) -> int:
    """The grade of a PD in 10⁻⁸, 0 for A to 4 for E."""
    return bisect_right(GRADE_BELOW, pd)


def grade_of(pd: Decimal) -> str:
    """The grade on the master scale of `pd` per year."""
    return GRADES[grade_number(int(pd.scaleb(8)))]


def worse_grade(one: str, other: str) -> str:
    return max(one, other, key=GRADES.index)


def grade_floors(odds: Odds) -> tuple[int, ...]:
    """The lowest score in parts that reaches D, C, B, A; higher scores never have a higher PD."""
    return tuple(_floor(odds, bound) for bound in reversed(GRADE_BELOW))


def _floor(odds: Odds, bound: int) -> int:
    low, high = -_WIDEST, _WIDEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if pd_of(odds, middle) < bound else (middle + 1, high)
    return low
