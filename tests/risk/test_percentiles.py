"""Percentiles of size: where a merchant lies in its category, as it was known at a moment."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.canonical import sha256
from risk.models import Decision, PercentileTable
from risk.operations.decisions import replay
from risk.operations.months import refresh_months
from risk.operations.percentiles import build_percentiles
from risk.queries.percentiles import percentiles_of, size_percentiles
from tenants.models import Merchant
from tests.risk.cast import ask, monthly_orders, new_tenant, place_order

NIGHT = clock.moment_on(date(2026, 5, 20))
AS_OF = NIGHT + timedelta(hours=10)
L3, L12, MEAN = "net_gmv_l3_percentile", "net_gmv_l12_percentile", "mean_order_percentile"


def firm(number: int, *amounts: int, category: str = "", on: date = date(2026, 4, 3)) -> Merchant:
    found: Merchant = Merchant.objects.create(
        external_id=f"P-{number}", name="示例", category=category
    )
    for amount in amounts:
        place_order(found, on, amount)
    return found


def night(known_until: datetime = NIGHT) -> int:
    refresh_months(known_until=known_until)
    return build_percentiles(known_until=known_until)


def share(merchant: Merchant, feature: str = L12, as_of: datetime = AS_OF) -> Any:
    found = percentiles_of([merchant.id], as_of, features=[feature])
    return found.get(merchant.id, {}).get(feature)


def by_hand(values: list[int], value: int) -> Decimal:
    """Those below, and half of the equals."""
    ordered = sorted(values)
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    exact = Decimal(below + upto) / (2 * len(values))
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_equals_are_at_their_middle(tenant_id: str) -> None:
    firms = [firm(n, 100 * (n // 2 + 1)) for n in range(20)]  # ten pairs
    assert night() == 3
    assert [share(one) for one in firms[:4]] == [
        Decimal("0.0500"), Decimal("0.0500"), Decimal("0.1500"), Decimal("0.1500"),
    ]  # fmt: skip
    assert share(firms[19]) == Decimal("0.9500")


def test_three_months_and_the_size_of_orders_have_tables_of_their_own(tenant_id: str) -> None:
    firms = [firm(n, 1_000) for n in range(20)]
    old = firm(20, 3_000, 9_000, on=date(2025, 8, 1))
    assert night() == 3
    assert share(old) == Decimal("0.9762")  # the largest of 21: 20.5 / 21
    assert share(old, L3) == Decimal("0.0238")
    assert share(old, MEAN) == Decimal("0.9762")
    assert share(firms[0]) == Decimal("0.4762")
    assert size_percentiles([old.id], AS_OF) == {
        old.id: {L3: Decimal("0.0238"), L12: Decimal("0.9762")}
    }


def test_a_category_of_twenty_is_compared_within_itself(tenant_id: str) -> None:
    cloth = [firm(n, 100 + n, category="cloth") for n in range(20)]
    silk = [firm(20 + n, 10 + n, category="silk") for n in range(19)]
    assert night() == 6
    assert set(PercentileTable.objects.values_list("category", "merchant_count")) == {
        ("cloth", 20), ("", 39),
    }  # fmt: skip
    assert share(cloth[0]) == Decimal("0.0250")
    assert share(silk[18]) == by_hand([*range(100, 120), *range(10, 29)], 28)


def test_under_twenty_merchants_there_is_nothing_to_compare(tenant_id: str) -> None:
    firms = [firm(n, 100) for n in range(19)]
    firm(19)
    assert night() == 0
    assert share(firms[0]) is None
    assert size_percentiles([firms[0].id], AS_OF) == {}


def test_without_a_known_order_it_is_unknown_and_without_turnover_it_is_zero(
    tenant_id: str,
) -> None:
    for n in range(20):
        firm(n, 100)
    silent, new = firm(20), firm(21, 10**9, on=date(2026, 5, 19))
    returned = firm(22)
    place_order(returned, date(2026, 4, 3), 10**9, status="returned")
    night()
    assert share(silent) is None
    assert share(new) == by_hand([0] + [100] * 20, 0)  # nothing yet in a complete month
    assert share(returned) == by_hand([0] + [100] * 20, 0)
    assert share(returned, MEAN) is None


def test_below_all_of_them_is_zero_and_above_all_is_one(tenant_id: str) -> None:
    for n in range(20):
        firm(n, 100)
    night()
    low, high = firm(20, 99), firm(21, 101)  # not known to the table of the night
    assert share(low) == 0
    assert share(high) == 1


def test_what_is_known_later_does_not_leak(tenant_id: str) -> None:
    """An amount overwritten afterwards would tell a winner; as of the night nobody sees it."""
    firms = [firm(n, 100 + n) for n in range(20)]
    place_order(firms[0], date(2026, 4, 4), 1, order_no="X")
    night()
    before = [share(one) for one in firms]
    told_at = clock.moment_on(date(2026, 5, 22))
    place_order(firms[0], date(2026, 4, 4), 10**9, order_no="X", revision=2, known_at=told_at)
    night(clock.moment_on(date(2026, 5, 23)))
    assert [share(one) for one in firms] == before
    assert share(firms[0], as_of=clock.moment_on(date(2026, 5, 23))) == Decimal("0.9750")


def test_the_night_used_is_the_last_before_the_moment(tenant_id: str) -> None:
    firms = [firm(n, 100 + n) for n in range(20)]
    night()
    assert share(firms[0], as_of=NIGHT - timedelta(seconds=1)) is None
    assert share(firms[0], as_of=NIGHT) == Decimal("0.0250")
    assert share(firms[0], as_of=NIGHT + timedelta(days=35)) is None


def test_the_first_run_of_a_night_stands_and_months_must_be_of_that_night(tenant_id: str) -> None:
    for n in range(20):
        firm(n, 100 + n)
    assert build_percentiles(known_until=NIGHT) == 0
    assert night() == 3
    before = list(PercentileTable.objects.order_by("id").values())
    firm(20, 10**6)
    assert night() == 0
    assert list(PercentileTable.objects.order_by("id").values()) == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.integers(1, 60), min_size=20, max_size=40))
def test_up_to_a_hundred_merchants_are_ranked_exactly(tenant_id: str, values: list[int]) -> None:
    with transaction.atomic():
        firms = [firm(n, value) for n, value in enumerate(values)]
        night()
        found = percentiles_of([one.id for one in firms], AS_OF, features=[L12])
        assert [found[one.id][L12] for one in firms] == [by_hand(values, one) for one in values]
        transaction.set_rollback(True)


def test_of_many_a_hundredth_is_kept_and_nobody_is_further_off_than_that(tenant_id: str) -> None:
    firms = [firm(n, 7 * n * n + 1) for n in range(230)]
    values = [7 * n * n + 1 for n in range(230)]
    night()
    table = PercentileTable.objects.get(feature=L12)
    assert (table.merchant_count, len(table.edges)) == (230, 101)
    found = percentiles_of([one.id for one in firms], AS_OF, features=[L12])
    shares = [found[one.id][L12] for one in firms]
    assert shares == sorted(shares)  # type: ignore[type-var]
    off = [
        abs(Decimal(str(mine)) - by_hand(values, value))
        for mine, value in zip(shares, values, strict=True)
    ]
    assert max(off) <= Decimal("0.01")


def test_a_decision_keeps_them_and_replays_when_the_tables_are_gone(tenant_id: str) -> None:
    firms = [firm(n, 100 + n) for n in range(20)]
    night()
    decision = ask(firms[0].id, as_of=AS_OF, decided_at=AS_OF)
    assert decision.facts["more"] == {L3: "0.0250", L12: "0.0250"}
    PercentileTable.objects.all().delete()
    assert replay(decision.id) is True
    assert "more" not in ask(firms[1].id, as_of=AS_OF, decided_at=AS_OF).facts


def test_a_decision_from_before_there_were_sets_replays(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    made = ask(merchant.id)
    row = {field.attname: getattr(made, field.attname) for field in Decision._meta.fields}
    facts = {name: row["facts"][name] for name in ("trade", "repayment")}
    old = Decision.objects.create(
        **row | {"id": ids.new_id("dec"), "facts": facts, "facts_sha256": sha256(facts)}
    )
    assert replay(old.id) is True
    assert replay(made.id) is True


@pytest.mark.parametrize("item_count", [1, 3])
def test_one_statement_whoever_is_asked_about(
    tenant_id: str, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firms = [firm(n, 100 + n) for n in range(20)]
    night()
    with django_assert_num_queries(1):
        found = size_percentiles([one.id for one in firms[:item_count]], AS_OF)
    assert len(found) == item_count


def test_other_platforms_are_not_compared(tenant_id: str) -> None:
    firms = [firm(n, 100 + n) for n in range(20)]
    night()
    with tenant_scope(new_tenant("other-test")):
        assert night() == 0
        assert size_percentiles([firms[0].id], AS_OF) == {}
    with no_scope(), pytest.raises(NoScope):
        size_percentiles([firms[0].id], AS_OF)
