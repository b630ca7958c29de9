"""Risk's tables."""

from risk.models.decision import Decision
from risk.models.exposure import ExposureBucket
from risk.models.monitoring import MonitorReading, MonitorRule, RiskAlarm
from risk.models.override import Override
from risk.models.policy import Policy
from risk.models.scorecard import Scorecard, ScorecardApproval
from risk.models.watch_entry import WatchEntry

__all__ = [
    "Decision",
    "ExposureBucket",
    "MonitorReading",
    "MonitorRule",
    "Override",
    "Policy",
    "RiskAlarm",
    "Scorecard",
    "ScorecardApproval",
    "WatchEntry",
]
