"""One cell of a policy as it is typed: a word, a value or two, in what the fact is counted in."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_app.kernel.money import format_yuan
from risk.domain.fact_words import FACT_WORDS, LETTER, MONEY, SHARE
from risk.domain.facts import INTEGER
from risk.domain.odds import GRADES
from risk.domain.policy import facts_of_stage

WORDS: Final = (
    ("any", gettext_lazy("anything")),
    ("eq", gettext_lazy("is")),
    ("in", gettext_lazy("is one of")),
    ("range", gettext_lazy("from … to below …")),
    ("missing", gettext_lazy("is missing")),
)
HINTS: Final = {MONEY: "¥", SHARE: "%"}
_BETWEEN: Final = re.compile(r"[,，、;；\s]+")
_MOST: Final = 2**53  # what every reader of the JSON takes for a whole number


class Mistyped(Exception):
    """What was typed is no value of this fact; the text says so to the person."""


@dataclass(slots=True)
class Typed:
    """A cell as typed; `low` holds the value or the values where there is no range."""

    word: str = "any"
    low: str = ""
    high: str = ""
    error: str = ""


def typed_cell(fact: str, cell: dict[str, Any] | None) -> Typed:
    """A stored cell as its form shows it."""
    if cell is None or "any" in cell:
        return Typed()
    ((word, value),) = cell.items()
    if word == "eq":
        return Typed("eq", typed(fact, value))
    if word == "in":
        return Typed("in", ", ".join(typed(fact, one) for one in value))
    if word == "range":
        low, high = ("" if one is None else typed(fact, one) for one in value)
        return Typed("range", low, high)
    return Typed("missing")


def stored_cell(fact: str, cell: Typed, stage: str) -> dict[str, Any]:
    """What was typed as a cell of the body. Raises Mistyped."""
    if cell.word in {"any", "missing"}:
        return {cell.word: True}
    if cell.word == "eq":
        return {"eq": value_of(fact, cell.low, stage)}
    if cell.word == "in":
        values = [one for one in _BETWEEN.split(cell.low) if one]
        if not values:
            raise Mistyped(_("Enter at least one value."))
        return {"in": [value_of(fact, one, stage) for one in values]}
    if cell.word != "range":
        raise Mistyped(_("Choose one of the list."))
    return {"range": _bounds(fact, cell, stage)}


def _bounds(fact: str, cell: Typed, stage: str) -> list[Any]:
    if FACT_WORDS[fact][1] == LETTER:
        raise Mistyped(_("Grades have no range: choose “is one of”."))
    low, high = (
        value_of(fact, one, stage) if one.strip() else None for one in (cell.low, cell.high)
    )
    if low is None and high is None:
        raise Mistyped(_("Enter a bound, or two."))
    if low is not None and high is not None and Decimal(low) >= Decimal(high):
        raise Mistyped(_("The upper bound must be above the lower one."))
    return [low, high]


def typed(fact: str, value: Any) -> str:
    """A stored value as it is typed: yuan for fen, percent for a share."""
    return typed_in(FACT_WORDS[fact][1], value)


def typed_in(unit: str, value: Any) -> str:
    """The same by what it is counted in."""
    if unit == MONEY:
        return format_yuan(int(value)).replace(",", "")
    if unit == SHARE:
        return f"{(Decimal(value) * 100).normalize():f}"
    return str(value)


def value_of(fact: str, text: str, stage: str) -> Any:
    """What was typed as the body writes it. Raises Mistyped."""
    unit = FACT_WORDS[fact][1]
    if unit == LETTER:
        letter = text.strip().upper()
        if letter not in GRADES:
            raise Mistyped(_("Enter a grade from A to E."))
        return letter
    return number_of(unit, text, is_whole=facts_of_stage(stage)[fact] == INTEGER)


def number_of(unit: str, text: str, *, is_whole: bool) -> Any:
    """A number as the body writes it: a whole one as such, any other as text. Raises Mistyped."""
    try:
        number = Decimal(text.strip().replace(",", "").removeprefix("¥").removesuffix("%"))
    except InvalidOperation:
        raise Mistyped(_("Enter a number.")) from None
    if not number.is_finite() or abs(number) >= _MOST:
        raise Mistyped(_("Enter a number."))
    if unit == MONEY:
        number = number.scaleb(2)
    if is_whole:
        if number != number.to_integral_value():
            words = _("At most two decimals.") if unit == MONEY else _("Enter a whole number.")
            raise Mistyped(words)
        return int(number)
    return f"{(number / 100 if unit == SHARE else number).normalize():f}"
