"""In which prices by term two policies differ: one line for each grade and term, and each part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from risk.domain.odds import GRADES

RATE: Final = "term_rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A rate of the table or one of its parts; None where the other body has no such cell.

    `grade` is empty and `days` 0 where a part does not go by them.
    """

    name: str
    grade: str
    days: int
    before: str | None
    after: str | None


def price_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[PriceChange, ...]:
    """Between two bodies that were read without a problem."""
    old, new = _cells(before.get("term_price")), _cells(after.get("term_price"))
    return tuple(
        PriceChange(name=name, grade=grade, days=days, before=was, after=now)
        for name, grade, days in dict.fromkeys((*old, *new))
        if _differ(was := old.get((name, grade, days)), now := new.get((name, grade, days)))
    )


def _differ(was: str | None, now: str | None) -> bool:
    if was is None or now is None:
        return was is not now
    return Decimal(was) != Decimal(now)


def _cells(table: Mapping[str, Any] | None) -> dict[tuple[str, str, int], str]:
    return {} if table is None else dict(_told(table))


def _told(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, int], str]]:
    days, parts = table["days"], table["parts"]
    for grade in GRADES:
        for place, upto in enumerate(days):
            yield (RATE, grade, upto), table["rates"][grade][place]
    for place, upto in enumerate(days):
        yield ("funding_rates", "", upto), parts["funding_rates"][place]
    for grade in GRADES:
        yield ("pd", grade, 0), parts["pd"][grade]
    for name in ("handling_share", "capital_rate", "tenant_rate"):
        yield (name, "", 0), parts[name]
