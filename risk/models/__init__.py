"""Risk's tables."""

from risk.models.challenger_score import ChallengerScore
from risk.models.decision import Decision
from risk.models.expected_loss import EclRow, EclRun
from risk.models.experiment import Experiment, ExplorationGrant
from risk.models.exposure import EntityCapChange, EntityExposure, ExposureBucket
from risk.models.features import (
    FeatureMark,
    FeatureSetVersion,
    FeatureSnapshot,
    MonthlyAgg,
    PercentileTable,
)
from risk.models.finding import FraudFinding, MerchantTrait
from risk.models.floor import PolicyFloor, PolicyFunder
from risk.models.matured_outcome import MaturedOutcome
from risk.models.monitoring import MonitorReading, MonitorRule, RiskAlarm
from risk.models.override import Override
from risk.models.policy import Policy, PolicyApproval, PolicyBackTest
from risk.models.report import Report, ReportRequest, ReportSource
from risk.models.score_run import MerchantScore, ScoreChunk, ScoreRun
from risk.models.scorecard import Scorecard, ScorecardApproval
from risk.models.shadow import ShadowDecision
from risk.models.watch_entry import WatchEntry

__all__ = [
    "ChallengerScore",
    "Decision",
    "EclRow",
    "EclRun",
    "EntityCapChange",
    "EntityExposure",
    "Experiment",
    "ExplorationGrant",
    "ExposureBucket",
    "FeatureMark",
    "FeatureSetVersion",
    "FeatureSnapshot",
    "FraudFinding",
    "MaturedOutcome",
    "MerchantScore",
    "MerchantTrait",
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
    "Report",
    "ReportRequest",
    "ReportSource",
    "RiskAlarm",
    "ScoreChunk",
    "ScoreRun",
    "Scorecard",
    "ScorecardApproval",
    "ShadowDecision",
    "WatchEntry",
]
