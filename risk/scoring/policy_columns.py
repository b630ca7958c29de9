"""A policy's tables evaluated for many cases at once, by columns; equal to `risk.domain.policy`.

Whole numbers are compared as 64-bit integers, PDs in 10⁻⁸. Other decimals are doubles, which keep
the order of all decimals of at most fifteen digits: a fact with more is refused, a bound with more
is moved up to the next such decimal, which no fact can tell from the bound itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, Context, Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from risk.domain.cells import Cell
from risk.domain.facts import DECIMAL, FACT_TYPES, INTEGER, known
from risk.domain.odds import GRADES, PD_UNITS
from risk.domain.policy import ELIGIBILITY, GRADE, KNOCK_OUT, OUTCOME, PolicyTables, Row
from risk.enums import Outcome
from risk.errors import InvalidFacts

CHUNK: Final = 16_384  # cases whose columns fit into a core's cache together
OUTCOMES: Final = (Outcome.APPROVE, Outcome.REFER, Outcome.DECLINE)
_DIGITS: Final = Context(prec=15, rounding=ROUND_CEILING, Emax=MAX_EMAX, Emin=MIN_EMIN)
_TINIEST, _HUGEST = Decimal("1e-300"), Decimal("1e300")
_MOST: Final = 2**63 - 1
Bits = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of all cases; what is missing has any value in `values`."""

    values: npt.NDArray[Any]
    missing: Bits


@dataclass(frozen=True, slots=True)
class Answers:
    """By case: the outcome as a place in OUTCOMES, the grade as one in GRADES, the small size.

    `hits` has a row per stage: the number of the row hit from 0, −1 where it was not reached.
    """

    outcome: Bytes
    grade: Bytes
    is_small: Bits
    hits: npt.NDArray[np.int16]


def column_of(name: str, facts: Sequence[Any], dtype: str) -> Column:
    """A fact of many cases. Raises InvalidFacts for a wrong type and for numbers too long."""
    found = [known(name, fact, dtype) for fact in facts]
    missing = np.array([fact is None for fact in found], np.bool_)
    if dtype == INTEGER:
        if any(fact is not None and abs(cast("int", fact)) > _MOST for fact in found):
            raise InvalidFacts(field=name, fact=name)
        return Column(np.array([fact or 0 for fact in found], np.int64), missing)
    numbers = [Decimal(fact or 0) for fact in found]
    if not all(map(_is_kept, numbers)):
        raise InvalidFacts(field=name, fact=name)
    return Column(np.array([float(number) for number in numbers], np.float64), missing)


def evaluate_columns(
    policy: PolicyTables,
    facts: Mapping[str, Column],
    *,
    score: npt.NDArray[np.int64],
    pd: npt.NDArray[np.int64],
    grade: Bytes,
) -> Answers:
    """Run the stages. `pd` in 10⁻⁸, `grade` as places in GRADES; absent facts count as missing."""
    count = len(score)
    found = Answers(
        outcome=np.empty(count, np.int8),
        grade=grade.copy(),
        is_small=np.zeros(count, np.bool_),
        hits=np.full((4, count), -1, np.int16),
    )
    tables = [_Table(policy.stages[name]) for name in (ELIGIBILITY, KNOCK_OUT, GRADE, OUTCOME)]
    for start in range(0, count, CHUNK):
        rows = slice(start, min(start + CHUNK, count))
        none = np.zeros(rows.stop - rows.start, np.bool_)
        seen = {name: Column(one.values[rows], one.missing[rows]) for name, one in facts.items()}
        seen |= {"score": Column(score[rows], none), "pd": Column(pd[rows], none)}
        seen["grade"] = Column(grade[rows], none)
        _evaluate(tables, seen, found, rows)
    return found


