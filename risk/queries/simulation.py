"""A version asked about one set of facts: which rows hit, and what it would answer. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import NO_MORE, Fact, Facts, restore, snapshot
from risk.domain.policy_gate import publishable
from risk.domain.verdict import Verdict, judge
from risk.models import Decision, Policy
from risk.queries.champions import champions
from risk.queries.facts import trade_facts
from risk.queries.more_facts import more_facts
from risk.values import RepaymentFacts, TradeFacts
from tenants.models import Merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a merchant: its latest decision's facts, or today's and no repayment yet."""

    merchant: Merchant
    trade: TradeFacts
    repayment: RepaymentFacts
    more: Facts
    decision: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """The answer of a version, and of the policy in force to the same facts."""

    verdict: Verdict
    in_force: Verdict


def known_of(external_id: str) -> Known | None:
    """The facts to begin with for the merchant of this number; None when there is no such one."""
    merchant = Merchant.objects.filter(external_id=external_id).first()
    if merchant is None:
        return None
    decision = Decision.objects.filter(merchant_id=merchant.id).order_by("-id").first()
    if decision is not None:
        trade, repayment, more = restore(decision.facts)
    else:
        now = clock.now()
        trade = trade_facts(merchant_ids=[merchant.id], as_of=now)[merchant.id]
        repayment = RepaymentFacts.none()
        more = more_facts([merchant.id], as_of=now)[merchant.id]
    return Known(merchant=merchant, trade=trade, repayment=repayment, more=more, decision=decision)


def simulate(
    policy: Policy,
    trade: TradeFacts,
    repayment: RepaymentFacts,
    more: Mapping[str, Fact] = NO_MORE,
) -> Simulated:
    """Ask a version and the one in force; nothing is recorded.

    Raises PolicyFindings and InvalidPolicy for a version that could not decide, NoChampion,
    InvalidFacts.
    """
    snapshot(trade, repayment, more)
    used = champions()
    card = used.card.for_tenant(current_tenant_id(), clock.today())
    return Simulated(
        verdict=judge(card, publishable(policy.body), trade, repayment, more),
        in_force=judge(card, used.policy, trade, repayment, more),
    )
