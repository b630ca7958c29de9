"""The limit's terms and the prices of a policy as a form."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from risk.domain.fact_words import COUNT, MONEY, SHARE, TERM_WORDS
from risk.domain.limit import UNSAID, LimitTerms, lifted
from risk.domain.odds import GRADES
from risk.interfaces.console.policy_cells import HINTS, Mistyped, number_of, typed_in
from risk.interfaces.console.policy_words import term_label

_WHOLE: Final = {one.name for one in fields(LimitTerms) if one.type is int}


@dataclass(slots=True)
class TermField:
    """One term as typed."""

    name: str
    label: str
    unit: str
    text: str
    is_whole: bool
    error: str = ""

    @property
    def hint(self) -> str:
        return HINTS.get(self.unit, "")


class TermsForm:
    """The terms, then months and prices by grade."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.terms = [
            TermField(name, _(label), unit, texts.get(name, ""), name in _WHOLE)
            for name, (label, unit) in TERM_WORDS.items()
        ]
        self.by_grade = [
            TermField(f"{name}-{grade}", f"{term_label(name)}, {grade}", unit,
                      texts.get(f"{name}-{grade}", ""), is_whole=False)
            for name, unit in (("months_by_grade", COUNT), ("price", SHARE))
            for grade in GRADES
        ]  # fmt: skip

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> "TermsForm":
        """The form of what is stored."""
        limit = lifted(body["limit"])
        texts = {name: typed_in(unit, limit[name]) for name, (_l, unit) in TERM_WORDS.items()}
        for grade in GRADES:
            texts[f"months_by_grade-{grade}"] = limit["months_by_grade"][grade]
            texts[f"price-{grade}"] = typed_in(SHARE, body["price"][grade])
        return cls(texts)

    def changed(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The body with what was typed; None when something is mistyped, said beside it."""
        found: dict[str, Any] = {}
        for one in (*self.terms, *self.by_grade):
            try:
                found[one.name] = _number(one)
            except Mistyped as mistake:
                one.error = str(mistake)
        if any(one.error for one in (*self.terms, *self.by_grade)):
            return None
        old = lifted(body["limit"])
        limit = {
            name: _kept(old[name], found[name])
            for name in TERM_WORDS
            if name in body["limit"] or Decimal(found[name]) != Decimal(UNSAID[name])
        }
        limit["months_by_grade"] = _grades("months_by_grade", old["months_by_grade"], found)
        return {**body, "limit": limit, "price": _grades("price", body["price"], found)}


def _grades(name: str, old: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    return {grade: _kept(old[grade], found[f"{name}-{grade}"]) for grade in GRADES}


def _kept(old: Any, new: Any) -> Any:
    """0.0840 stays as it was written where 0.084 was typed: the same value is no change."""
    return old if Decimal(old) == Decimal(new) else new


def _number(one: TermField) -> Any:
    found = number_of(one.unit, one.text, is_whole=one.is_whole or one.unit == MONEY)
    if str(found).startswith("-"):
        raise Mistyped(_("Enter no negative number."))
    return found
