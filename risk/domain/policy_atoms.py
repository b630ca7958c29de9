"""A fact's values cut into pieces that no cell of a table tells apart, and one example of each.

Every bound and every listed value is a piece of its own; so is what lies between two of them, below
the first and above the last, and missing. A cell is then the set of pieces it matches, as bits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, cast

from risk.domain.cells import Cell
from risk.domain.facts import INTEGER, TEXT, Fact
from risk.domain.odds import GRADES

# Facts that are text take any value, but for these.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {"grade": GRADES}
_ROOM: Final = 3  # digits more than the longest bound: enough for a value between any two


@dataclass(frozen=True, slots=True)
class Atoms:
    """The pieces of one fact, each by an example; missing is the last."""

    fact: str
    examples: tuple[Fact, ...]

    @property
    def everything(self) -> int:
        return (1 << len(self.examples)) - 1

    def mask(self, cell: Cell) -> int:
        """The pieces a cell matches, as bits."""
        return sum(1 << number for number, one in enumerate(self.examples) if cell.matches(one))

    def example(self, mask: int) -> Fact:
        """An example of the first piece of these."""
        return self.examples[(mask & -mask).bit_length() - 1]


def atoms(fact: str, dtype: str, cells: Iterable[Cell]) -> Atoms:
    """The pieces these cells cut a fact into."""
    found = list(cells)
    named = {value for cell in found for value in cell.values}
    if dtype == TEXT:
        return Atoms(fact, (*_texts(fact, {str(value) for value in named}), None))
    bounds = {bound for cell in found for bound in (cell.low, cell.high) if bound is not None}
    cuts = sorted(bounds | cast("set[int | Decimal]", named))
    return Atoms(fact, (*(_wholes if dtype == INTEGER else _decimals)(cuts), None))


def _texts(fact: str, named: set[str]) -> list[str]:
    if fact in LEVELS:
        return list(LEVELS[fact])
    other = "…"
    while other in named:
        other += "…"
    return [*sorted(named), other]


def _wholes(cuts: list[int | Decimal]) -> list[Fact]:
    if not cuts:
        return [0]
    found: list[Fact] = [int(cuts[0]) - 1]
    for cut in cuts:
        if int(cut) > cast("int", found[-1]):
            found.append(int(cut))
        found.append(int(cut) + 1)
    return found


def _decimals(cuts: list[int | Decimal]) -> list[Fact]:
    if not cuts:
        return [Decimal(0)]
    numbers = [Decimal(cut) for cut in cuts]
    context = Context(prec=max(len(one.as_tuple().digits) for one in numbers) + _ROOM)
    found: list[Fact] = [_beyond(numbers[0], -1, context)]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        found.append(number)
        if following is None:
            found.append(_beyond(number, 1, context))
        else:
            found.append(context.divide(context.add(number, following), Decimal(2)))
    return found


def _beyond(number: Decimal, step: int, context: Context) -> Decimal:
    """One away; where that is lost in so large a number, the next there is."""
    moved = context.add(number, Decimal(step))
    if moved != number:
        return moved
    return context.next_plus(number) if step > 0 else context.next_minus(number)
