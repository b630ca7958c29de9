"""What one policy says otherwise than another: rows by their id, terms and prices by their name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from risk.domain.facts import DECIMAL, FACT_TYPES, RESULT_TYPES
from risk.domain.limit import lifted
from risk.domain.price_difference import PriceChange, price_changes

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
MOVED: Final = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row of a stage; `number` is its place from 1, in the former policy for a removed one."""

    stage: str
    kind: str
    number: int
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    @property
    def row_id(self) -> str:
        return str((self.after or self.before or {})["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """A term of the limit, or the price or the months of a grade; as the bodies write it."""

    name: str
    grade: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything in which two bodies differ."""

    rows: tuple[RowChange, ...]
    terms: tuple[ValueChange, ...]
    prices: tuple[PriceChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.terms or self.prices)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Between two bodies that were read without a problem."""
    stages = zip(before["stages"], after["stages"], strict=True)
    return Difference(
        rows=tuple(
            change for old, new in stages for change in _rows(old["name"], old["rows"], new["rows"])
        ),
        terms=(
            *_values("", "", lifted(before["limit"]), lifted(after["limit"])),
            *_values("price", "price", before["price"], after["price"]),
        ),
        prices=price_changes(before, after),
    )


def _rows(
    stage: str, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]
) -> list[RowChange]:
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in after}
    kept = [row["id"] for row in before if row["id"] in new]
    stays = _longest_in_order(kept, [row["id"] for row in after if row["id"] in old])
    found = []
    for number, row in enumerate(after, 1):
        former = old.get(row["id"])
        if former is None:
            found.append(RowChange(stage=stage, kind=ADDED, number=number, after=row))
        elif _said(former) != _said(row):
            found.append(
                RowChange(stage=stage, kind=CHANGED, number=number, before=former, after=row)
            )
        elif row["id"] not in stays:
            found.append(
                RowChange(stage=stage, kind=MOVED, number=number, before=former, after=row)
            )
    found += [
        RowChange(stage=stage, kind=REMOVED, number=number, before=row)
        for number, row in enumerate(before, 1)
        if row["id"] not in new
    ]
    return found


def _said(row: Mapping[str, Any]) -> Any:
    """A row without the cells that match anything, which say nothing; 0.10 is said as 0.1."""
    when = {
        fact: {word: _plain(fact, value) for word, value in cell.items()}
        for fact, cell in row["when"].items()
        if "any" not in cell
    }
    return when, row["then"]


def _plain(fact: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(fact, one) for one in value]
    is_decimal = (FACT_TYPES | RESULT_TYPES)[fact] == DECIMAL and isinstance(value, str)
    return Decimal(value) if is_decimal else value


def _longest_in_order(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The most ids that kept their order; the others have moved."""
    place = {one: number for number, one in enumerate(before)}
    best: list[list[str]] = []
    for one in after:
        fits = [chain for chain in best if place[chain[-1]] < place[one]]
        best.append([*_longest(fits), one])
    return set(_longest(best))


def _longest(chains: Sequence[list[str]]) -> list[str]:
    none: list[str] = []
    return max([none, *chains], key=len)


def _values(
    prefix: str, grade_of: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[ValueChange]:
    found = []
    for name, was in before.items():
        now = after[name]
        if isinstance(was, Mapping):
            found += _values(name, name, was, now)
        elif Decimal(was) != Decimal(now):
            found.append(
                ValueChange(
                    name=prefix or name, grade=name if grade_of else "", before=was, after=now
                )
            )
    return found
