"""The nightly look at a platform's risk: what credit knows of outcomes, handed down to risk."""

from datetime import date, datetime

from analytics.queries.outcomes import matured_outcomes
from risk.operations.feature_monitoring import monitor_features
from risk.operations.monitoring import Monitored, monitor_risk


def monitor_platform(*, on: date, actor: str, at: datetime) -> Monitored:
    """Measure the scope's platform as it stood at the end of `on`; the first run of a day stands.

    First what decisions are made from, then the decisions. Alarms that stop auto-approval do so
    from then on.
    """
    data = monitor_features(on=on, actor=actor, at=at)
    card = monitor_risk(on=on, outcomes=matured_outcomes(on=on), actor=actor, at=at)
    return Monitored(
        readings_count=data.readings_count + card.readings_count,
        opened_count=data.opened_count + card.opened_count,
    )
