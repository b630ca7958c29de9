"""The calendar's page: its marks, its sources, and only the platform's own installments."""

from datetime import date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.interfaces.console.calendar import Cell
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import browser, callers
from tests.credit import lives

pytestmark = pytest.mark.django_db
PAGE = "/console/calendar"


def cells(page: object) -> dict[date, Cell]:
    months = page.context["months"]  # type: ignore[attr-defined]
    return {cell.on: cell for month in months for week in month.weeks for cell in week if cell}


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    tenant: Tenant, at: datetime, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenant_scope(tenant.id):
        for number in range(item_count):
            line = lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
            lives.drawn(line, 100_000, f"PO-{number}", at, "equal_3")
    client = desk.at_the_desk("viewer", tenant, at)

    with django_assert_num_queries(7):
        page = client.get(PAGE)

    assert len(page.context["shifted"]) == item_count
    (row, because) = page.context["shifted"][0]
    assert (row.seq, row.seed_due_on, row.due_on) == (2, date(2026, 5, 2), date(2026, 5, 6))
    assert because != ""
    assert cells(page)[date(2026, 5, 6)].due_count == item_count


def test_each_day_has_its_mark(tenant: Tenant, at: datetime) -> None:
    found = cells(desk.at_the_desk("owner", tenant, at).get(PAGE))
    assert len(found) == 365
    assert {day.isoformat(): found[day].marks for day in (
        date(2026, 1, 1), date(2026, 1, 4), date(2026, 2, 14), date(2026, 3, 2), date(2026, 3, 7),
        date(2026, 3, 9), date(2026, 10, 7),
    )} == {
        "2026-01-01": "holiday", "2026-01-04": "make-up", "2026-02-14": "make-up",
        "2026-03-02": "today", "2026-03-07": "off", "2026-03-09": "", "2026-10-07": "holiday",
    }  # fmt: skip


def test_a_year_that_is_only_projected_says_so(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    page = client.get(PAGE, {"year": "2027"})
    assert page.context["is_projected"] is True
    assert cells(page)[date(2027, 2, 5)].marks == "holiday projected"
    assert cells(page)[date(2027, 2, 6)].marks == "holiday projected"
    assert page.context["shifted"] == []
    assert [count for _no, _source, count in page.context["sources"]] == [365]
    assert client.get(PAGE).context["is_projected"] is False
    assert client.get(PAGE).context["sources"][0][0] == "国办发明电〔2025〕7号"
    for asked, shown in (("1999", 2004), ("9999", 2030), ("x", 2026), ("²", 2026), ("", 2026)):
        assert client.get(PAGE, {"year": asked}).context["year"] == shown


def test_another_platforms_installments_are_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        lives.drawn(line, 100_000, "PO-1", at, "equal_3")
    ours = callers(tenant, other_tenant, at)
    assert ours.statuses(PAGE) == (302, 200, 200)
    assert ours.owner.get(PAGE).context["shifted"] == []
    assert len(ours.neighbor.get(PAGE).context["shifted"]) == 1
    assert cells(ours.owner.get(PAGE))[date(2026, 5, 6)].due_count == 0


def test_a_role_without_business_there_is_turned_away(tenant: Tenant, at: datetime) -> None:
    with clock.travel(at):
        for role, status in (("developer", 403), ("operator", 200), ("finance", 200)):
            assert desk.at_the_desk(role, tenant, at).get(PAGE).status_code == status
    assert browser(None).get(PAGE).status_code == 302
