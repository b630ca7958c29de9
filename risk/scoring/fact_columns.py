"""The facts of a range of merchants as columns: one statement, COPY, numpy; no row is an object.

Whole numbers come as they are; ratios are whole ten-thousandths, rounded here as
`risk.domain.facts` rounds them, exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, cast, overload

import numpy as np
import numpy.typing as npt

from platform_app.kernel import ids
from risk.domain.facts import DECIMAL, FACT_TYPES, MORE_TYPES, variation
from risk.domain.policy import PolicyTables
from risk.domain.scorecard import Card
from risk.queries.fact_rows import COLUMNS, fact_rows
from risk.queries.more_facts import more_facts
from risk.scoring.copying import read_raw
from risk.scoring.limit_columns import Trade, trade_of_columns
from risk.scoring.policy_columns import Column, column_of
from risk.values import RepaymentFacts, TradeFacts

PLACES: Final = 10_000  # the parts ratios are kept in
_HEAD: Final = 19  # bytes of a binary COPY before its rows
_TAIL: Final = 2
_MONTHS: Final = 12
_WIDE: Final = 2**63 // (2 * 4 * PLACES)
_DOUBT: Final = 1e-6  # of a ten-thousandth: far above any error of a double here
_BEHAVIOR: Final = (
    "paid_off_count", "max_dpd_days", "current_dpd_days", "drawn_total_minor", "outstanding_minor",
)  # fmt: skip
_ROW: Final = np.dtype([
    ("fields", ">i2"), ("id_length", ">i4"), ("id", "V16"),
    *(part for name in COLUMNS for part in ((f"{name}_length", ">i4"), (name, ">i8"))),
])  # fmt: skip
Wholes = npt.NDArray[np.int64]
Behaviors = Mapping[str, RepaymentFacts]


@dataclass(frozen=True)
class Block:
    """What a range of merchants, in the order of their ids, is scored and limited by."""

    ids: npt.NDArray[Any]
    facts: dict[str, Column]
    monthly: Wholes

    @cached_property
    def trade(self) -> Trade:
        """What limits are measured by."""
        returned = self.facts["return_rate"]
        # As `risk.domain.limit.clean_bills_of` counts them.
        never_late = self.facts["max_dpd_days"].values == 0
        clean_bills = np.where(never_late, self.facts["paid_off_count"].values, 0).astype(np.int64)
        return trade_of_columns(
            self.monthly,
            np.where(returned.missing, 1.0, returned.values),
            self.facts["tenure_days"].values,
            self.facts["active_months_count"].values,
            self.facts["median_order_minor"].values,
            _Exact(self.facts, self.monthly),
            clean_bills,
        )

    def numbers(self, card: Card) -> dict[str, Any]:
        """The columns a card reads, as it reads them."""
        found = {}
        for feature in card.features:
            column = self.facts.get(feature.key)
            if column is not None:
                numbers = column.values.astype(np.float64)
                numbers[column.missing] = np.nan
                found[feature.key] = numbers
        return found


def read_facts(cursor: Any, *, first_id: str, last_id: str, as_of: datetime) -> bytes:
    """The rows of `fact_rows` as COPY answers them."""
    statement, params = fact_rows(first_id=first_id, last_id=last_id, as_of=as_of)
    return read_raw(cursor, cursor.mogrify(statement, params).decode())


def block_of(
    raw: bytes, behaviors: Behaviors, *, as_of: datetime, used: frozenset[str] = frozenset()
) -> Block:
    """The columns of a COPY, of those who have drawn, and of the facts beside that are `used`."""
    count = (len(raw) - _HEAD - _TAIL) // _ROW.itemsize
    rows = np.frombuffer(raw, _ROW, offset=_HEAD, count=count)
    whole = {name: rows[name].astype(np.int64) for name in COLUMNS}
    monthly = np.stack([whole.pop(f"month_{n}") for n in range(_MONTHS)], axis=1)
    none = np.zeros(count, np.bool_)
    silent = whole["order_count_total"] == 0
    back = whole.pop("returned_l12_minor")
    facts = {name: Column(values, none) for name, values in whole.items()}
    facts["recency_days"] = Column(whole["recency_days"], silent)
    facts["active_months_count"] = Column((monthly > 0).sum(axis=1, dtype=np.int64), none)
    net = whole["net_gmv_l12_minor"]
    facts["return_rate"] = ratio_column(back, net + back)
    facts["momentum"] = ratio_column(4 * whole["net_gmv_l3_minor"], net)
    facts["gmv_cv"] = variation_column(monthly)
    found = np.ascontiguousarray(rows["id"])
    facts |= _behavior(found, behaviors)
    if used:
        facts |= _beside(found, as_of, used)
    return Block(found, facts, monthly)


def beside_used(card: Card, policy: PolicyTables) -> frozenset[str]:
    """Names of facts beside orders and repayments that this card or this policy asks for."""
    asked = {feature.key for feature in card.features}
    asked |= {name for rows in policy.stages.values() for row in rows for name, _ in row.when}
    return frozenset(asked & MORE_TYPES.keys())


def merchant_ids(found: npt.NDArray[Any]) -> list[str]:
    """The ids as they are spoken."""
    return [ids.from_uuid("mch", _uuid(one)) for one in found.tolist()]


def _uuid(raw: bytes) -> Any:
    from uuid import UUID  # noqa: PLC0415 -- one use

    return UUID(bytes=raw)


def _behavior(found: npt.NDArray[Any], behaviors: Behaviors) -> dict[str, Column]:
    none = np.zeros(len(found), np.bool_)
    columns = {name: np.zeros(len(found), np.int64) for name in _BEHAVIOR}
    if behaviors:
        places = {one: place for place, one in enumerate(found.tolist())}
        for merchant_id, behavior in behaviors.items():
            place = places.get(ids.to_uuid("mch", merchant_id).bytes)
            if place is not None:
                for name in _BEHAVIOR:
                    columns[name][place] = getattr(behavior, name)
    return {name: Column(values, none) for name, values in columns.items()}


def _beside(found: npt.NDArray[Any], as_of: datetime, used: frozenset[str]) -> dict[str, Column]:
    asked = merchant_ids(found)
    known = more_facts(asked, as_of=as_of)
    return {
        name: column_of(name, [known[one].get(name) for one in asked], FACT_TYPES[name])
        for name in sorted(used)
    }


def ratio_column(part: Wholes, whole: Wholes) -> Column:
    """Four places, half up; missing where there is nothing to divide by."""
    missing = whole <= 0
    units = np.zeros(len(part), np.int64)
    top, under = part[~missing], whole[~missing]
    if len(top) and max(int(np.abs(top).max()), int(under.max())) >= _WIDE:
        top, under = top.astype(object), under.astype(object)
    twice = np.abs(top) * 2 * PLACES
    units[~missing] = np.sign(part[~missing]) * ((twice + under) // (2 * under)).astype(np.int64)
    return Column(units / PLACES, missing)


def variation_column(monthly: Wholes) -> Column:
    """`variation` of each row: doubles where they cannot round either way, otherwise exactly."""
    total = monthly.sum(axis=1)
    missing = total <= 0
    apart = (monthly * float(_MONTHS) - total[:, None]) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        units = np.sqrt(apart.sum(axis=1) / _MONTHS) / total * PLACES
    units[missing] = 0
    found = np.floor(units + 0.5)
    doubtful = np.flatnonzero(np.abs(np.abs(units - np.floor(units)) - 0.5) < _DOUBT)
    for place in doubtful.tolist():
        exact = variation(tuple(monthly[place].tolist()))
        found[place] = 0 if exact is None else int(exact * PLACES)
    return Column(found / PLACES, missing)


class _Exact(Sequence[TradeFacts]):
    """The facts of one place as the exact formulas want them, made when one is asked for."""

    def __init__(self, facts: Mapping[str, Column], monthly: Wholes) -> None:
        self._facts, self._monthly = facts, monthly

    def __len__(self) -> int:
        return len(self._monthly)

    @overload
    def __getitem__(self, place: int) -> TradeFacts: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TradeFacts]: ...
    def __getitem__(self, place: int | slice) -> TradeFacts | Sequence[TradeFacts]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        named: dict[str, Any] = {
            name: self._fact(name, place)
            for name in (
                "net_gmv_l3_minor", "net_gmv_l12_minor", "active_months_count", "order_count_l12",
                "order_count_total", "tenure_days", "recency_days", "return_rate", "gmv_cv",
                "median_order_minor",
            )
        }  # fmt: skip
        return TradeFacts(monthly_net_minor=tuple(self._monthly[place].tolist()), **named)

    def _fact(self, name: str, place: int) -> int | Decimal | None:
        column = self._facts[name]
        if column.missing[place]:
            return None
        if FACT_TYPES[name] == DECIMAL:
            return Decimal(round(float(column.values[place]) * PLACES)).scaleb(-4)
        return cast("int", column.values[place].item())
