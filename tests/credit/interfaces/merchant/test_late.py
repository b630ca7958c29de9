"""What a late merchant sees and can do."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.models import Dispute, Drawdown, ExtensionRequest, PromiseToPay
from credit.queries.delinquency import past_due
from platform_app.kernel import clock
from platform_app.kernel.money import format_yuan
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import late, lives
from tests.credit.interfaces.merchant.conftest import ORDER_MINOR, ORDER_NO
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words


def on(drawn: Drawdown, day: datetime) -> None:
    with tenant_scope(drawn.tenant_id):
        lives.close_until(clock.day_of(day))


@pytest.fixture
def overdue(drawn: Drawdown) -> Iterator[datetime]:
    """The first day after grace, ten in the morning."""
    moment = clock.moment_on(late.FIRST_OVERDUE, 10)
    on(drawn, moment)
    with clock.travel(moment):
        yield moment


def visiting(merchant: Merchant, moment: datetime) -> Visit:
    return visit_of(merchant, moment, component="bills", locale="en")


def test_in_grace_it_says_until_when_it_costs_nothing(
    merchant: Merchant, drawn: Drawdown, tenant: Tenant
) -> None:
    moment = clock.moment_on(late.GRACE_UNTIL, 10)
    on(drawn, moment)
    with clock.travel(moment):
        said = words(visiting(merchant, moment).get("/m/overdue/"))
    a_day = round(ORDER_MINOR * drawn.penalty_rate / 365)
    assert (
        "Repaid by 2026-04-04 Sat 24:00 it does not count as overdue and costs nothing extra."
        f" After that, penalty interest of ¥{format_yuan(a_day)} a day counts from the due date."
    ) in said
    assert "Complaints go to 示例小额贷款有限公司: 400-000-0000" in said


def test_overdue_it_says_what_is_owed_and_what_a_day_costs(
    merchant: Merchant, drawn: Drawdown, overdue: datetime
) -> None:
    with tenant_scope(drawn.tenant_id):
        [row] = past_due(on=late.FIRST_OVERDUE)
    visit = visiting(merchant, overdue)
    said = words(visit.get("/m/overdue/"))
    assert "4 days overdue" in said
    assert f"¥ {format_yuan(row.owed_minor)}" in said
    assert (
        f"¥{format_yuan(row.penalty_minor)} of it is penalty interest."
        f" One more day adds ¥{format_yuan(row.penalty_a_day_minor)}."
    ) in said
    assert "/m/overdue/" in visit.get("/m/bills/").content.decode()
    assert "/m/overdue/" in visit.get("/m/line/").content.decode()


@pytest.mark.usefixtures("drawn")
def test_who_is_not_late_goes_to_the_bills(visit: Visit) -> None:
    assert gone_to(visit.get("/m/overdue/")) == "/m/bills/"
    assert gone_to(visit.post("/m/overdue/promise/")) == "/m/bills/"


def test_a_promise_is_made_and_shown(
    merchant: Merchant, drawn: Drawdown, overdue: datetime
) -> None:
    visit = visiting(merchant, overdue)
    for fields, error in (
        ({}, "Enter an amount in yuan and a day"),
        ({"amount": "x", "by_on": "2026-04-09"}, "Enter an amount in yuan and a day"),
        ({"amount": "99,999.00", "by_on": "2026-04-09"}, "more than zero and at most"),
        ({"amount": "100", "by_on": "2026-07-01"}, "between 2026-04-05 and 2026-04-19"),
    ):
        refused = visit.post("/m/overdue/promise/", fields)
        assert refused.status_code == 422
        assert error in words(refused)
    good = {"amount": "12,000.00", "by_on": "2026-04-09"}
    assert gone_to(visit.post("/m/overdue/promise/", good)) == "/m/overdue/"
    assert "You said you would pay ¥12,000.00 by 2026-04-09 Thu 24:00." in words(
        visit.get("/m/overdue/")
    )
    again = visit.post("/m/overdue/promise/", good)
    assert (again.status_code, "already an open promise" in words(again)) == (422, True)
    with tenant_scope(drawn.tenant_id):
        made = PromiseToPay.objects.get()
    assert (made.amount_minor, made.made_by) == (1_200_000, f"merchant:{merchant.id}")


def test_more_time_is_asked_for(merchant: Merchant, drawn: Drawdown, overdue: datetime) -> None:
    visit, path = visiting(merchant, overdue), f"/m/overdue/{drawn.id}/extension/"
    assert "How much more time do you need?" in words(visit.get(path))
    for fields, error in (
        ({"days": "7", "words": ""}, "Please say why"),
        ({"days": "99", "words": "货款下周到账"}, "between 1 and 30 days"),
        ({"days": "x", "words": "货款下周到账"}, "between 1 and 30 days"),
    ):
        refused = visit.post(path, fields)
        assert refused.status_code == 422
        assert error in words(refused)
    good = {"days": "15", "words": "货款下周到账"}
    assert gone_to(visit.post(path, good)) == "/m/overdue/"
    assert visit.post(path, good).status_code == 422
    assert f"You asked for 15 more days for order {ORDER_NO}." in words(visit.get("/m/overdue/"))
    with tenant_scope(drawn.tenant_id):
        assert ExtensionRequest.objects.get().days == 15


def test_an_objection_is_taken(merchant: Merchant, drawn: Drawdown, overdue: datetime) -> None:
    visit, path = visiting(merchant, overdue), f"/m/overdue/{drawn.id}/dispute/"
    assert "What is not right?" in words(visit.get(path))
    assert visit.post(path, {"reason": "goods", "words": ""}).status_code == 422
    good = {"reason": "goods", "words": "少发了两箱"}
    assert gone_to(visit.post(path, good)) == "/m/overdue/"
    assert visit.post(path, good).status_code == 422
    assert f"You objected to order {ORDER_NO}. We answer by 2026-04-20" in words(
        visit.get("/m/overdue/")
    )
    with tenant_scope(drawn.tenant_id):
        assert Dispute.objects.get().reason == "goods"


def test_other_merchants_and_platforms_find_nothing(
    drawn: Drawdown, strangers: list[Visit], at: datetime
) -> None:
    on(drawn, clock.moment_on(late.FIRST_OVERDUE, 10))
    for stranger in strangers:
        assert gone_to(stranger.get("/m/overdue/")) == "/m/bills/"
        for page in ("extension", "dispute"):
            path = f"/m/overdue/{drawn.id}/{page}/"
            assert stranger.get(path).status_code == 404
            fields = {"days": "7", "reason": "goods", "words": "货款下周到账"}
            assert stranger.post(path, fields).status_code == 404
    for path in ("overdue/", f"overdue/{drawn.id}/extension/", f"overdue/{drawn.id}/dispute/"):
        assert Visit().get(f"/m/{path}").status_code == 401
    with tenant_scope(drawn.tenant_id):
        assert not ExtensionRequest.objects.exists()
        assert not Dispute.objects.exists()


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_orders(
    merchant: Merchant,
    drawn: Drawdown,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(drawn.tenant_id):
        for number in range(1, item_count):
            lives.drawn(drawn.line, 100_000, f"MORE-{number}", at)
    moment = clock.moment_on(late.FIRST_OVERDUE, 10)
    on(drawn, moment)
    with clock.travel(moment + timedelta(minutes=1)):
        visit = visiting(merchant, moment)
        with django_assert_num_queries(9):
            page = visit.get("/m/overdue/")
    assert page.content.decode().count("/repay/") == item_count + 1
