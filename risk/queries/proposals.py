"""What the formulas would give a merchant whose case a person decides, and how it came about."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from risk.domain.authority import ALONE_UP_TO_MINOR, second_needed
from risk.domain.facts import flat, restore
from risk.domain.limit import clean_bills_of, limit_of
from risk.domain.scorecard import points_by_feature, score
from risk.models import Decision
from risk.queries.champions import Champions, versions

__all__ = [
    "ALONE_UP_TO_MINOR", "Part", "Proposal", "parts_of", "proposal_of", "second_needed",
    "versions_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The limit by the formulas at the decision's grade and PD, and what a person may go up to.

    Amounts in fen, multiples of `step_minor`; the annual rate is the policy's for the grade.
    """

    limit_minor: int
    highest_minor: int
    step_minor: int
    annual_rate: Decimal
    term_rates: dict[str, str]
    binding: str
    bounds: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One feature of the card: its value, the points it gave, and those against the mean."""

    key: str
    label: str
    value: Any
    points: Decimal
    against_mean: Decimal


def proposal_of(decision: Decision) -> Proposal:
    """What the decision's own policy gives by its formulas, whatever the outcome was."""
    terms = (policy := versions_of(decision).policy).limit
    trade, repayment, _more = restore(decision.facts)
    found = limit_of(
        terms, trade, grade=decision.grade, pd=decision.pd, is_small=False,
        clean_bills=clean_bills_of(repayment),
    )  # fmt: skip
    return Proposal(
        limit_minor=found.limit_minor,
        highest_minor=terms.max_limit_minor // terms.step_minor * terms.step_minor,
        step_minor=terms.step_minor,
        annual_rate=policy.price[decision.grade],
        term_rates=policy.term_price.of(decision.grade) if policy.term_price else {},
        binding=found.binding,
        bounds=dict(found.bounds),
    )


def parts_of(decision: Decision) -> list[Part]:
    """Every feature of the decision's card, the one that cost most first."""
    card = versions_of(decision).card.for_tenant(current_tenant_id(), clock.day_of(decision.as_of))
    facts = flat(*restore(decision.facts))
    points = points_by_feature(card, score(card, facts))
    labels = {one["key"]: one["label"] for one in decision.scorecard.body["features"]}
    means = {one.key: Decimal(one.mean_parts) / 10_000 for one in card.features}
    parts = [
        Part(
            key=key, label=labels[key], value=facts.get(key), points=given,
            against_mean=given - means[key],
        )
        for key, given in points.items()
    ]  # fmt: skip
    return sorted(parts, key=lambda one: one.against_mean)


def versions_of(decision: Decision) -> Champions:
    """The card and the policy that decided, parsed. They are read with the decision."""
    return versions(
        card_id=decision.scorecard_id,
        card_sha=decision.scorecard.sha256,
        policy_id=decision.policy_id,
        policy_sha=decision.policy.sha256,
    )
