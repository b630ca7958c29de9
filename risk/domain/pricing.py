"""The price table of a policy: an annual rate for each grade and term, and what it is made of.

A column holds for terms up to its days, the last one for anything longer, so no term is without a
price and none has two. What a rate has to cover, a year, of what is lent for `days`:

    cost = funding(days) + PD(grade) × LGD + handling × 365 / days + capital + tenant share

Handling is a share of each drawdown, so a short term bears more of it a year. What the rate leaves
above its cost is the margin. A body without a table has one price per grade, for every term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, Final, NoReturn

from risk.domain.canonical import PLACES, rate_text
from risk.domain.cells import decimal
from risk.domain.odds import GRADES
from risk.errors import InvalidPolicy

MOST_TERMS: Final = 8
LONGEST_DAYS: Final = 1_830
YEAR_DAYS: Final = 365
_KEYS: Final = {"days", "rates", "parts"}
_FLAT_PARTS: Final = ("handling_share", "capital_rate", "tenant_rate")
_PART_KEYS: Final = {"funding_rates", "pd", *_FLAT_PARTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a rate has to cover. `funding_rates` by column, `pd` by grade for twelve months."""

    funding_rates: tuple[Decimal, ...]
    pd: Mapping[str, Decimal]
    handling_share: Decimal
    capital_rate: Decimal
    tenant_rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """Annual rates by grade, one for each of `days`, which ascend."""

    days: tuple[int, ...]
    rates: Mapping[str, tuple[Decimal, ...]]
    parts: Parts

    def of(self, grade: str) -> dict[str, str]:
        """The rates of a grade as a record keeps them: days as text, in their order."""
        return {
            str(days): rate_text(rate)
            for days, rate in zip(self.days, self.rates[grade], strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One cell of the table taken apart; annual rates."""

    grade: str
    days: int
    funding: Decimal
    loss: Decimal
    handling: Decimal
    capital: Decimal
    tenant: Decimal
    rate: Decimal

    @property
    def total(self) -> Decimal:
        return self.funding + self.loss + self.handling + self.capital + self.tenant

    @property
    def margin(self) -> Decimal:
        return self.rate - self.total


def rate_for(term_rates: Mapping[str, Any], days: int, otherwise: Decimal) -> Decimal:
    """The rate of a term of `days` among those a decision gave; `otherwise` where it gave none."""
    if not term_rates:
        return otherwise
    columns = sorted((int(one), Decimal(rate)) for one, rate in term_rates.items())
    return next((rate for upto, rate in columns if days <= upto), columns[-1][1])


def costs(table: PriceTable, lgd: Decimal) -> list[Cost]:
    """Every cell taken apart, grade by grade; shares of a day are rounded to eight places."""
    parts = table.parts
    return [
        Cost(
            grade=grade,
            days=days,
            funding=parts.funding_rates[place],
            loss=(parts.pd[grade] * lgd).quantize(PLACES, ROUND_HALF_UP),
            handling=(parts.handling_share * YEAR_DAYS / days).quantize(PLACES, ROUND_HALF_UP),
            capital=parts.capital_rate,
            tenant=parts.tenant_rate,
            rate=table.rates[grade][place],
        )
        for grade in GRADES
        for place, days in enumerate(table.days)
    ]


def parse_table(body: Any) -> PriceTable:
    """The table of a body. Raises InvalidPolicy with the first problem found."""
    _keys("term_price", body, _KEYS)
    days = body["days"]
    if not isinstance(days, list) or not all(type(one) is int for one in days):
        _refuse("the days of term_price must be whole numbers")
    if not 1 <= len(days) <= MOST_TERMS or not all(1 <= one <= LONGEST_DAYS for one in days):
        _refuse(f"term_price needs 1 to {MOST_TERMS} terms of 1 to {LONGEST_DAYS} days")
    if any(later <= earlier for earlier, later in pairwise(days)):
        _refuse("the days of term_price must ascend: two columns overlap")
    _keys("the rates of term_price", body["rates"], set(GRADES))
    rates = {
        grade: _row(f"the rates of {grade}", body["rates"][grade], len(days)) for grade in GRADES
    }
    return PriceTable(days=tuple(days), rates=rates, parts=_parts(body["parts"], len(days)))


def _parts(body: Any, columns: int) -> Parts:
    _keys("the parts of term_price", body, _PART_KEYS)
    _keys("the PD of term_price", body["pd"], set(GRADES))
    pd = {grade: _share(f"the PD of {grade}", body["pd"][grade]) for grade in GRADES}
    flat = {name: _share(name, body[name]) for name in _FLAT_PARTS}
    funding = _row("funding_rates", body["funding_rates"], columns)
    return Parts(funding_rates=funding, pd=pd, **flat)


def _row(where: str, found: Any, columns: int) -> tuple[Decimal, ...]:
    if not isinstance(found, list) or len(found) != columns:
        _refuse(f"{where} must have one value for each term")
    return tuple(_share(where, one) for one in found)


def _share(where: str, text: Any) -> Decimal:
    if not isinstance(text, str):
        _refuse(f"{where} must be text")
    value = decimal(where, text)
    if not 0 <= value <= 1 or value != value.quantize(PLACES):
        _refuse(f"{where} must lie between 0 and 1, with eight places at most")
    return value


def order_broken(table: PriceTable) -> list[tuple[str, str, int]]:
    """Neighboring grades and the days at which the worse one would be cheaper."""
    return [
        (better, worse, days)
        for better, worse in pairwise(GRADES)
        for place, days in enumerate(table.days)
        if table.rates[worse][place] < table.rates[better][place]
    ]


def below_cost(table: PriceTable, lgd: Decimal, grades: Sequence[str]) -> list[Cost]:
    """The cells of these grades whose rate does not cover its cost."""
    return [one for one in costs(table, lgd) if one.grade in grades and one.margin < 0]


def _keys(where: str, found: Any, wanted: set[str]) -> None:
    if not isinstance(found, dict) or set(found) != wanted:
        _refuse(f"{where} must have exactly {', '.join(sorted(wanted))}")


def _refuse(problem: str) -> NoReturn:
    raise InvalidPolicy(problem=problem)
