"""Experiments and the crowds they are tried on, for tests."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from credit.models import CreditLine, Offer
from credit.operations.offers import accept_offer, start_reading
from risk.domain.experiment import Arm, place_of
from risk.enums import ArmKind
from risk.models import Experiment, ExplorationGrant, Policy
from risk.operations.experiments import propose_experiment, start_experiment
from risk.values import TradeFacts
from tenants.models import Merchant
from tests.risk import links
from tests.risk.cast import NOW

PROPOSER, STARTER = "usr_proposer", "usr_starter"
EXPLORED = Arm(
    name="explore", kind=ArmKind.EXPLORE, share=500, max_pd=Decimal("0.3"), limit_minor=250_000
)


def challenger(policy: Policy, share: int = 4_000) -> Arm:
    return Arm(name="challenger", kind=ArmKind.POLICY, share=share, version_id=policy.id)


def proposed(*arms: Arm, at: datetime = NOW, **changes: Any) -> Experiment:
    has_cell = any(arm.kind == ArmKind.EXPLORE for arm in arms)
    told: dict[str, Any] = {
        "name": "试一试", "hypothesis": "放宽一点，坏账不会更多", "arms": arms, "from_at": at,
        "until_at": at + timedelta(days=90), "budget_minor": 10_000_000 if has_cell else 0,
        "stop_bad_rate": Decimal("0.2"), "stop_bad_count": 20, "actor": PROPOSER, "at": at,
    }  # fmt: skip
    return propose_experiment(**told | changes)


def started(*arms: Arm, at: datetime = NOW, **changes: Any) -> Experiment:
    found = proposed(*arms, at=at, **changes)
    return start_experiment(experiment_id=found.id, actor=STARTER, at=at)


def near_the_cut() -> TradeFacts:
    """Enough orders to be looked at, a score just short of a grade D."""
    return TradeFacts(
        net_gmv_l3_minor=600_000, net_gmv_l12_minor=12_000_000,
        monthly_net_minor=(1_000_000,) * 10 + (600_000, 0), active_months_count=5,
        order_count_l12=5, order_count_total=5, tenure_days=100, recency_days=95,
        return_rate=Decimal("0.12"), gmv_cv=Decimal("1.2"), median_order_minor=500_000,
    )  # fmt: skip


def firm_in(experiment: Experiment, arm: str, number: int = 0) -> Merchant:
    """A merchant of a company that the hash puts into this arm."""
    low = 0
    for one in experiment.arms:
        if one["name"] == arm:
            break
        low += one["share"]
    high, at_hand = low + one["share"], number * 1_000_000
    while not low <= place_of(experiment.salt, f"N{at_hand}") < high:
        at_hand += 1
    made: Merchant = Merchant.objects.create(
        external_id=f"{arm}-{number}", name=f"示例{arm}{number}", registration_no=f"N{at_hand}"
    )
    return made


def leave_one_of_everything(merchant: Merchant, number: int, at: datetime) -> None:
    """A proposed experiment, a merchant explored in it, a trait of it and a finding about it."""
    links.leave_one_of_everything(merchant, number, at)
    trial = proposed(EXPLORED, at=at)
    ExplorationGrant.objects.create(
        experiment=trial, merchant=merchant, arm="explore", propensity=500, row="grade-e",
        pd=Decimal("0.15"), limit_minor=100_000 * number + 100_000, annual_rate=Decimal("0.114"),
        cost_minor=9_000, granted_at=at,
    )  # fmt: skip


def signed(application_id: str, at: datetime) -> CreditLine:
    """The offer of an approved application, read and accepted."""
    offer = Offer.objects.select_related("cost_sheet").get(application_id=application_id)
    start_reading(offer_id=offer.id, at=at)
    return accept_offer(
        offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, actor="a",
        at=at + timedelta(seconds=10),
    )  # fmt: skip
