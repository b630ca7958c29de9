"""A score is data: rows of bins and points. This is the card read, and evaluated for one merchant.

score = base points + points of one bin per feature; good:bad odds = odds · 2^((score − 600) / pdo);
the calibrated log-odds are a + b · ln(odds) and PD = 1 / (1 + odds). Points are kept as whole
ten-thousandths (*parts*) and numbers are compared as doubles, so that the scalar evaluation here,
the one by columns (`risk/scoring/columns.py`) and the SQL (`scorecard_sql.py`) find the same bins,
points and grades.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from math import inf, isfinite
from typing import Any, Final, NamedTuple

from risk.domain.facts import DECIMAL, INTEGER, TEXT, known
from risk.domain.odds import GRADES, PARTS, Odds, grade_number, pd_of
from risk.domain.reasons import MAX_REASONS

__all__ = ["CATEGORY", "GRADES", "Card", "Feature", "Offset", "ScoreResult", "score"]

# The types of a feature: the numbers facts have, and levels written as text.
CATEGORY: Final = "category"
_FACT_TYPE: Final = {INTEGER: INTEGER, DECIMAL: DECIMAL, CATEGORY: TEXT}
_HALF: Final = PARTS // 2
# Whole numbers may be too long for a double, and levels are no numbers: those take the long way.
_USUAL: Final[dict[str, type[Any]]] = {INTEGER: int, DECIMAL: Decimal, CATEGORY: tuple}


class Bin(NamedTuple):
    """One row: its number, its points, what it loses against the mean, its reason."""

    ord: int
    parts: int
    lost: int
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature and its bins in their order: values first, then `missing`, then `other`.

    A number belongs to the bin after the last edge not above it; a level to the bin that names it.
    """

    key: str
    dtype: str
    sign: int
    mean_parts: int
    edges: tuple[float, ...]
    levels: Mapping[str, int]
    bins: tuple[Bin, ...]
    missing: int
    other: int

    def bin_of(self, value: Any) -> int:
        """Unknown, infinite and missing fall into the missing bin, new levels into `other`.

        Raises InvalidFacts for a value of another type.
        """
        fact = known(self.key, value, _FACT_TYPE[self.dtype])
        if fact is None:
            return self.missing
        if isinstance(fact, str):
            return self.levels.get(fact, self.other)
        number = double(fact)
        return bisect_right(self.edges, number) if isfinite(number) else self.missing


# What the evaluation of one feature needs, laid out for speed.
Step = tuple[str, type[Any], tuple[float, ...], tuple[Bin, ...], Feature]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """What a tenant's log-odds are moved by from a day on, and stretched by once there is evidence
    enough for a slope."""

    tenant_id: str
    from_on: date
    a: Decimal
    b: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A parsed scorecard. `codes` are its reason codes in the order of their first row."""

    base_parts: int
    odds: Odds
    features: tuple[Feature, ...]
    codes: tuple[str, ...]
    offsets: tuple[Offset, ...]
    steps: tuple[Step, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        steps = tuple((f.key, _USUAL[f.dtype], f.edges, f.bins, f) for f in self.features)
        object.__setattr__(self, "steps", steps)

    def for_tenant(self, tenant_id: str, on: date) -> "Card":
        """The card with the tenant's latest offset of `on` or before in its calibration."""
        mine = [o for o in self.offsets if o.tenant_id == tenant_id and o.from_on <= on]
        if not mine:
            return self
        latest = max(mine, key=lambda offset: offset.from_on)
        odds = replace(self.odds, a=latest.a + latest.b * self.odds.a, b=latest.b * self.odds.b)
        return replace(self, odds=odds)


class ScoreResult(NamedTuple):
    """The score in whole points and in parts, its calibrated PD, grade, bins and reasons."""

    score: int
    parts: int
    pd_units: int  # 10⁻⁸
    grade: str
    bins: tuple[int, ...]
    reasons: tuple[str, ...]

    @property
    def pd(self) -> Decimal:
        """The PD to eight places."""
        return Decimal(self.pd_units).scaleb(-8)


def score(card: Card, facts: Mapping[str, Any]) -> ScoreResult:
    """Evaluate. A fact that is absent counts as missing. Raises InvalidFacts for wrong types."""
    bins: list[int] = []
    lost: dict[int, int] = {}
    total, get = card.base_parts, facts.get
    for key, exact, edges, table, feature in card.steps:
        value: Any = get(key)
        # The usual case without a call: this runs while a merchant waits, and in back-tests.
        try:
            is_usual = type(value) is exact and (number := float(value)) - number == 0
        except (OverflowError, ValueError):  # beyond every double; a signaling NaN
            is_usual = False
        found = bisect_right(edges, number) if is_usual else feature.bin_of(value)
        ord_, parts, loss, code = table[found]
        bins.append(ord_)
        total += parts
        if loss:
            lost[code] = lost.get(code, 0) + loss
    pd = pd_of(card.odds, total)
    return ScoreResult(
        (total + _HALF) // PARTS,  # half a point counts up
        total,
        pd,
        GRADES[grade_number(pd)],
        tuple(bins),
        _most(card.codes, lost) if lost else (),
    )


def points_by_feature(card: Card, result: ScoreResult) -> dict[str, Decimal]:
    """What each feature gave."""
    return {
        feature.key: Decimal(feature.bins[found].parts) / PARTS
        for feature, found in zip(card.features, result.bins, strict=True)
    }


def double(value: int | Decimal) -> float:
    """The nearest double; infinite when there is none."""
    try:
        return float(value)
    except OverflowError:
        return inf


def _most(codes: tuple[str, ...], lost: dict[int, int]) -> tuple[str, ...]:
    """At most four codes by points lost against the population's mean, ties in the card's order."""
    order = sorted([(-loss, code) for code, loss in lost.items()])
    return tuple([codes[code] for _, code in order[:MAX_REASONS]])
