"""The figures the tests of the domain work with."""

from decimal import Decimal
from typing import Any

from risk.domain.defaults import policy_body, scorecard_body


def default_body() -> dict[str, Any]:
    return policy_body(
        collection_days=60,
        stock_days=45,
        supplier_days=15,
        margin_rate=Decimal("0.25"),
        financed_share=Decimal("0.7"),
        max_limit_minor=50_000_000,
    )


def feature(key: str, **changes: Any) -> dict[str, Any]:
    """One feature of a card's body."""
    return {
        "key": key,
        "label": key,
        "dtype": "integer",
        "sign": "+",
        "null_meaning": "not_reported",
        "mean_points": 0,
    } | changes


def rows(
    key: str, *values: dict[str, Any], reason_code: str = "few_orders"
) -> list[dict[str, Any]]:
    """The rows of one feature of a card's body, numbered."""
    empty = dict.fromkeys(("lo", "hi", "levels", "n", "bad", "woe"))
    return [
        {"feature": key, "ord": number, "reason_code": reason_code} | empty | value
        for number, value in enumerate(values)
    ]


def between(lo: Any, hi: Any, points: Any) -> dict[str, Any]:
    return {"kind": "numeric", "lo": lo, "hi": hi, "points": points}


def of_levels(levels: Any, points: Any) -> dict[str, Any]:
    return {"kind": "categorical", "levels": levels, "points": points}


def missing(points: Any) -> dict[str, Any]:
    return {"kind": "missing", "points": points}


def other(points: Any) -> dict[str, Any]:
    return {"kind": "other", "points": points}


def card_body(features: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A card of these features, otherwise the default one."""
    return scorecard_body() | {"features": features, "rows": rows}


def mixed_body() -> dict[str, Any]:
    """Every kind of feature: whole numbers, decimals, levels; fractional points; shared reasons."""
    return card_body(
        [
            feature("orders", mean_points="1.25"),
            feature("share", dtype="decimal", sign="-", mean_points="0.5"),
            feature('the "trade"', dtype="category", sign="0", mean_points="-2.0625"),
            feature("wave", dtype="decimal", sign="0"),
        ],
        [
            *rows("orders", between(None, 3, "-7.5"), between(3, 12, "0.3333"),
                  between(12, None, "9.0001"), missing("-7.5")),
            *rows("share", between(None, "-0.1", "4.4444"), between("-0.1", "0.3", "1.2"),
                  between("0.3", None, "-6.6667"), missing("-9"), reason_code="returns_high"),
            *rows('the "trade"', of_levels(["cotton", "it's"], "3.25"),
                  of_levels(["silk"], "-5.125"), missing("-5.125"), other("-6"),
                  reason_code="returns_high"),
            *rows("wave", between(None, 0, "2.5"), between(0, 1, "-1"), between(1, None, "1.5"),
                  missing("-1"), reason_code="turnover_uneven"),
        ],
    )  # fmt: skip
