"""A policy's price table as a person reads it: the grid, the parts of a rate, what changed."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.domain.fact_words import SHARE
from risk.domain.odds import GRADES
from risk.domain.price_difference import RATE, PriceChange
from risk.domain.pricing import Cost, costs, parse_table
from risk.interfaces.console.policy_words import value_words

PART_WORDS: Final = {
    "funding_rates": gettext_lazy("Funding, a year"),
    "pd": gettext_lazy("Probability of default, a year"),
    "handling_share": gettext_lazy("Handling of a drawdown, of its amount"),
    "capital_rate": gettext_lazy("Capital, a year"),
    "tenant_rate": gettext_lazy("The platform's share, a year"),
}

_PLACES: Final = Decimal("0.01")


def term_words(days: int | str) -> str:
    """The heading of a column."""
    return _("up to {days} days").format(days=days)


def prices_in_words(
    body: Mapping[str, Any], changes: Sequence[PriceChange]
) -> dict[str, Any] | None:
    """The grid and each rate taken apart; None for a body without a table."""
    if "term_price" not in body:
        return None
    table = parse_table(body["term_price"])
    was = {(one.grade, one.days): one for one in changes if one.name == RATE}
    found = costs(table, Decimal(body["limit"]["lgd"]))
    return {
        "terms": [term_words(days) for days in table.days],
        "rows": [
            {
                "grade": grade,
                "cells": [
                    {
                        "rate": share(one.rate),
                        "before": share_or_dash(was[grade, one.days].before)
                        if (grade, one.days) in was
                        else "",
                        "is_below": one.margin < 0,
                    }
                    for one in found
                    if one.grade == grade
                ],
            }
            for grade in GRADES
        ],
        "costs": costs_in_words(found),
    }


def costs_in_words(found: Sequence[Cost]) -> list[dict[str, Any]]:
    """Each cell of the table as a line of its parts."""
    return [
        {
            "grade": one.grade,
            "term": term_words(one.days),
            "is_below": one.margin < 0,
            "parts": [
                share(part)
                for part in (
                    one.funding, one.loss, one.handling, one.capital, one.tenant, one.total,
                    one.rate, one.margin,
                )
            ],
        }
        for one in found
    ]  # fmt: skip


def rates_in_words(term_rates: Mapping[str, str]) -> list[tuple[str, str]]:
    """The rates a decision gave by term, the shortest first."""
    ordered = sorted(term_rates.items(), key=lambda one: int(one[0]))
    return [(term_words(days), share(Decimal(rate))) for days, rate in ordered]


def price_changes_in_words(changes: Sequence[PriceChange]) -> list[dict[str, str]]:
    """Every changed cell or part as a line of the difference."""
    return [
        {
            "where": _where(one),
            "id": "",
            "kind": "changed",
            "before": share_or_dash(one.before),
            "after": share_or_dash(one.after),
        }
        for one in changes
    ]


def _where(one: PriceChange) -> str:
    label = _("Annual rate") if one.name == RATE else str(PART_WORDS[one.name])
    term = term_words(one.days) if one.days else ""
    return ", ".join(part for part in (label, one.grade, term) if part)


def share(value: Decimal) -> str:
    """A share in percent with two places, as prices are written."""
    return f"{(value * 100).quantize(_PLACES, ROUND_HALF_UP):f} %"


def share_or_dash(value: str | None) -> str:
    return "—" if value is None else value_words(SHARE, value)
