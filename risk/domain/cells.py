"""The whole language of a policy table: any, eq, in, range, missing. Nothing else.

A missing value is matched by `any` and `missing` only, so a rule can never be passed by leaving
something out without a row that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from risk.domain.facts import DECIMAL, INTEGER, Fact
from risk.errors import InvalidPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One condition on one fact. `low` and `high` bound `[low, high)`; None is unbounded."""

    kind: str
    values: frozenset[Fact] = frozenset()
    low: int | Decimal | None = None
    high: int | Decimal | None = None

    def matches(self, fact: Fact) -> bool:
        if self.kind == "any":
            return True
        if fact is None or self.kind == "missing":
            return fact is None and self.kind == "missing"
        if self.kind == "in":
            return fact in self.values
        return self._in_range(fact)

    def _in_range(self, fact: Fact) -> bool:
        if not isinstance(fact, int | Decimal):
            return False
        above = self.low is None or fact >= self.low
        return above and (self.high is None or fact < self.high)


def parse_cell(where: str, body: Any, dtype: str) -> Cell:
    """Read one cell for a fact of this type. Raises InvalidPolicy."""
    if not isinstance(body, dict) or len(body) != 1:
        _refuse(f"{where} needs exactly one of {', '.join(_READERS)}")
    ((kind, argument),) = body.items()
    if kind not in _READERS:
        _refuse(f"{where} uses the unknown word {kind}")
    return _READERS[kind](where, argument, dtype)


def literal(where: str, value: Any, dtype: str) -> int | Decimal | str:
    """A literal of the declared type: whole numbers, decimals written as text, or text."""
    if dtype == INTEGER:
        if not isinstance(value, int) or isinstance(value, bool):
            _refuse(f"{where} must be a whole number")
        return int(value)
    if not isinstance(value, str):
        _refuse(f"{where} must be text")
    return decimal(where, value) if dtype == DECIMAL else value


def decimal(where: str, value: str) -> Decimal:
    """A finite decimal written as text."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        _refuse(f"{where} must be a decimal")
    if not number.is_finite():
        _refuse(f"{where} must be finite")
    return number


def _any(where: str, argument: Any, _dtype: str) -> Cell:
    if argument is not True:
        _refuse(f"{where}: any must be true")
    return Cell(kind="any")


def _missing(where: str, argument: Any, _dtype: str) -> Cell:
    if argument is not True:
        _refuse(f"{where}: missing must be true")
    return Cell(kind="missing")


def _eq(where: str, argument: Any, dtype: str) -> Cell:
    return Cell(kind="in", values=frozenset([literal(where, argument, dtype)]))


def _in(where: str, argument: Any, dtype: str) -> Cell:
    if not isinstance(argument, list) or not argument:
        _refuse(f"{where}: in needs a list")
    return Cell(kind="in", values=frozenset(literal(where, item, dtype) for item in argument))


def _range(where: str, argument: Any, dtype: str) -> Cell:
    if not isinstance(argument, list) or len(argument) != 2 or argument == [None, None]:  # noqa: PLR2004
        _refuse(f"{where}: range needs a low and a high bound")
    low, high = (None if item is None else literal(where, item, dtype) for item in argument)
    if isinstance(low, str) or isinstance(high, str):
        _refuse(f"{where}: range is for numbers")
    if low is not None and high is not None and low >= high:
        _refuse(f"{where}: range is empty")
    return Cell(kind="range", low=low, high=high)


_READERS: Final[dict[str, Callable[[str, Any, str], Cell]]] = {
    "any": _any,
    "eq": _eq,
    "in": _in,
    "range": _range,
    "missing": _missing,
}


def _refuse(problem: str) -> NoReturn:
    raise InvalidPolicy(problem=problem)
