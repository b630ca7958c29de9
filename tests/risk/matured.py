"""Platforms with a past, for tests: decisions on made-up facts and how they ended."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from platform_app.kernel import clock, ids
from risk.domain.canonical import sha256
from risk.domain.facts import snapshot
from risk.models import ChallengerScore, Decision, MaturedOutcome, Scorecard
from risk.operations.scorecards import approve_scorecard, shadow_scorecard, validate_scorecard
from risk.values import RepaymentFacts, TradeFacts
from tenants.models import Merchant
from tests.risk.cast import NOW
from tests.risk.watch import decided

FIRST, ENDED = date(2025, 6, 1), date(2026, 5, 19)


def lived(
    count: int, *, seed: int = 1, shift: float = 0.0, first: date = FIRST, ended: date = ENDED
) -> int:
    """So many merchants with one matured month each, over seven months; how many went bad.

    Who has been here long and buys evenly pays; `shift` moves the log-odds of bad for all.
    """
    random = np.random.default_rng(seed)
    merchants = Merchant.objects.bulk_create(
        [Merchant(external_id=f"L-{seed}-{n}", name="示例") for n in range(count)]
    )
    pattern = _pattern()
    decisions, outcomes, bad = [], [], 0
    for number, merchant in enumerate(merchants):
        tenure, cv = int(random.integers(60, 900)), float(random.gamma(3, 0.35))
        risk = -0.9 - 0.0035 * tenure + 0.9 * cv + shift
        is_bad = random.random() < 1 / (1 + np.exp(-risk))
        bad += bool(is_bad)
        facts = snapshot(_trade(tenure, round(cv, 4)), RepaymentFacts.none())
        year, place = divmod(first.year * 12 + first.month - 1 + number % 7, 12)
        month = date(year, place + 1, 1)
        made = clock.moment_on(month, 9)
        decisions.append(
            Decision(
                **pattern | {
                    "id": ids.new_id("dec"), "merchant_id": merchant.id, "facts": facts,
                    "facts_sha256": sha256(facts), "as_of": made, "decided_at": made,
                }
            )
        )  # fmt: skip
        outcomes.append((decisions[-1].id, month, 45 if is_bad else int(random.integers(0, 8))))
    Decision.objects.bulk_create(decisions)
    MaturedOutcome.objects.bulk_create(
        MaturedOutcome(decision_id=one, cohort_on=month, worst_dpd_days=days, matured_on=ended)
        for one, month, days in outcomes
    )
    return bad


def one_of_each() -> None:
    """An outcome and a challenger's score of the newest decision of the platform."""
    decision = Decision.objects.order_by("-id")[0]
    MaturedOutcome.objects.create(
        decision=decision, cohort_on=FIRST, worst_dpd_days=3, matured_on=ENDED
    )
    ChallengerScore.objects.create(
        decision=decision, scorecard=Scorecard.objects.get(version=1), pd=Decimal("0.02"), at=NOW
    )


def in_force(card: Scorecard, at: datetime = NOW) -> Scorecard:
    """Validated, in shadow, and put in force by two people."""
    validate_scorecard(scorecard_id=card.id, comment="示例", actor="usr_one", at=at)
    shadow_scorecard(scorecard_id=card.id, actor="usr_one", at=at)
    approve_scorecard(scorecard_id=card.id, comment="示例", actor="usr_one", at=at)
    return approve_scorecard(scorecard_id=card.id, comment="示例", actor="usr_two", at=at)


def _pattern() -> dict[str, object]:
    merchant = Merchant.objects.create(external_id=ids.new_id("no"), name="示例")
    (one,) = decided(merchant, NOW - timedelta(days=400), 400)
    return {field.attname: getattr(one, field.attname) for field in Decision._meta.fields}


def _trade(tenure: int, cv: float) -> TradeFacts:
    return TradeFacts(
        net_gmv_l3_minor=6_000_000, net_gmv_l12_minor=24_000_000,
        monthly_net_minor=(2_000_000,) * 12, active_months_count=12, order_count_l12=24,
        order_count_total=24, tenure_days=tenure, recency_days=5, return_rate=Decimal("0.01"),
        gmv_cv=Decimal(str(cv)), median_order_minor=1_000_000,
    )  # fmt: skip
