"""The first page, and the list behind every figure on it."""

from datetime import date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from analytics.domain.metrics import METRICS
from analytics.interfaces.console.tiles import spark, tile
from analytics.values import Figure
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.analytics import desk
from tests.credit import lives


def test_a_tile_writes_its_figure_and_the_change() -> None:
    found = tile(METRICS["outstanding"], Figure(value=120_000, before=100_000), "/x")
    assert (found.unit + found.text, found.change, found.tone) == ("¥1,200.00", "+20.0%", "good")

    worse = tile(METRICS["overdue_share"], Figure(value=0.05, before=0.02), "/x")
    assert (worse.text, worse.direction, worse.tone) == ("5.0%", "up", "bad")

    none = tile(METRICS["approval_rate"], Figure(value=None, before=0.5), "/x")
    assert (none.text, none.direction, none.tone) == ("—", "flat", "")


def test_a_sparkline_stands_on_zero_and_skips_what_is_unknown() -> None:
    assert spark((0, None, 10)) == [(3.0, 25.0), (117.0, 3.0)]
    assert spark((5,)) == []
    assert spark((0, 0)) == []


@pytest.mark.django_db
def test_every_figure_opens_a_list_of_as_many_rows(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-0", name="示例店", actor=lives.ACTOR, at=at)
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        lives.drawn(line, 100_000, "PO-1", at)
    client = desk.at_the_desk("owner", tenant, at)

    tiles = {one.metric.key: one for one in client.get("/console/").context["tiles"]}

    assert client.get(tiles["pool"].url).context["total"] == int(tiles["pool"].text) == 2
    listed = client.get(tiles["applications"].url).context["page"].total
    assert listed == int(tiles["applications"].text) == 1
    assert client.get(tiles["first_use_rate"].url).context["page"].total == 1
    [(row, *_)] = client.get(tiles["outstanding"].url).context["rows"]
    assert (row.outstanding_principal_minor, tiles["outstanding"].text) == (100_000, "1,000.00")
    assert client.get(tiles["overdue_share"].url).context["rows"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_merchants(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(tenant.id):
        for number in range(item_count):
            line = lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
            lives.drawn(line, 100_000, f"PO-{number}", at)
    client = desk.at_the_desk("viewer", tenant, at)

    with django_assert_num_queries(11):
        page = client.get("/console/")
    with django_assert_num_queries(5):
        listed = client.get("/console/funnel?stage=first_use")

    assert page.context["stages"][5].count == item_count
    assert len(listed.context["rows"]) == item_count


@pytest.mark.django_db
def test_the_cohort_travels_from_the_funnel_into_its_lists(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-0", name="示例店", actor=lives.ACTOR, at=at)
    client = desk.at_the_desk("viewer", tenant, at)

    before = client.get("/console/?entered_to=2026-03-01")
    assert before.context["stages"][0].count == 0
    assert before.context["cohort_query"] == f"entered_to={date(2026, 3, 1)}"
    assert client.get("/console/funnel?stage=pooled&entered_to=2026-03-01").context["rows"] == []


@pytest.mark.django_db
def test_a_filter_that_cannot_be_read_filters_nothing(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("viewer", tenant, at)

    page = client.get("/console/?days=many&entered_from=yesterday")
    assert (page.status_code, page.context["days"]) == (200, 30)
    assert client.get("/console/funnel?stage=nonsense&after=nonsense").status_code == 200


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login_and_developers_see_no_merchants(
    tenant: Tenant, at: datetime
) -> None:
    assert Client().get("/console/").headers["Location"] == "/console/login?next=%2Fconsole%2F"
    developer = desk.at_the_desk("developer", tenant, at)
    assert developer.get("/console/funnel").status_code == 403
    assert b"/console/funnel?stage" not in developer.get("/console/").content
