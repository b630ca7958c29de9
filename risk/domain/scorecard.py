"""A score is data: bins and points. This reads the data strictly and evaluates it.

score = base points + points of one bin per feature; good:bad odds = score_600_odds · 2^((score −
600) / pdo); the calibrated log-odds are a + b · ln(odds) and PD = 1 / (1 + odds).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, Final

from risk.domain.canonical import PLACES
from risk.domain.facts import known
from risk.domain.reasons import first_reasons

GRADES: Final = ("A", "B", "C", "D", "E")
# Master scale: the grade is the first whose bound lies above the 12-month PD.
GRADE_BELOW: Final = (Decimal("0.01"), Decimal("0.025"), Decimal("0.05"), Decimal("0.10"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """`points[i]` belongs to values below `edges[i]`, the last to all from the last edge on."""

    key: str
    dtype: str
    sign: int
    reason_code: str
    mean_points: int
    edges: tuple[Decimal, ...]
    points: tuple[int, ...]
    missing_points: int

    def points_of(self, value: Any) -> int:
        """Unknown, infinite and missing fall into the missing bin. Raises InvalidFacts."""
        fact = known(self.key, value, self.dtype)
        if not isinstance(fact, int | Decimal):
            return self.missing_points
        return self.points[bisect_right(self.edges, fact)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A parsed scorecard."""

    base_points: int
    pdo: int
    score_600_odds: int
    features: tuple[Feature, ...]
    a: Decimal
    b: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """The score, its calibrated PD (eight places), grade, points by feature, reasons."""

    score: int
    pd: Decimal
    grade: str
    points: Mapping[str, int]
    reasons: tuple[str, ...]


def score(card: Card, facts: Mapping[str, Any]) -> ScoreResult:
    """Evaluate. A fact that is absent counts as missing. Raises InvalidFacts for wrong types."""
    points = {f.key: f.points_of(facts.get(f.key)) for f in card.features}
    total = card.base_points + sum(points.values())
    pd = _pd(total, card.pdo, card.score_600_odds, card.a, card.b)
    return ScoreResult(
        score=total, pd=pd, grade=grade_of(pd), points=points, reasons=_reasons(card, points)
    )


def grade_of(pd: Decimal) -> str:
    """The grade on the master scale of `pd` per year."""
    return GRADES[bisect_right(GRADE_BELOW, pd)]


def worse_grade(one: str, other: str) -> str:
    return max(one, other, key=GRADES.index)


def _reasons(card: Card, points: Mapping[str, int]) -> tuple[str, ...]:
    """Codes by points lost against the population's mean, ties in the order of the card."""
    lost: dict[str, int] = {}
    for f in card.features:
        if f.mean_points > points[f.key]:
            lost[f.reason_code] = lost.get(f.reason_code, 0) + f.mean_points - points[f.key]
    return first_reasons(tuple(sorted(lost, key=lambda code: -lost[code])))


@lru_cache(maxsize=4096)
def _pd(score: int, pdo: int, odds_600: int, a: Decimal, b: Decimal) -> Decimal:
    """Decimal `ln` and `exp` round correctly, so every machine finds the same digits."""
    with localcontext() as context:
        context.prec = 28
        log_odds = Decimal(odds_600).ln() + Decimal(score - 600) / pdo * Decimal(2).ln()
        return (1 / (1 + (a + b * log_odds).exp())).quantize(PLACES)