class _Table:
    """The rows of a stage, each compiled to conditions and an answer to take from."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.conditions = [
            [(name, _compiled(name, cell)) for name, cell in row.when if cell.kind != "any"]
            for row in rows
        ]
        worst = [GRADES.index(row.grade_at_best) if row.grade_at_best else 0 for row in rows]
        self.grade_at_best = np.array(worst, np.int8)
        self.is_small = np.array([row.is_small for row in rows], np.bool_)
        self.outcome = np.array(
            [-1 if row.outcome is None else OUTCOMES.index(row.outcome) for row in rows], np.int8
        )

    def first_hit(self, seen: Mapping[str, Column], count: int) -> npt.NDArray[np.int16]:
        """The number of the first row that fits each case."""
        hit = np.full(count, len(self.conditions), np.int16)
        for number in reversed(range(len(self.conditions))):
            fits: Bits | None = None
            for name, matches in self.conditions[number]:
                one = matches(seen[name]) if name in seen else _absent(matches, count)
                fits = one if fits is None else fits & one
            hit[... if fits is None else fits] = number
        return hit


def _evaluate(tables: list[_Table], seen: dict[str, Column], found: Answers, rows: slice) -> None:
    count = rows.stop - rows.start
    outcome = np.full(count, -1, np.int8)
    for stage in (0, 1):
        hit = tables[stage].first_hit(seen, count)
        is_open = outcome < 0
        found.hits[stage, rows] = np.where(is_open, hit, -1)
        outcome = np.where(is_open, tables[stage].outcome.take(hit), outcome)
    is_open = outcome < 0
    cap = tables[2].first_hit(seen, count)
    grade = np.maximum(seen["grade"].values, tables[2].grade_at_best.take(cap))
    final = tables[3].first_hit(seen | {"grade": Column(grade, seen["grade"].missing)}, count)
    found.hits[2, rows] = np.where(is_open, cap, -1)
    found.hits[3, rows] = np.where(is_open, final, -1)
    found.grade[rows] = np.where(is_open, grade, seen["grade"].values)
    found.is_small[rows] = is_open & tables[3].is_small.take(final)
    found.outcome[rows] = np.where(is_open, tables[3].outcome.take(final), outcome)


def _absent(matches: Callable[[Column], Bits], count: int) -> Bits:
    return matches(Column(np.zeros(count, np.int8), np.ones(count, np.bool_)))


def _compiled(name: str, cell: Cell) -> Callable[[Column], Bits]:
    """The cell as a test of a whole column."""
    if cell.kind == "missing":
        return lambda column: column.missing
    if cell.kind == "in":
        wanted = [one for one in (_exact(name, value) for value in cell.values) if one is not None]
        return lambda column: _one_of(column, wanted)
    low = None if cell.low is None else _bound(name, cell.low)
    high = None if cell.high is None else _bound(name, cell.high)
    return lambda column: _between(column, low, high)


def _one_of(column: Column, wanted: list[Any]) -> Bits:
    found = np.zeros(len(column.values), np.bool_)
    for value in wanted:
        found |= column.values == value
    return found & ~column.missing


def _between(column: Column, low: Any, high: Any) -> Bits:
    found = ~column.missing
    if low is not None:
        found &= column.values >= low
    if high is not None:
        found &= column.values < high
    return found


def _bound(name: str, bound: int | Decimal) -> Any:
    """What every value of the column compares with as with the bound."""
    if name == "pd":
        return _clipped(ceil(Fraction(bound) * PD_UNITS))
    if FACT_TYPES.get(name) == DECIMAL:
        number = _DIGITS.plus(Decimal(bound))
        return float(_TINIEST if 0 < number < _TINIEST else number)
    return _clipped(int(bound))


def _exact(name: str, value: Any) -> Any:
    """The value as the column has it; None when no case can have it."""
    if name == "grade":
        return GRADES.index(value) if value in GRADES else None
    if FACT_TYPES.get(name) == DECIMAL:
        return float(value) if _is_kept(value) else None
    bound = _bound(name, value)
    wanted = Fraction(value) * PD_UNITS if name == "pd" else value
    return bound if bound == wanted else None


def _is_kept(number: Decimal) -> bool:
    """Whether its double stands for this decimal alone."""
    is_usual = number == 0 or _TINIEST <= number.copy_abs() <= _HUGEST
    return is_usual and _DIGITS.plus(number) == number


def _clipped(number: int) -> int | float:
    """A bound beyond 64 bits as an infinity: numbers are then all below it, or all above."""
    return number if abs(number) <= _MOST else float("inf" if number > 0 else "-inf")
