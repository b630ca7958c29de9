"""What may stand in the tables of reference data, read from the JSON of a proposed change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from credit.domain.options import BadTerms
from platform_app.kernel.errors import gettext_noop

TERMS = ("1Y", "5Y")
HIGHEST_LPR = Decimal("0.2")
HIGHEST_MULTIPLE = 10


def lpr_rate(payload: Mapping[str, Any]) -> dict[str, Any]:
    """`{term, on, value, source_url, notice}` as typed columns. Raises BadTerms."""
    value = _decimal(payload, "value")
    if not 0 < value <= HIGHEST_LPR:
        raise BadTerms(gettext_noop("an LPR is an annual fraction above 0, at most 0.2"))
    if payload.get("term") not in TERMS:
        raise BadTerms(gettext_noop("the term is 1Y or 5Y"))
    return {
        "term": payload["term"],
        "on": _day(payload, "on"),
        "value": value,
        "source_url": _text(payload, "source_url"),
        "notice": str(payload.get("notice", "")),
    }


def cap_rule(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a cap rule; `to_on` and `product_kind` may be empty. Raises BadTerms."""
    value = _decimal(payload, "value")
    kind = payload.get("kind")
    if kind not in {"fixed", "lpr_multiple"} or payload.get("severity") not in {"block", "warn"}:
        raise BadTerms(
            gettext_noop("a cap is fixed or a multiple of the LPR, and refuses or warns")
        )
    if not 0 < value <= (1 if kind == "fixed" else HIGHEST_MULTIPLE):
        raise BadTerms(gettext_noop("a fixed cap is an annual fraction, a multiple at most 10"))
    if payload.get("product_kind", "") not in {"", "loan", "trade_credit", "factoring"}:
        raise BadTerms(gettext_noop("the kind of product is unknown"))
    from_on = _day(payload, "from_on")
    to_on = _day(payload, "to_on") if payload.get("to_on") else None
    if to_on is not None and to_on <= from_on:
        raise BadTerms(gettext_noop("a rule ends after it begins"))
    return {
        "licence_type": _text(payload, "licence_type"),
        "product_kind": payload.get("product_kind", ""),
        "from_on": from_on,
        "to_on": to_on,
        "kind": kind,
        "value": value,
        "severity": payload["severity"],
        "basis": _text(payload, "basis"),
        "source": _text(payload, "source"),
    }


def _text(payload: Mapping[str, Any], name: str) -> str:
    text = str(payload.get(name, "")).strip()
    if not text:
        raise BadTerms(gettext_noop("a text that is needed is missing"))
    return text


def _day(payload: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(payload.get(name, "")))
    except ValueError:
        raise BadTerms(gettext_noop("a day is missing or cannot be read")) from None


def _decimal(payload: Mapping[str, Any], name: str) -> Decimal:
    try:
        value = Decimal(str(payload.get(name, "")))
    except InvalidOperation:
        raise BadTerms(gettext_noop("a number is missing or cannot be read")) from None
    if not value.is_finite():
        raise BadTerms(gettext_noop("a number is missing or cannot be read"))
    return value
