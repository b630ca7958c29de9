"""Facts by name: their types, the stored snapshot, and what is derived from it."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, cast

from risk.domain.feature_set import DECIMAL, INTEGER, MORE, NOT_REPORTED, TEXT
from risk.domain.features import DECISION_SET, FEATURES
from risk.enums import FeatureUse
from risk.errors import InvalidFacts
from risk.values import RepaymentFacts, TradeFacts

__all__ = [
    "DECIMAL", "FACT_TYPES", "INTEGER", "MORE_TYPES", "NO_MORE", "OPTIONAL_FACTS", "RESULT_TYPES",
    "TEXT", "Fact", "Facts", "flat", "known", "ratio", "restore", "snapshot", "variation",
]  # fmt: skip

Fact = int | Decimal | str | None
Facts = dict[str, Fact]
NO_MORE: Final[Mapping[str, Fact]] = {}

# Facts beside orders and repayments, read by risk/queries/more_facts.py. Each may be unknown.
MORE_TYPES: Final[dict[str, str]] = {one.key: one.dtype for one in FEATURES if one.part == MORE}

# Declared, never inferred: a score and a policy may only speak of these.
FACT_TYPES: Final[dict[str, str]] = {
    one.key: one.dtype for one in FEATURES if one.may(FeatureUse.DECISION)
}
RESULT_TYPES: Final[dict[str, str]] = {"score": INTEGER, "pd": DECIMAL, "grade": TEXT}

_EXACT: Final[dict[str, type]] = {INTEGER: int, DECIMAL: Decimal, TEXT: str}  # True is no int
# None here says that there is nothing to measure.
OPTIONAL_FACTS: Final = {one.key for one in FEATURES if one.null_meaning != NOT_REPORTED}
_TRADE: Final = tuple(field.name for field in fields(TradeFacts))
_REPAYMENT: Final = tuple(field.name for field in fields(RepaymentFacts))
_SET_SHA256: Final = DECISION_SET.sha256()
_FOUR_PLACES: Final = Decimal("0.0001")


def known(name: str, value: Any, dtype: str) -> Fact:
    """The value if it has the declared type; None for missing, infinite and not-a-number.

    Raises InvalidFacts for anything else: text for a number, a float, a truth value.
    """
    if value is None:
        return None
    if type(value) is Decimal and not value.is_finite():
        return None
    if type(value) is not _EXACT[dtype]:
        raise InvalidFacts(field=name, fact=name)
    return cast("Fact", value)


def snapshot(
    trade: TradeFacts, repayment: RepaymentFacts, more: Mapping[str, Fact] = NO_MORE
) -> dict[str, Any]:
    """What the decision record keeps: plain JSON, decimals as text. Raises InvalidFacts.

    Of `more` only what is known is kept. The feature set says what each value means; a snapshot
    from before there were sets has none, and is read the same.
    """
    kept: dict[str, Any] = {
        "feature_set": _SET_SHA256,
        "trade": {name: _stored(name, getattr(trade, name)) for name in _TRADE},
        "repayment": {name: _stored(name, getattr(repayment, name)) for name in _REPAYMENT},
    }
    beside = {name: _stored(name, value) for name, value in more.items()}
    known_beside = {name: value for name, value in beside.items() if value is not None}
    return kept | {"more": known_beside} if known_beside else kept


def restore(stored: dict[str, Any]) -> tuple[TradeFacts, RepaymentFacts, Facts]:
    """The values a snapshot was taken from."""
    trade = {name: _restored(name, stored["trade"][name]) for name in _TRADE}
    repayment = {name: _restored(name, stored["repayment"][name]) for name in _REPAYMENT}
    more = {name: _restored(name, value) for name, value in stored.get("more", {}).items()}
    return TradeFacts(**trade), RepaymentFacts(**repayment), more


def flat(trade: TradeFacts, repayment: RepaymentFacts, more: Mapping[str, Fact] = NO_MORE) -> Facts:
    """Every fact a card or a policy may name. `momentum` is 1 when l3 keeps the pace of l12."""
    found: Facts = {name: getattr(trade, name) for name in _TRADE if name in FACT_TYPES}
    found |= {name: getattr(repayment, name) for name in _REPAYMENT}
    found["momentum"] = _momentum(trade)
    return found | {name: more.get(name) for name in MORE_TYPES}


def ratio(part: int, whole: int) -> Decimal | None:
    """Four places, half up; None when there is nothing to divide by."""
    if whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(_FOUR_PLACES, ROUND_HALF_UP)


def variation(amounts: tuple[int, ...]) -> Decimal | None:
    """Standard deviation over mean (population); None without a positive sum."""
    total, count = sum(amounts), len(amounts)
    if total <= 0:
        return None
    spread = count * sum(amount * amount for amount in amounts) - total * total
    return (Decimal(spread).sqrt() / total).quantize(_FOUR_PLACES, ROUND_HALF_UP)


def _momentum(trade: TradeFacts) -> Decimal | None:
    return ratio(4 * trade.net_gmv_l3_minor, trade.net_gmv_l12_minor)


def _stored(name: str, value: Any) -> Any:
    if name == "monthly_net_minor":
        return [known(name, amount, INTEGER) for amount in value]
    fact = known(name, value, FACT_TYPES[name])
    if fact is None and name not in OPTIONAL_FACTS:
        raise InvalidFacts(field=name, fact=name)
    return f"{fact:f}" if isinstance(fact, Decimal) else fact


def _restored(name: str, value: Any) -> Any:
    if name == "monthly_net_minor":
        return tuple(value)
    if FACT_TYPES[name] == DECIMAL and value is not None:
        return Decimal(value)
    return value
