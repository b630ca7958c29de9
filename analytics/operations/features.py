"""The features of a platform, night by night: what credit knows of repayments, handed to risk."""

from dataclasses import dataclass
from datetime import date, datetime

from credit.queries.behavior import repayment_facts
from platform_app.kernel import clock
from risk.operations.feature_snapshots import (
    forget_old_nights,
    register_feature_sets,
    take_snapshots,
)
from risk.operations.months import rebuild_months, refresh_months
from risk.operations.percentiles import build_percentiles
from risk.queries.features import active_merchants


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a night wrote: months computed anew, tables and snapshots kept, rows let go."""

    months_count: int
    tables_count: int
    snapshots_count: int
    forgotten_count: int


def refresh_features(*, on: date, at: datetime, is_rebuild: bool = False) -> Refreshed:
    """Bring the scope's platform up to the end of `on`, step by step.

    Each step is a transaction and may be run again: a night that was cut short is finished by the
    next call, and what is there stands. With `is_rebuild` every month is computed from the orders.
    """
    until = clock.end_of(on)
    refresh = rebuild_months if is_rebuild else refresh_months
    months = refresh(known_until=until)
    register_feature_sets(at=at)
    tables = build_percentiles(known_until=until)
    snapshots = sum(
        take_snapshots(on=on, repayments=repayment_facts(chunk, on=on), at=at)
        for chunk in active_merchants(known_until=until)
    )
    return Refreshed(
        months_count=months,
        tables_count=tables,
        snapshots_count=snapshots,
        forgotten_count=forget_old_nights(on=on),
    )
