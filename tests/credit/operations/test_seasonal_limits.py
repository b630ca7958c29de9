"""Seasonal limits: granted ahead of a season to good lines, once a month, gone by themselves."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from credit.models import CreditLine, TemporaryLimit
from credit.operations.seasonal_limits import grant_seasonal_limits
from credit.operations.temporary_limits import end_temporary_limit
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.queries.seasons import category_months
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tenants.operations.trade import import_orders
from tenants.queries.tenants import current_tenant, vertical
from tenants.values import OrderRow
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")


def season_of_spring(at: datetime, factor: int = 6) -> None:
    """Last year's April to June were `factor` times the usual, in the category of toys."""
    upsert_merchant(external_id="S1", name="玩具批发", category="toys", actor=lives.ACTOR, at=at)
    import_orders(
        rows=[
            OrderRow(
                order_no=f"S1-{months_back}", merchant_no="S1",
                ordered_on=day, quantity=1,
                amount_minor=1_000_000 * (factor if day.month in {4, 5, 6} else 1),
            )
            for months_back in range(1, 13)
            for day in [_months_before(clock.day_of(at), months_back)]
        ],
        known_at=at, actor=lives.ACTOR,
    )  # fmt: skip


def _months_before(day: date, count: int) -> date:
    number = day.year * 12 + day.month - 1 - count
    return date(number // 12, number % 12 + 1, 15)


def seasonal_line(at: datetime) -> CreditLine:
    """A line of a merchant of toys, a month ahead of their season."""
    before = at - timedelta(hours=1)
    season_of_spring(before)
    merchant = lives.merchant_with_trade("P1", before)
    line = lives.line_of(merchant, at)
    upsert_merchant(external_id="P1", name=merchant.name, category="toys", actor=lives.ACTOR, at=at)
    return line


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return seasonal_line(at)


def test_what_the_months_of_a_category_were(line: CreditLine, at: datetime) -> None:
    months = category_months(as_of=at)["toys"]
    own = Merchant.objects.get(external_id="P1").id
    assert own
    assert months[date(2025, 4, 1)] - months[date(2025, 9, 1)] > 4_000_000
    assert date(2026, 3, 1) not in months  # the running month is not whole


def test_a_good_line_is_stretched_for_ninety_days(line: CreditLine, at: datetime) -> None:
    assert grant_seasonal_limits(at=at + timedelta(hours=2)) == 1
    grant = TemporaryLimit.objects.get()
    assert (grant.from_on, grant.until_on) == (open_day(), open_day() + timedelta(days=90))
    assert grant.key == f"season:{line.id}:2026-03"
    limit = CreditLine.objects.get().limit_minor
    assert 0 < grant.amount_minor <= limit // 2
    assert grant.amount_minor % 100_000 == 0
    assert CreditLine.objects.get().temporary_minor == grant.amount_minor
    assert grant_seasonal_limits(at=at + timedelta(hours=3)) == 0
    end_temporary_limit(limit_id=grant.id, reason="x", actor="usr_a", at=at + timedelta(hours=4))
    assert grant_seasonal_limits(at=at + timedelta(hours=5)) == 0
    assert CreditLine.objects.get().temporary_minor == 0


def test_a_trade_without_a_season_is_left_alone(inside: Tenant, at: datetime) -> None:
    known = vertical(current_tenant().vertical).season
    lives.line_of(lives.merchant_with_trade("P1", at - timedelta(hours=1)), at)
    ahead = sum(known[3:6], Decimal(0)) / 3
    assert ahead < Decimal("1.1")
    assert grant_seasonal_limits(at=at + timedelta(hours=2)) == 0
    assert not TemporaryLimit.objects.exists()


def test_who_is_late_gets_none(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    late = lives.close_until(date(2026, 4, 3))
    season_of_spring(late)
    assert grant_seasonal_limits(at=late) == 0
    assert not TemporaryLimit.objects.exists()


def test_others_and_nobody(line: CreditLine, at: datetime, other_tenant: Tenant) -> None:
    with tenant_scope(other_tenant.id):
        assert grant_seasonal_limits(at=at + timedelta(hours=2)) == 0
    assert not TemporaryLimit.objects.exists()
    with no_scope(), pytest.raises(NoScope):
        grant_seasonal_limits(at=at)
