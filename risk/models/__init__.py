"""Risk's tables."""

from risk.models.decision import Decision
from risk.models.experiment import Experiment, ExplorationGrant
from risk.models.exposure import ExposureBucket
from risk.models.finding import FraudFinding, MerchantTrait
from risk.models.floor import PolicyFloor, PolicyFunder
from risk.models.monitoring import MonitorReading, MonitorRule, RiskAlarm
from risk.models.override import Override
from risk.models.policy import Policy, PolicyApproval, PolicyBackTest
from risk.models.scorecard import Scorecard, ScorecardApproval
from risk.models.shadow import ShadowDecision
from risk.models.watch_entry import WatchEntry

__all__ = [
    "Decision",
    "Experiment",
    "ExplorationGrant",
    "ExposureBucket",
    "FraudFinding",
    "MerchantTrait",
    "MonitorReading",
    "MonitorRule",
    "Override",
    "Policy",
    "PolicyApproval",
    "PolicyBackTest",
    "PolicyFloor",
    "PolicyFunder",
    "RiskAlarm",
    "Scorecard",
    "ScorecardApproval",
    "ShadowDecision",
    "WatchEntry",
]
