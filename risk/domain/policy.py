"""A policy is data: four first-hit tables in a row. This evaluates a parsed one.

eligibility and knock_out may decline or refer; grade may only worsen the grade; outcome answers by
grade. Every table ends with a row that always hits, so each stage reached has exactly one hit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from risk.domain.cells import Cell
from risk.domain.facts import FACT_TYPES, RESULT_TYPES, Fact, known
from risk.domain.limit import LimitTerms
from risk.domain.odds import worse_grade
from risk.domain.pricing import PriceTable
from risk.domain.scorecard import ScoreResult
from risk.enums import Outcome

ELIGIBILITY: Final = "eligibility"
KNOCK_OUT: Final = "knock_out"
GRADE: Final = "grade"
OUTCOME: Final = "outcome"
STAGES: Final = (ELIGIBILITY, KNOCK_OUT, GRADE, OUTCOME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`reason` and `outcome` are None when the row lets the merchant through."""

    id: str
    when: tuple[tuple[str, Cell], ...]
    outcome: Outcome | None = None
    reason: str | None = None
    grade_at_best: str | None = None
    is_small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTables:
    """A parsed policy: the four tables, the limit's terms, the prices by grade and by term."""

    stages: Mapping[str, tuple[Row, ...]]
    limit: LimitTerms
    price: Mapping[str, Decimal]
    term_price: PriceTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """What the tables answered. `grade` is the score's or a worse one."""

    outcome: Outcome
    grade: str
    rule_hits: tuple[str, ...]
    reasons: tuple[str, ...]
    is_small: bool


def evaluate(policy: PolicyTables, facts: Mapping[str, Any], score: ScoreResult) -> PolicyResult:
    """Run the stages. Raises InvalidFacts when a fact has the wrong type."""
    seen = {name: known(name, facts.get(name), dtype) for name, dtype in FACT_TYPES.items()}
    hits: list[str] = []
    for stage in (ELIGIBILITY, KNOCK_OUT):
        row = _first_hit(policy.stages[stage], seen)
        hits.append(row.id)
        if row.outcome is not None:
            return _answer(row, row.outcome, score.grade, hits)
    seen |= {"score": score.score, "pd": score.pd, "grade": score.grade}
    cap = _first_hit(policy.stages[GRADE], seen)
    grade = worse_grade(score.grade, cap.grade_at_best or score.grade)
    final = _first_hit(policy.stages[OUTCOME], seen | {"grade": grade})
    hits += [cap.id, final.id]
    return _answer(final, final.outcome or Outcome.REFER, grade, hits)


def facts_of_stage(stage: str) -> dict[str, str]:
    """Names and types a stage may speak of: the score is known from the third on."""
    return FACT_TYPES | RESULT_TYPES if stage in {GRADE, OUTCOME} else FACT_TYPES


def _first_hit(rows: tuple[Row, ...], facts: Mapping[str, Fact]) -> Row:
    return next(row for row in rows if all(cell.matches(facts[name]) for name, cell in row.when))


def _answer(row: Row, outcome: Outcome, grade: str, hits: list[str]) -> PolicyResult:
    return PolicyResult(
        outcome=outcome,
        grade=grade,
        rule_hits=tuple(hits),
        reasons=() if row.reason is None else (row.reason,),
        is_small=row.is_small,
    )
