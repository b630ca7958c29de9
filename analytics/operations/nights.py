"""Everything that a night does to a platform's risk, one after the other."""

from datetime import date, datetime, timedelta

from analytics.operations.expected_loss import book_when_due
from analytics.operations.features import refresh_features
from analytics.operations.monitoring import monitor_platform
from credit.operations.score_runs import run_here
from risk.operations.findings import find_fraud
from risk.queries.champions import has_champion


def live_night(*, on: date, actor: str, at: datetime) -> dict[str, int]:
    """Bring the scope's platform up to the end of `on`, as the jobs of a night do, in their order.

    Features, scores, links, figures, expected loss. A second call of a day finds what is done.
    Returns what was new, by step.
    """
    features = refresh_features(on=on, at=at)
    run = run_here(key=f"nightly:{on}", actor=actor, at=at) if has_champion() else None
    findings = find_fraud(actor=actor, at=at)
    monitored = monitor_platform(on=on, actor=actor, at=at)
    is_booked = book_when_due(today=on + timedelta(days=1), actor=actor, at=at)
    return {
        "snapshots": features.snapshots_count,
        "scored": run.merchants_count if run is not None else 0,
        "findings": findings,
        "readings": monitored.readings_count,
        "alarms": monitored.opened_count,
        "expected_loss": int(is_booked),
    }
