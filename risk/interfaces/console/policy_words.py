"""A policy's cells, answers and terms as a person reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from platform_app.kernel.money import format_yuan
from risk.domain.fact_words import COUNT, DAYS, FACT_WORDS, MONEY, SHARE, TERM_WORDS
from risk.domain.limit import lifted
from risk.domain.odds import GRADES
from risk.domain.policy import GRADE
from risk.domain.policy_difference import Difference, ValueChange
from risk.domain.policy_findings import GAP, NO_MISSING_ROW, Finding
from risk.domain.reasons import REASONS
from risk.enums import FloorLayer, Outcome
from risk.queries.policy_findings import fact_label, stage_label, told_in_words

_BOUNDS: Final = {
    "turnover": gettext_noop("Monthly turnover, tenure and returns"),
    "working_capital": gettext_noop("Working capital the trade needs"),
    "serviceability": gettext_noop("What the margin can repay"),
    "loss_budget": gettext_noop("Loss budget for this grade"),
    "max_limit": gettext_noop("Highest limit of the program"),
    "small_limit": gettext_noop("Ceiling for small starts"),
    "starter_limit": gettext_noop("Ceiling for a short history"),
    "exploration": gettext_noop("A small limit to learn from, given by an experiment"),
}


def value_words(unit: str, value: Any) -> str:
    """One value of a body, in what it is counted in."""
    if unit == MONEY:
        return f"¥{format_yuan(int(value))}"
    if unit == DAYS:
        return ngettext("{n} day", "{n} days", int(value)).format(n=value)
    if unit == SHARE:
        return f"{(Decimal(value) * 100).normalize():f} %"
    return str(value)


def cell_words(fact: str, cell: Mapping[str, Any] | None) -> str:
    """A cell of a table; empty where anything fits."""
    if cell is None or "any" in cell:
        return ""
    unit = FACT_WORDS[fact][1]
    if "missing" in cell:
        return _("is missing")
    if "eq" in cell:
        return f"= {value_words(unit, cell['eq'])}"
    if "in" in cell:
        return "、".join(value_words(unit, one) for one in cell["in"])
    low, high = (None if one is None else value_words(unit, one) for one in cell["range"])
    if low is None:
        return f"< {high}"
    return f"≥ {low}" if high is None else f"{low} ≤ … < {high}"


def answer_words(stage: str, then: Mapping[str, Any]) -> str:
    """What a row says."""
    if stage == GRADE:
        grade = then.get("grade_at_best")
        return _("as scored") if grade is None else _("at best {grade}").format(grade=grade)
    if not then:
        return _("goes on")
    return _("Approved, small size") if then.get("size") else str(Outcome(then["outcome"]).label)


def reason_words(then: Mapping[str, Any]) -> str:
    """The reason a merchant would read, if the row gives one."""
    code = then.get("reason")
    return _(REASONS[code].wording) if code in REASONS else ""


def bound_words(code: str) -> str:
    return _(_BOUNDS[code]) if code in _BOUNDS else code


def term_label(name: str) -> str:
    if name == "price":
        return _("Annual rate")
    if name == "months_by_grade":
        return _("Months of turnover")
    return _(TERM_WORDS[name][0])


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The facts some row looks at, in the order of the pages."""
    named = {fact for row in rows for fact in row["when"]}
    return [fact for fact in FACT_WORDS if fact in named]


def stages_in_words(
    body: Mapping[str, Any], findings: Sequence[Finding], changed: Difference | None
) -> list[dict[str, Any]]:
    """The stages as tables, what was found beside the rows, changed rows marked."""
    marks = {(one.stage, one.row_id): one.kind for one in (changed.rows if changed else ())}
    return [
        {
            "name": stage["name"],
            "label": stage_label(stage["name"]),
            "columns": [fact_label(fact) for fact in columns_of(stage["rows"])],
            "rows": [
                {
                    "number": number or "",
                    "layer": layer_words(row),
                    "id": row["id"],
                    "cells": [
                        cell_words(fact, row["when"].get(fact))
                        for fact in columns_of(stage["rows"])
                    ],
                    "answer": answer_words(stage["name"], row["then"]),
                    "reason": reason_words(row["then"]),
                    "mark": marks.get((stage["name"], row["id"]), ""),
                    "findings": row_findings(findings, stage["name"], number),
                }
                for number, row in numbered(stage["rows"])
            ],
            "gaps": stage_findings(findings, stage["name"]),
        }
        for stage in body["stages"]
    ]


