"""Credit's pages: who may see them, that lists cost the same for any length, what they show."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.domain.allocation import STANDARD_RULES
from credit.interfaces.console.product_words import CREDITS
from credit.models import CreditLine
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.analytics import desk
from tests.credit import lives

pytestmark = pytest.mark.django_db
ROWS = {
    "merchants": lambda page: page.context["rows"],
    "applications": lambda page: page.context["page"].rows,
    "lines": lambda page: page.context["page"].rows,
    "drawdowns": lambda page: page.context["rows"],
}
COSTS = {"merchants": 9, "applications": 5, "lines": 6, "drawdowns": 6}


def some_lines(tenant: Tenant, at: datetime, count: int) -> list[CreditLine]:
    with tenant_scope(tenant.id):
        lines = [
            lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
            for number in range(count)
        ]
        for number, line in enumerate(lines):
            lives.drawn(line, 100_000, f"PO-{number}", at)
        return lines


@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_costs_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    name: str,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    some_lines(tenant, at, item_count)
    client = desk.at_the_desk("viewer", tenant, at)

    with django_assert_num_queries(COSTS[name]):
        page = client.get(f"/console/{name}")

    assert len(ROWS[name](page)) == item_count


@pytest.mark.parametrize("name", list(ROWS))
def test_another_platforms_rows_are_in_no_list(
    tenant: Tenant, other_tenant: Tenant, at: datetime, name: str
) -> None:
    some_lines(other_tenant, at, 1)

    page = desk.at_the_desk("owner", tenant, at).get(f"/console/{name}")

    assert list(ROWS[name](page)) == []


def test_another_platforms_merchant_and_drawdown_are_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    [line] = some_lines(other_tenant, at, 1)
    with tenant_scope(other_tenant.id):
        drawdown = lives.authorized(line, 50_000, "PO-9", at)
    client = desk.at_the_desk("owner", tenant, at)

    for page in (f"/console/merchants/{line.merchant_id}", f"/console/drawdowns/{drawdown.id}"):
        assert client.get(page).status_code == 404
        answer = Client().get(page)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/console/login?next=")
    assert client.get("/console/merchants/mch_malformed").status_code == 404
    assert client.get("/console/drawdowns/drw_malformed").status_code == 404


@pytest.mark.parametrize(
    ("page", "readers"),
    [
        ("merchants", {"owner", "operator", "finance", "viewer"}),
        ("applications", {"owner", "operator", "finance", "viewer"}),
        ("lines", {"owner", "operator", "finance", "viewer"}),
        ("drawdowns", {"owner", "operator", "finance", "viewer"}),
        ("products", {"owner", "operator", "finance", "viewer"}),
        ("calendar", {"owner", "operator", "finance", "viewer"}),
        ("documents", {"owner", "operator", "finance"}),
        ("collections", {"owner", "operator", "finance", "viewer"}),
        ("approvals", {"owner", "operator", "finance", "viewer"}),
        ("books/days", {"owner", "finance"}),
        ("books/settlements", {"owner", "finance"}),
        ("books/reconciliation", {"owner", "finance"}),
        ("books/suspense", {"owner", "finance"}),
        ("imports", {"owner", "operator", "developer"}),
        ("webhooks", {"owner", "developer"}),
        ("", {"owner", "operator", "finance", "developer", "viewer"}),
    ],
)
def test_each_role_opens_what_its_menu_shows_and_nothing_else(
    tenant: Tenant, at: datetime, page: str, readers: set[str]
) -> None:
    for role in ("owner", "operator", "finance", "developer", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        menu = client.get("/console/").content.decode()

        assert client.get(f"/console/{page}").status_code == (200 if role in readers else 403)
        assert (f'href="/console/{page}"' in menu) == (role in readers), role


def test_staff_see_the_platform_they_chose(tenant: Tenant, at: datetime) -> None:
    [line] = some_lines(tenant, at, 1)
    staff = desk.sign_in(Client(), desk.member("staff", None, at), works_for=tenant)

    page = staff.get(f"/console/merchants/{line.merchant_id}")

    assert page.status_code == 200
    assert page.context["decisions"][0]["score"] != ""


@pytest.mark.parametrize("role", ["owner", "operator", "finance", "viewer"])
def test_a_partner_sees_outcome_limit_and_reasons_but_no_score(
    tenant: Tenant, at: datetime, role: str
) -> None:
    [line] = some_lines(tenant, at, 1)

    page = desk.at_the_desk(role, tenant, at).get(f"/console/merchants/{line.merchant_id}")

    [decision] = page.context["decisions"]
    assert decision["score"] == ""
    assert decision["row"].limit_minor == line.limit_minor
    assert decision["bound"] != ""
    assert len(decision["reasons"]) == len(decision["row"].reasons)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_merchant_page_costs_the_same_for_any_number_of_orders(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    [line] = some_lines(tenant, at, 1)
    with tenant_scope(tenant.id):
        for number in range(1, item_count):
            lives.drawn(line, 100_000, f"MORE-{number}", at)
    client = desk.at_the_desk("viewer", tenant, at)

    with django_assert_num_queries(14):
        page = client.get(f"/console/merchants/{line.merchant_id}")

    assert len(page.context["drawdowns"]) == item_count


def test_a_page_goes_on_where_the_last_one_ended(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        for number in range(27):
            upsert_merchant(external_id=f"M-{number}", name="示例店", actor=lives.ACTOR, at=at)
    client = desk.at_the_desk("viewer", tenant, at)

    first = client.get("/console/merchants").context["page"]
    second = client.get(f"/console/merchants?after={first.next_after}").context["page"]

    assert (len(first.rows), len(second.rows)) == (25, 2)
    assert (first.total, second.next_after, second.is_first) == (27, "", False)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    assert len(client.get("/console/merchants?after=nonsense").context["page"].rows) == 25


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=M-1", ["M-1"]),
        ("kyb=pooled", ["M-0"]),
        ("kyb=nonsense", ["M-2", "M-1", "M-0"]),
        ("line=none", ["M-1", "M-0"]),
        ("line=active", ["M-2"]),
        ("line=overdue", []),
        ("region=浙江", ["M-0"]),
    ],
)
def test_merchants_are_found_by_what_the_filter_says(
    tenant: Tenant, at: datetime, query: str, found: list[str]
) -> None:
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-0", name="零号店", region="浙江", actor=lives.ACTOR, at=at)
        lives.merchant_with_trade("M-1", at)
        lives.line_of(lives.merchant_with_trade("M-2", at), at)

    page = desk.at_the_desk("viewer", tenant, at).get(f"/console/merchants?{query}")

    assert [row.merchant.external_id for row in page.context["rows"]] == found


def test_an_overdue_drawdown_explains_its_figures(tenant: Tenant, at: datetime) -> None:
    [line] = some_lines(tenant, at, 1)
    with tenant_scope(tenant.id):
        later = lives.close_until(date(2026, 4, 10))
    with clock.travel(later):
        client = desk.at_the_desk("viewer", tenant, later)
        listed = client.get("/console/drawdowns?state=overdue").context["rows"]
        [(drawdown, option, is_overdue, dpd)] = listed
        page = client.get(f"/console/drawdowns/{drawdown.id}")

    assert (is_overdue, dpd) == (True, (later.date() - drawdown.oldest_unpaid_on).days)
    assert page.context["is_overdue"]
    answer, workings = page.context["answer"], page.context["workings"]
    assert sum(one.earned_minor for one in workings) == (
        answer.accrued_interest_minor + answer.accrued_penalty_minor
    )
    assert answer.payoff_minor == 100_000 + sum(one.so_far_minor for one in workings)
    assert sum(amount for _, amount in page.context["parts"]) == answer.payoff_minor
    assert [one.segment.kind for one in workings] == ["interest", "penalty"]
    penalty = page.context["rows"][0][1][3]
    assert (penalty["owed"], penalty["growing"]) == (0, workings[1].earned_minor)
    assert [one.credit for one in page.context["allocation"]] == [
        str(CREDITS[one.credit]) for one in STANDARD_RULES
    ]
    assert page.context["allocation"][0].order.count("→") == 3
    assert line.merchant_id == drawdown.merchant_id
    assert option


@pytest.mark.parametrize(
    ("state", "count"), [("outstanding", 1), ("uncaptured", 1), ("overdue", 0), ("grace", 0)]
)
def test_drawdowns_are_found_by_their_state(
    tenant: Tenant, at: datetime, state: str, count: int
) -> None:
    [line] = some_lines(tenant, at, 1)
    with tenant_scope(tenant.id):
        lives.authorized(line, 50_000, "PO-9", at)
        later = lives.close_until(clock.day_of(at) + timedelta(days=4))
    with clock.travel(later):
        page = desk.at_the_desk("viewer", tenant, later).get(f"/console/drawdowns?state={state}")

    assert len(page.context["rows"]) == count


def test_an_order_not_yet_shipped_owes_nothing(tenant: Tenant, at: datetime) -> None:
    [line] = some_lines(tenant, at, 1)
    with tenant_scope(tenant.id):
        drawdown = lives.authorized(line, 50_000, "PO-9", at)

    page = desk.at_the_desk("viewer", tenant, at).get(f"/console/drawdowns/{drawdown.id}")

    assert page.context["answer"] is None
    assert page.context["postings"] == []
    assert page.context["next_action"].code == "capture"


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_books_cost_the_same_for_any_number_of_days(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    [line] = some_lines(tenant, at, 1)
    with tenant_scope(tenant.id):
        for number in range(1, item_count):
            moment = lives.close_until(clock.day_of(at) + timedelta(days=number))
            lives.drawn(line, 100_000, f"NEXT-{number}", moment)
        lives.close_until(clock.day_of(at) + timedelta(days=item_count))
    client = desk.at_the_desk("finance", tenant, at)

    with django_assert_num_queries(7):
        days = client.get("/console/books/days").context["page"].rows
    with django_assert_num_queries(9):
        batches = client.get("/console/books/settlements")

    assert [day.status for day in days] == ["open"] + ["closed"] * item_count
    assert len(batches.context["page"].rows) == item_count
    assert batches.context["waiting_minor"] == 100_000 * item_count
