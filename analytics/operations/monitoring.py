"""The nightly look at a platform's risk: what credit knows of outcomes, handed down to risk."""

from datetime import date, datetime

from analytics.queries.outcomes import matured_outcomes
from risk.operations.challengers import score_challenger
from risk.operations.experiment_checks import check_experiment
from risk.operations.feature_monitoring import monitor_features
from risk.operations.monitoring import Monitored, monitor_risk
from risk.operations.outcomes import keep_outcomes


def monitor_platform(*, on: date, actor: str, at: datetime) -> Monitored:
    """Measure the scope's platform as it stood at the end of `on`; the first run of a day stands.

    First what decisions are made from, then the decisions. Alarms that stop auto-approval do so
    from then on. What has matured is kept for whoever learns from it, the challenger in shadow
    scores what was decided since, and an experiment that has to end does.
    """
    data = monitor_features(on=on, actor=actor, at=at)
    outcomes = matured_outcomes(on=on)
    keep_outcomes(outcomes=outcomes, on=on)
    score_challenger(at=at)
    card = monitor_risk(on=on, outcomes=outcomes, actor=actor, at=at)
    check_experiment(outcomes=outcomes, actor=actor, at=at)
    return Monitored(
        readings_count=data.readings_count + card.readings_count,
        opened_count=data.opened_count + card.opened_count,
    )
