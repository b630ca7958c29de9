"""The months of merchants: what is computed step by step is what comes of it all at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.models import FeatureMark, MonthlyAgg
from risk.operations.months import rebuild_months, refresh_months
from risk.queries.facts import trade_facts
from tenants.models import Merchant
from tests.risk.cast import new_tenant, place_order

NIGHT = clock.moment_on(date(2026, 5, 21))
FIGURES = (
    "merchant_id", "month", "net_minor", "returned_minor", "placed_count", "returned_count",
    "first_on", "last_on", "next_at", "newest_known_at",
)  # fmt: skip


def months() -> list[tuple[Any, ...]]:
    return list(MonthlyAgg.objects.order_by("merchant_id", "month").values_list(*FIGURES))


def of(merchant: Merchant, month: date) -> tuple[Any, ...]:
    row = MonthlyAgg.objects.get(merchant=merchant, month=month)
    return (row.net_minor, row.returned_minor, row.placed_count, row.returned_count)


def all_seen() -> None:
    """From now on as if hours had passed: what is written so far is not looked at again."""
    FeatureMark.objects.update(seen_until=clock.now() + timedelta(hours=6))


def from_scratch(until: datetime) -> list[tuple[Any, ...]]:
    """What computing everything anew would give; nothing moves."""
    with transaction.atomic():
        rebuild_months(known_until=until)
        found = months()
        transaction.set_rollback(True)
    return found


def test_a_month_is_summed_and_a_second_run_changes_nothing(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 3), 1_000)
    place_order(merchant, date(2026, 4, 9), 2_000)
    place_order(merchant, date(2026, 4, 20), 500, status="returned")
    place_order(merchant, date(2026, 4, 25), 700, status="canceled")
    place_order(merchant, date(2026, 5, 1), 40)
    assert refresh_months(known_until=NIGHT) == 2
    april = MonthlyAgg.objects.get(month=date(2026, 4, 1))
    assert of(merchant, april.month) == (3_000, 500, 2, 1)
    assert (april.first_on, april.last_on, april.known_until, april.next_at) == (
        date(2026, 4, 3), date(2026, 4, 20), NIGHT, None,
    )  # fmt: skip
    assert of(merchant, date(2026, 5, 1)) == (40, 0, 1, 0)
    before = months()
    refresh_months(known_until=NIGHT)
    assert months() == before


def test_only_what_was_touched_is_computed_anew(merchant: Merchant) -> None:
    for month in (1, 2, 3):
        place_order(merchant, date(2026, month, 10), 1_000 * month)
    assert refresh_months(known_until=NIGHT) == 3
    all_seen()
    assert refresh_months(known_until=NIGHT + timedelta(days=1)) == 0
    all_seen()
    place_order(merchant, date(2026, 2, 11), 7)
    assert refresh_months(known_until=NIGHT + timedelta(days=2)) == 1
    assert of(merchant, date(2026, 2, 1)) == (2_007, 0, 2, 0)
    assert [row.known_until for row in MonthlyAgg.objects.order_by("month")] == [
        NIGHT, NIGHT + timedelta(days=2), NIGHT,
    ]  # fmt: skip


def test_a_moment_before_the_last_one_changes_nothing(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 3), 1_000)
    refresh_months(known_until=NIGHT)
    before = months()
    place_order(merchant, date(2026, 4, 4), 1_000)
    assert refresh_months(known_until=NIGHT - timedelta(days=1)) == 0
    assert months() == before


def test_three_revisions_of_one_order(merchant: Merchant) -> None:
    """Each counts from the moment it is known; the last of them counts alone."""
    day = date(2026, 4, 3)
    place_order(merchant, day, 1_000, order_no="A")
    known = clock.moment_on(date(2026, 5, 2), 9)
    place_order(merchant, day, 3_000, order_no="A", revision=2, known_at=known)
    again = clock.moment_on(date(2026, 5, 4), 9)
    place_order(merchant, day, 2_000, order_no="A", revision=3, known_at=again)
    found = []
    for on in (1, 2, 3, 4, 5):
        refresh_months(known_until=clock.moment_on(date(2026, 5, on)))
        all_seen()  # no new row: what is known later comes up by itself
        found.append(of(merchant, day.replace(day=1)))
    assert found == [
        (1_000, 0, 1, 0), (1_000, 0, 1, 0), (3_000, 0, 1, 0), (3_000, 0, 1, 0), (2_000, 0, 1, 0),
    ]  # fmt: skip
    assert MonthlyAgg.objects.get().next_at is None


def test_a_correction_may_move_an_order_to_another_month_and_merchant(merchant: Merchant) -> None:
    other = Merchant.objects.create(external_id="M-2", name="示例二")
    place_order(merchant, date(2026, 4, 3), 1_000, order_no="A")
    refresh_months(known_until=NIGHT)
    all_seen()
    place_order(other, date(2026, 3, 3), 900, order_no="A", revision=2)
    assert refresh_months(known_until=NIGHT) == 2
    assert of(merchant, date(2026, 4, 1)) == (0, 0, 0, 0)
    assert of(other, date(2026, 3, 1)) == (900, 0, 1, 0)


def test_a_late_row_with_an_old_clock_is_not_overlooked(merchant: Merchant) -> None:
    """Written after the run, known long before it: no watermark of moments would see it."""
    place_order(merchant, date(2026, 4, 3), 1_000)
    refresh_months(known_until=NIGHT)
    all_seen()
    place_order(merchant, date(2026, 1, 3), 70, known_at=clock.moment_on(date(2026, 1, 4)))
    assert refresh_months(known_until=NIGHT) == 1
    assert of(merchant, date(2026, 1, 1)) == (70, 0, 1, 0)


def test_a_row_of_an_import_that_was_still_open_is_seen_by_the_next_run(
    merchant: Merchant,
) -> None:
    row = place_order(merchant, date(2026, 4, 3), 1_000)
    refresh_months(known_until=NIGHT)
    MonthlyAgg.objects.all().delete()  # as if it had not been visible then
    FeatureMark.objects.update(seen_until=clock.now() + timedelta(hours=5, minutes=50))
    refresh_months(known_until=NIGHT)
    assert of(merchant, row.ordered_on.replace(day=1)) == (1_000, 0, 1, 0)


def test_the_newest_order_known_is_kept(merchant: Merchant) -> None:
    refresh_months(known_until=NIGHT)
    assert FeatureMark.objects.get().orders_known_at is None
    place_order(merchant, date(2026, 4, 3), 1_000)
    last = place_order(merchant, date(2026, 5, 3), 1_000)
    place_order(merchant, date(2026, 5, 25), 1_000)  # not known yet
    refresh_months(known_until=NIGHT)
    assert FeatureMark.objects.get().orders_known_at == last.known_at
    all_seen()
    refresh_months(known_until=NIGHT + timedelta(days=1))
    assert FeatureMark.objects.get().orders_known_at == last.known_at


ROWS = st.tuples(
    st.integers(0, 2),  # merchant
    st.integers(0, 3),  # order number
    st.integers(0, 80),  # day of the order
    st.integers(-2, 30),  # days until it is known
    st.integers(-1, 3),  # days until it happens
    st.sampled_from(["placed", "returned", "canceled"]),
    st.integers(0, 5_000),
)
START = date(2026, 2, 20)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(ROWS, max_size=5), min_size=1, max_size=5))
def test_step_by_step_is_all_at_once(tenant_id: str, batches: list[list[tuple[Any, ...]]]) -> None:
    """Whatever comes in, corrected, returned or late, on either clock: the months are the same."""
    with transaction.atomic():
        firms = [Merchant.objects.create(external_id=f"H-{n}", name="示例") for n in range(3)]
        revisions: dict[int, int] = {}
        for night, batch in enumerate(batches):
            for firm, number, day, lag, due, status, amount in batch:
                revisions[number] = revisions.get(number, 0) + 1
                on = START + timedelta(days=day)
                place_order(
                    firms[firm], on, amount, order_no=f"H-{number}", revision=revisions[number],
                    known_at=clock.moment_on(on + timedelta(days=lag), 3), status=status,
                    event_at=clock.moment_on(on + timedelta(days=due), 12),
                )  # fmt: skip
            until = clock.moment_on(START + timedelta(days=20 * (night + 1)))
            refresh_months(known_until=until)
            assert months() == from_scratch(until)
            all_seen()
        later = until + timedelta(days=7)
        refresh_months(known_until=later)
        assert months() == from_scratch(later)
        assert_facts_agree(firms, later)
        transaction.set_rollback(True)


def assert_facts_agree(firms: list[Merchant], as_of: datetime) -> None:
    """The months say what the facts of a decision say."""
    facts = trade_facts(merchant_ids=[firm.id for firm in firms], as_of=as_of)
    month = clock.day_of(as_of).replace(day=1)
    for firm in firms:
        rows = {row.month: row for row in MonthlyAgg.objects.filter(merchant=firm)}
        expected = []
        for back in range(12, 0, -1):
            year, number = divmod(month.year * 12 + month.month - 1 - back, 12)
            row = rows.get(date(year, number + 1, 1))
            expected.append(0 if row is None else row.net_minor)
        assert facts[firm.id].monthly_net_minor == tuple(expected)


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_run_costs_the_same_for_any_number_of_orders(
    merchant: Merchant, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(item_count):
        place_order(merchant, date(2026, 1 + number, 3), 1_000)
    with django_assert_num_queries(6):
        refresh_months(known_until=NIGHT)


def test_other_platforms_are_not_touched(merchant: Merchant) -> None:
    place_order(merchant, date(2026, 4, 3), 1_000)
    refresh_months(known_until=NIGHT)
    with tenant_scope(new_tenant("other-test")):
        assert refresh_months(known_until=NIGHT) == 0
        assert MonthlyAgg.objects.count() == 0
    with no_scope(), pytest.raises(NoScope):
        refresh_months(known_until=NIGHT)


def test_a_month_that_is_none_is_refused(merchant: Merchant) -> None:
    row: dict[str, Any] = {
        "merchant": merchant, "known_until": NIGHT, "net_minor": 0, "returned_minor": 0,
        "placed_count": 0, "returned_count": 0,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyAgg.objects.create(month=date(2026, 4, 2), **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyAgg.objects.create(month=date(2026, 4, 1), **row | {"net_minor": -1})
    assert MonthlyAgg.objects.count() == 0


@pytest.fixture
def crowded(transactional_db: None) -> Iterator[str]:
    found = new_tenant("crowd-test")
    with tenant_scope(found):
        yield found


def test_two_runs_at_once_wait_for_each_other(crowded: str) -> None:
    firm = Merchant.objects.create(external_id="M-1", name="示例")
    place_order(firm, date(2026, 4, 3), 1_000)

    def run(_: int) -> int:
        with tenant_scope(crowded):
            found = refresh_months(known_until=NIGHT)
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [1, 1, 1, 1]
    assert of(firm, date(2026, 4, 1)) == (1_000, 0, 1, 0)
    assert FeatureMark.objects.count() == 1
