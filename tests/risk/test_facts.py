"""Trade facts: two clocks, revisions, months of Shanghai, other people's orders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import clock, ids
from platform_app.kernel.tenancy import tenant_scope
from risk.queries.facts import prescreen_candidates, trade_facts
from risk.values import TradeFacts
from tenants.enums import OrderStatus
from tenants.models import Merchant
from tests.risk.cast import NOW, monthly_orders, new_tenant, place_order


def facts_of(merchant: Merchant, as_of: datetime = NOW) -> TradeFacts:
    return trade_facts(merchant_ids=[merchant.id], as_of=as_of)[merchant.id]


def test_a_steady_year(merchant: Merchant) -> None:
    monthly_orders(merchant, 1_000_000)
    assert facts_of(merchant) == TradeFacts(
        net_gmv_l3_minor=5_000_000,  # 20 March to 5 May; 20 February lies outside
        net_gmv_l12_minor=23_000_000,  # 5 and 20 May 2025 lie outside
        monthly_net_minor=(2_000_000,) * 12,
        active_months_count=12,
        order_count_l12=23,
        order_count_total=25,
        tenure_days=380,
        recency_days=15,
        return_rate=Decimal("0.0000"),
        gmv_cv=Decimal("0.0000"),
        median_order_minor=1_000_000,
    )


def test_no_orders_is_all_zero_and_unknown(merchant: Merchant) -> None:
    stranger = ids.new_id("mch")
    assert trade_facts(merchant_ids=[merchant.id, stranger], as_of=NOW) == {
        merchant.id: TradeFacts.none(),
        stranger: TradeFacts.none(),
    }
    assert trade_facts(merchant_ids=[], as_of=NOW) == {}


def test_none_asks_for_every_merchant(merchant: Merchant) -> None:
    idle = Merchant.objects.create(external_id="M-2", name="示例宠物店")
    place_order(merchant, date(2026, 4, 1), 100)
    found = trade_facts(merchant_ids=None, as_of=NOW)
    assert set(found) == {merchant.id, idle.id}
    assert found[merchant.id].order_count_total == 1
    assert found[idle.id] == TradeFacts.none()


def test_returns_count_as_orders_but_not_as_turnover(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 1), 70_000)
    returned = place_order(merchant, date(2026, 4, 2), 30_000)
    revise(returned, date(2026, 4, 9), status=OrderStatus.RETURNED)
    canceled = place_order(merchant, date(2026, 5, 10), 90_000)
    revise(canceled, date(2026, 5, 11), status=OrderStatus.CANCELED)
    found = facts_of(merchant)
    assert found.net_gmv_l12_minor == 70_000
    assert found.monthly_net_minor == (0,) * 11 + (70_000,)
    assert found.return_rate == Decimal("0.3000")
    assert (found.order_count_total, found.recency_days) == (2, 48)
    assert found.median_order_minor == 70_000
    before = facts_of(merchant, clock.moment_on(date(2026, 4, 9), 12))
    assert (before.net_gmv_l12_minor, before.return_rate) == (100_000, Decimal("0.0000"))


def test_everything_returned_leaves_a_rate_of_one(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 2), 30_000, status=OrderStatus.RETURNED)
    found = facts_of(merchant)
    assert found.return_rate == Decimal("1.0000")
    assert (found.net_gmv_l12_minor, found.gmv_cv, found.median_order_minor) == (0, None, 0)


def revise(order: Any, day: date, **changes: Any) -> None:
    at = clock.moment_on(day, 12)
    row = {
        "order_no": order.order_no,
        "revision": order.revision + 1,
        "event_at": at,
        "known_at": at + timedelta(hours=1),
    }
    merchant = changes.pop("merchant", order.merchant)
    amount = changes.pop("amount_minor", order.amount_minor)
    place_order(merchant, order.ordered_on, amount, **row | changes)


def test_only_what_had_happened_and_was_known_before(merchant: Merchant) -> None:
    moment = clock.moment_on(date(2026, 4, 10), 12)
    late = moment + timedelta(days=20)
    place_order(merchant, date(2026, 4, 1), 1, known_at=late)
    place_order(merchant, date(2026, 4, 1), 10, event_at=moment, known_at=moment)
    place_order(
        merchant,
        date(2026, 4, 1),
        100,
        event_at=moment - timedelta(microseconds=1),
        known_at=moment,
    )
    place_order(merchant, date(2026, 4, 1), 1000, known_at=moment - timedelta(microseconds=1))
    assert facts_of(merchant, moment).net_gmv_l12_minor == 1000
    assert facts_of(merchant, moment + timedelta(microseconds=1)).net_gmv_l12_minor == 1110
    assert facts_of(merchant, late + timedelta(microseconds=1)).net_gmv_l12_minor == 1111


def test_of_three_revisions_the_latest_known_counts(merchant: Merchant) -> None:
    first = place_order(merchant, date(2026, 3, 1), 100)
    for number, (day, amount) in enumerate([(5, 200), (25, 300)], start=2):
        at = clock.moment_on(date(2026, 3, day), 12)
        place_order(
            merchant, date(2026, 3, 1), amount,
            order_no=first.order_no, revision=number, known_at=at,
        )  # fmt: skip
    seen = [
        facts_of(merchant, clock.moment_on(date(2026, 3, day))).net_gmv_l12_minor
        for day in (1, 2, 6, 26)
    ]
    assert seen == [0, 100, 200, 300]
    assert facts_of(merchant).order_count_total == 1


def test_an_order_moved_to_another_merchant_leaves_the_first(merchant: Merchant) -> None:
    other = Merchant.objects.create(external_id="M-2", name="示例宠物店")
    order = place_order(merchant, date(2026, 4, 1), 500)
    revise(order, date(2026, 4, 5), merchant=other)
    assert facts_of(merchant) == TradeFacts.none()
    assert facts_of(other).net_gmv_l12_minor == 500


def test_the_day_and_the_month_turn_in_shanghai(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 30), 100)
    april = datetime(2026, 4, 30, 15, 59, 59, tzinfo=UTC)
    assert facts_of(merchant, april).monthly_net_minor[-1] == 0
    assert facts_of(merchant, april).recency_days == 0
    may = april + timedelta(seconds=1)
    assert facts_of(merchant, may).monthly_net_minor[-1] == 100
    assert facts_of(merchant, may).recency_days == 1


def test_windows_on_the_last_day_of_february(merchant: Merchant) -> None:
    leap = clock.moment_on(date(2028, 2, 29), 23)
    place_order(merchant, date(2027, 2, 28), 1)
    place_order(merchant, date(2027, 3, 1), 10)
    place_order(merchant, date(2027, 11, 29), 100)
    place_order(merchant, date(2027, 11, 30), 1000)
    found = facts_of(merchant, leap)
    assert found.net_gmv_l12_minor == 1110
    assert found.net_gmv_l3_minor == 1000
    assert found.monthly_net_minor == (1, 10, 0, 0, 0, 0, 0, 0, 0, 1100, 0, 0)


def test_uneven_months_have_a_high_variation(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 1), 1200)
    assert facts_of(merchant).gmv_cv == Decimal("3.3166")  # the root of eleven


def test_a_second_platforms_orders_stay_unseen(merchant: Merchant, tenant_id: str) -> None:
    with tenant_scope(new_tenant("other-test")):
        theirs = Merchant.objects.create(external_id="M-1", name="别家")
        monthly_orders(theirs, 1_000_000)
        assert prescreen_candidates(
            as_of=NOW, min_order_count=1, min_tenure_days=0, max_recency_days=999
        ) == [theirs.id]
    with tenant_scope(tenant_id):
        assert facts_of(theirs) == TradeFacts.none()
        assert trade_facts(merchant_ids=None, as_of=NOW) == {merchant.id: TradeFacts.none()}


@pytest.mark.parametrize("merchant_count", [1, 3])
def test_one_statement_for_any_number(merchant: Merchant, merchant_count: int) -> None:
    wanted = [merchant.id] + [
        Merchant.objects.create(external_id=f"N-{n}", name="示例").id
        for n in range(1, merchant_count)
    ]
    with CaptureQueriesContext(connection) as queries:
        found = trade_facts(merchant_ids=wanted, as_of=NOW)
    assert (len(found), len(queries)) == (merchant_count, 1)


def test_candidates_pass_all_three_doors(merchant: Merchant) -> None:
    doors = {"min_order_count": 3, "min_tenure_days": 60, "max_recency_days": 30}
    for day in (date(2026, 3, 21), date(2026, 4, 1), date(2026, 4, 20)):
        place_order(merchant, day, 100)
    few = Merchant.objects.create(external_id="M-2", name="两单")
    place_order(few, date(2026, 1, 1), 100)
    place_order(few, date(2026, 5, 1), 100)
    young = Merchant.objects.create(external_id="M-3", name="新客")
    silent = Merchant.objects.create(external_id="M-4", name="沉默")
    for number in (22, 23, 24):
        place_order(young, date(2026, 3, number), 100)
        place_order(young, date(2026, 5, number - 10), 100)
        place_order(silent, date(2026, 3, number - 10), 100)
    assert prescreen_candidates(as_of=NOW, **doors) == [merchant.id]
    assert prescreen_candidates(as_of=NOW + timedelta(days=1), **doors) == [young.id]
    assert set(prescreen_candidates(as_of=NOW, **doors | {"max_recency_days": 99})) == {
        merchant.id,
        silent.id,
    }