def numbered(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tenant's own rows numbered from 1, as the findings number them; rows of a floor are 0."""
    own = count(1)
    for row in rows:
        yield (0 if "layer" in row else next(own)), row


def layer_words(row: Mapping[str, Any]) -> str:
    """Whose floor a row belongs to; nothing for the tenant's own."""
    return str(FloorLayer(row["layer"]).label) if "layer" in row else ""


def row_findings(findings: Sequence[Finding], stage: str, number: int) -> list[dict[str, Any]]:
    """What was found about one row of the tenant's own."""
    return _said([one for one in findings if one.stage == stage and one.row == number])


def stage_findings(findings: Sequence[Finding], stage: str) -> list[dict[str, Any]]:
    """What was found about a table as a whole: gaps, facts without a missing row."""
    return _said([one for one in findings if one.stage == stage and one.row is None])


def _said(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    words = told_in_words(one.as_json() for one in findings)
    return [
        {
            "words": sentence,
            "code": one.code,
            "is_blocking": one.is_blocking,
            "fact": one.fact if one.code == NO_MISSING_ROW else "",
            "is_gap": one.code == GAP,
        }
        for one, sentence in zip(findings, words, strict=True)
    ]


def terms_in_words(body: Mapping[str, Any], changed: Difference | None) -> list[dict[str, Any]]:
    """The limit's terms; what was, where it is another value."""
    was = {(one.name, one.grade): one for one in (changed.terms if changed else ())}
    found, limit = [], lifted(body["limit"])
    for name, (label, unit) in TERM_WORDS.items():
        found.append({
            "label": _(label),
            "words": value_words(unit, limit[name]),
            "before": _before(was.get((name, "")), unit),
        })  # fmt: skip
    return found


def grades_in_words(body: Mapping[str, Any], changed: Difference | None) -> list[dict[str, Any]]:
    """Months of turnover and price of each grade; what was, where it is another value."""
    was = {(one.name, one.grade): one for one in (changed.terms if changed else ())}
    return [
        {
            "grade": grade,
            "months": body["limit"]["months_by_grade"][grade],
            "months_before": _before(was.get(("months_by_grade", grade)), COUNT),
            "price": value_words(SHARE, body["price"][grade]),
            "price_before": _before(was.get(("price", grade)), SHARE),
        }
        for grade in GRADES
    ]


def _before(change: ValueChange | None, unit: str) -> str:
    return "" if change is None else value_words(unit, change.before)


def difference_in_words(changed: Difference) -> list[dict[str, str]]:
    """Every change as a line: where, how, what it said and what it says."""
    lines = [
        {
            "where": _("{stage}, row {number}").format(
                stage=stage_label(one.stage), number=one.number
            ),
            "id": one.row_id,
            "kind": one.kind,
            "before": row_words(one.stage, one.before),
            "after": row_words(one.stage, one.after),
        }
        for one in changed.rows
    ]
    return lines + [
        {
            "where": term_label(one.name) + (f", {one.grade}" if one.grade else ""),
            "id": "",
            "kind": "changed",
            "before": value_words(_unit(one), one.before),
            "after": value_words(_unit(one), one.after),
        }
        for one in changed.terms
    ]


def row_words(stage: str, row: Mapping[str, Any] | None) -> str:
    """A whole row in one line; nothing for no row."""
    if row is None:
        return ""
    asked = [
        f"{fact_label(fact)} {words}"
        for fact, cell in row["when"].items()
        if (words := cell_words(fact, cell))
    ]
    conditions = _(" and ").join(asked) or _("everybody else")
    return f"{conditions} → {answer_words(stage, row['then'])}"


def _unit(change: ValueChange) -> str:
    if change.name == "price":
        return SHARE
    return COUNT if change.name == "months_by_grade" else TERM_WORDS[change.name][1]
