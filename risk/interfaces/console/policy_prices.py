"""The price table of a draft as a form: a grid of grades and terms, and what the rates cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from risk.domain.fact_words import DAYS, SHARE
from risk.domain.odds import GRADES
from risk.domain.pricing import MOST_TERMS, Cost, costs, parse_table
from risk.errors import InvalidPolicy
from risk.interfaces.console.policy_cells import Mistyped, number_of, typed_in
from risk.interfaces.console.price_words import PART_WORDS

_SPARE: Final = 2  # empty columns to type the next term into
_FEWEST: Final = 4
_FLAT: Final = ("handling_share", "capital_rate", "tenant_rate")
_PLACES: Final = Decimal("0.0001")
# What a table starts from that has no figures yet; the PD are the middles of the master scale.
_FIRST: Final = {
    "pd": {"A": "0.005", "B": "0.0175", "C": "0.0375", "D": "0.075", "E": "0.15"},
    "handling_share": "0.001",
    "capital_rate": "0.004",
    "tenant_rate": "0.005",
}


@dataclass(slots=True)
class PriceField:
    """One figure as typed."""

    name: str
    label: str
    text: str
    hint: str = "%"
    error: str = ""


class PricesForm:
    """Days by column, rates by grade and column, the parts of a rate."""

    def __init__(self, texts: Mapping[str, str], columns: int) -> None:
        def one(name: str, label: str, hint: str = "%") -> PriceField:
            return PriceField(name, label, texts.get(name, "").strip(), hint)

        self.columns = list(range(columns))
        self.days = [
            one(f"days-{n}", _("Term {number}, days").format(number=n + 1), "")
            for n in self.columns
        ]
        self.rates = {
            grade: [
                one(f"rate-{grade}-{n}", _("Annual rate, {grade}, term {number}").format(
                    grade=grade, number=n + 1))
                for n in self.columns
            ]
            for grade in GRADES
        }  # fmt: skip
        self.funding = [
            one(f"funding-{n}", _("Funding a year, term {number}").format(number=n + 1))
            for n in self.columns
        ]
        self.pd = [
            one(f"pd-{grade}", _("Probability of default, {grade}").format(grade=grade))
            for grade in GRADES
        ]
        self.parts = [one(name, str(PART_WORDS[name])) for name in _FLAT]
        self.margin = one("margin", _("Margin above cost, for filling"))

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> "PricesForm":
        """The form of what is stored; figures to begin with where nothing is."""
        table: Any = body.get("term_price")
        parts: Any = table["parts"] if table else _FIRST
        texts = {f"pd-{grade}": typed_in(SHARE, parts["pd"][grade]) for grade in GRADES}
        texts |= {name: typed_in(SHARE, parts[name]) for name in _FLAT}
        for n, days in enumerate(table["days"] if table else ()):
            texts[f"days-{n}"] = str(days)
            texts[f"funding-{n}"] = typed_in(SHARE, parts["funding_rates"][n])
            for grade in GRADES:
                texts[f"rate-{grade}-{n}"] = typed_in(SHARE, table["rates"][grade][n])
        used = len(table["days"]) if table else 0
        return cls(texts, min(MOST_TERMS, max(_FEWEST, used + _SPARE)))

    @classmethod
    def of_post(cls, texts: Mapping[str, str]) -> "PricesForm":
        """The form as it was sent."""
        columns = sum(f"days-{n}" in texts for n in range(MOST_TERMS))
        return cls(texts, columns)

    @property
    def rows(self) -> list[tuple[str, list[PriceField]]]:
        return list(self.rates.items())

    @property
    def errors(self) -> list[PriceField]:
        """What was mistyped, in the order of the page."""
        grid = [field for row in self.rates.values() for field in row]
        every = [*self.days, *grid, *self.funding, *self.pd, *self.parts, self.margin]
        return [one for one in every if one.error]

    def table(self) -> dict[str, Any] | None:
        """The table as the body writes it, None where no term is named or something is mistyped."""
        used = self._used()
        if not used:
            return None
        found = {
            "days": [_days(self.days[n]) for n in used],
            "rates": {grade: [_share(row[n]) for n in used] for grade, row in self.rates.items()},
            "parts": self._parts(used),
        }
        return None if self.errors else found

    def changed(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The body with what was typed; without any term it has no table. None when mistyped."""
        table = self.table()
        if self.errors:
            return None
        rest = {name: value for name, value in body.items() if name != "term_price"}
        if table is None:
            return rest
        return rest | {"term_price": _as_written(body.get("term_price"), table)}

    def fill(self, lgd: Decimal) -> None:
        """Set every rate to its cost and the margin, rounded up to a hundredth of a percent."""
        margin = Decimal(_share(self.margin) or 0) if self.margin.text else Decimal(0)
        used = self._used()
        days, parts = [_days(self.days[n]) for n in used], self._parts(used)
        if self.errors or not used:
            return
        rates = {grade: ["0"] * len(used) for grade in GRADES}
        try:
            found = costs(parse_table({"days": days, "rates": rates, "parts": parts}), lgd)
        except InvalidPolicy:
            return
        for place, one in enumerate(found):
            field = self.rates[one.grade][used[place % len(used)]]
            field.text = typed_in(SHARE, (one.total + margin).quantize(_PLACES, ROUND_UP))

    def costs(self, lgd: Decimal) -> list[Cost]:
        """Each rate taken apart; nothing while the table cannot be read."""
        table = self.table()
        try:
            return costs(parse_table(table), lgd) if table else []
        except InvalidPolicy:
            return []

    def _used(self) -> list[int]:
        """The columns in which anything is typed."""
        return [
            n
            for n in self.columns
            if any(one.text for one in (self.days[n], self.funding[n]))
            or any(row[n].text for row in self.rates.values())
        ]

    def _parts(self, used: list[int]) -> dict[str, Any]:
        return {
            "funding_rates": [_share(self.funding[n]) for n in used],
            "pd": {grade: _share(one) for grade, one in zip(GRADES, self.pd, strict=True)},
            **{one.name: _share(one) for one in self.parts},
        }


def _as_written(old: Any, new: dict[str, Any]) -> dict[str, Any]:
    """The former table where it says the same: 0.070 stays as it was written."""
    return old if old is not None and _values(old) == _values(new) else new


def _values(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _values(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_values(value) for value in found]
    return Decimal(found)


def _share(one: PriceField) -> str:
    return str(_number(one, SHARE))


def _days(one: PriceField) -> int:
    return int(_number(one, DAYS) or 0)


def _number(one: PriceField, unit: str) -> Any:
    try:
        found = number_of(unit, one.text, is_whole=unit == DAYS)
    except Mistyped as mistake:
        one.error = str(mistake)
        return 0
    if str(found).startswith("-"):
        one.error = _("Enter no negative number.")
        return 0
    return found
