"""Risk's tables."""

from risk.models.decision import Decision
from risk.models.exposure import ExposureBucket
from risk.models.floor import PolicyFloor, PolicyFunder
from risk.models.policy import Policy, PolicyApproval, PolicyBackTest
from risk.models.scorecard import Scorecard, ScorecardApproval
from risk.models.shadow import ShadowDecision

__all__ = [
    "Decision", "ExposureBucket", "Policy", "PolicyApproval", "PolicyBackTest", "PolicyFloor",
    "PolicyFunder", "Scorecard", "ScorecardApproval", "ShadowDecision",
]  # fmt: skip
