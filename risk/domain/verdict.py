"""The whole answer to one merchant's facts: a pure function, so that it can be asked again.

No clock, no randomness, no look-up happens in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from risk.domain.canonical import rate_text
from risk.domain.facts import NO_MORE, Fact, flat
from risk.domain.limit import clean_bills_of, limit_of
from risk.domain.policy import PolicyTables, evaluate
from risk.domain.reasons import first_reasons
from risk.domain.scorecard import Card, score
from risk.enums import Outcome
from risk.values import RepaymentFacts, TradeFacts

TOO_SMALL = "limit_too_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the record of a decision says; the limit is 0 and the rate 0 unless approved.

    `term_rates` are the annual rates by term in days, where the policy has a price table;
    `annual_rate` is the reference beside them.
    """

    score: int
    pd: Decimal
    grade: str
    outcome: Outcome
    rule_hits: list[str]
    bounds: dict[str, int]
    binding_bound: str
    limit_minor: int
    annual_rate: Decimal
    reasons: list[str]
    term_rates: dict[str, str] = field(default_factory=dict)


def judge(
    card: Card,
    policy: PolicyTables,
    trade: TradeFacts,
    repayment: RepaymentFacts,
    more: Mapping[str, Fact] = NO_MORE,
) -> Verdict:
    """Score, policy, limit, price, reasons. Raises InvalidFacts for a fact of the wrong type."""
    facts = flat(trade, repayment, more)
    scored = score(card, facts)
    answer = evaluate(policy, facts, scored)
    outcome, reasons = answer.outcome, answer.reasons
    limit_minor, binding, bounds = 0, "", {}
    if outcome == Outcome.APPROVE:
        found = limit_of(
            policy.limit, trade, grade=answer.grade, pd=scored.pd, is_small=answer.is_small,
            clean_bills=clean_bills_of(repayment),
        )  # fmt: skip
        limit_minor, binding, bounds = found.limit_minor, found.binding, dict(found.bounds)
        if limit_minor == 0:
            outcome, reasons = Outcome.DECLINE, (TOO_SMALL,)
    is_approved = outcome == Outcome.APPROVE
    # A rule that declines is the reason; points lost to facts we do not have would be untrue ones.
    declined_by_rule = not is_approved and bool(answer.reasons)
    return Verdict(
        score=scored.score,
        pd=scored.pd,
        grade=answer.grade,
        outcome=outcome,
        rule_hits=list(answer.rule_hits),
        bounds=bounds,
        binding_bound=binding,
        limit_minor=limit_minor,
        annual_rate=policy.price[answer.grade] if is_approved else Decimal(0),
        reasons=list(first_reasons(reasons, () if declined_by_rule else scored.reasons)),
        term_rates=policy.term_price.of(answer.grade) if is_approved and policy.term_price else {},
    )


def content(verdict: Any) -> dict[str, Any]:
    """The JSON of a verdict, or of a stored decision, which has the same attributes.

    Rates by term are absent where the policy gave none, so that older records keep their bytes.
    """
    by_term = {"term_rates": verdict.term_rates} if verdict.term_rates else {}
    return by_term | {
        "score": verdict.score,
        "pd": rate_text(verdict.pd),
        "grade": verdict.grade,
        "outcome": str(verdict.outcome),
        "rule_hits": verdict.rule_hits,
        "bounds": verdict.bounds,
        "binding_bound": verdict.binding_bound,
        "limit_minor": verdict.limit_minor,
        "annual_rate": rate_text(verdict.annual_rate),
        "reasons": verdict.reasons,
    }
