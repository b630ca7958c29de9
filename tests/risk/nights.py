"""Nights of features, for tests of other areas."""

from datetime import datetime, timedelta
from decimal import Decimal

from platform_app.kernel import clock
from risk.models import PercentileTable
from risk.operations.feature_snapshots import take_snapshots
from risk.operations.months import refresh_months
from risk.values import RepaymentFacts


def one_of_each(merchant_id: str, number: int, at: datetime) -> None:
    """A month, a snapshot, a table and the definitions, in the tenant whose scope is open."""
    on = clock.day_of(at) + timedelta(days=number)
    until = clock.end_of(on)
    refresh_months(known_until=until)
    take_snapshots(on=on, repayments={merchant_id: RepaymentFacts.none()}, at=at)
    PercentileTable.objects.create(
        known_until=until, month=on.replace(day=1), feature="net_gmv_l12_percentile",
        merchant_count=20, edges=[1_000], mids=[Decimal("0.5")], tops=[Decimal(1)],
    )  # fmt: skip
