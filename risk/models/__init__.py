"""Risk's tables."""

from risk.models.decision import Decision
from risk.models.exposure import ExposureBucket
from risk.models.features import (
    FeatureMark,
    FeatureSetVersion,
    FeatureSnapshot,
    MonthlyAgg,
    PercentileTable,
)
from risk.models.floor import PolicyFloor, PolicyFunder
from risk.models.monitoring import MonitorReading, MonitorRule, RiskAlarm
from risk.models.override import Override
from risk.models.policy import Policy, PolicyApproval, PolicyBackTest
from risk.models.scorecard import Scorecard, ScorecardApproval
from risk.models.shadow import ShadowDecision
from risk.models.watch_entry import WatchEntry

__all__ = [
    "Decision",
    "ExposureBucket",
    "FeatureMark",
    "FeatureSetVersion",
    "FeatureSnapshot",
    "MonitorReading",
    "MonitorRule",
    "MonthlyAgg",
    "Override",
    "PercentileTable",
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
