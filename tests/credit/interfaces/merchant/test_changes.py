"""Bills that change: paying off early, what a part pays, goods returned, dates moved."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.domain.allocation import Component
from credit.models import CreditLine, Drawdown, Repayment
from credit.operations import servicing
from credit.operations.servicing import Act
from credit.operations.temporary_limits import grant_temporary_limit
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant
from tests.credit import lives
from tests.credit.interfaces.merchant.test_servicing import key_on
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    with tenant_scope(line.tenant_id):
        return lives.drawn(line, 900_000, "SO-3M", at, term="equal_3")


def act(drawdown: Drawdown, at: datetime, key: str = "act-1") -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor="usr_x", at=at)


def closed(line: CreditLine, on: date) -> datetime:
    with tenant_scope(line.tenant_id):
        return lives.close_until(on)


def test_paying_off_early_shows_what_it_saves_and_ends_it(
    merchant: Merchant, drawdown: Drawdown, line: CreditLine
) -> None:
    now = closed(line, date(2026, 3, 24))
    with clock.travel(now):
        visit = visit_of(merchant, now, locale="en")
        bill = words(visit.get(f"/m/bills/{drawdown.id}/"))
        page = visit.get(f"/m/bills/{drawdown.id}/settle/")
        said = words(page)
        figures = page.context["figures"]
        assert "Pays everything off today, 2026-03-24 Tue ¥ 9,012.43" in said
        assert f"You save ¥{figures.saved_minor / 100:,.2f}" in said
        assert f"Pay off today and save ¥{figures.saved_minor / 100:,.2f}" in bill
        assert "This amount holds until 2026-03-24 Tue 24:00" in said
        assert "Annual rate (simple) 7.20%" in said
        fields = {"choice": "all", "key": key_on(page)}
        paid = gone_to(visit.post(f"/m/bills/{drawdown.id}/repay/", fields))
        assert "Paid off. Thank you!" in words(visit.get(paid))
        assert gone_to(visit.get(f"/m/bills/{drawdown.id}/settle/")) == f"/m/bills/{drawdown.id}/"
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.get().amount_minor == figures.payoff_minor == 901_243


def test_a_partial_payment_shows_what_comes_next(visit: Visit, drawdown: Drawdown) -> None:
    page = visit.post(f"/m/bills/{drawdown.id}/preview/", {"choice": "other", "other": "1,000"})
    preview = page.context["preview"]
    next_due = f"{preview.after.next_due_minor / 100:,.2f}"
    assert f"Left after this ¥8,000.00 Then due 2026-04-02 Thu ¥{next_due}" in words(page)
    assert preview.saved_minor > 0


def test_goods_returned_are_on_the_bill(
    merchant: Merchant, drawdown: Drawdown, line: CreditLine
) -> None:
    now = closed(line, date(2026, 3, 24))
    with tenant_scope(line.tenant_id):
        servicing.refund_drawdown(act(drawdown, now), amount_minor=350_000)
    with clock.travel(now):
        said = words(visit_of(merchant, now, locale="en").get(f"/m/bills/{drawdown.id}/"))
    assert "Goods returned 2026-03-24 Tue ¥3,500.00 with ¥4.84 of interest" in said


def test_moved_dates_concessions_and_fees_are_on_the_bill(
    merchant: Merchant, drawdown: Drawdown, line: CreditLine
) -> None:
    now = closed(line, date(2026, 4, 20))
    with tenant_scope(line.tenant_id):
        servicing.waive(act(drawdown, now, "w"), amount_minor=100, component=Component.PENALTY)
        servicing.charge_fee(
            act(drawdown, now, "f"), amount_minor=1_500, code="penalty", due_on=None
        )
        servicing.extend(act(drawdown, now, "x"), row_seq=2, days=30)
    with clock.travel(now):
        said = words(visit_of(merchant, now, locale="en").get(f"/m/bills/{drawdown.id}/"))
    assert "2026-06-01 Mon extended, was 2026-05-06" in said
    assert "Due dates moved later 2026-04-20 Mon" in said
    assert "Waived by us 2026-04-20 Mon ¥1.00" in said
    assert "fee ¥15.00" in said


def test_a_reversed_change_is_gone(visit: Visit, drawdown: Drawdown, at: datetime) -> None:
    with tenant_scope(drawdown.tenant_id):
        done = servicing.credit_goodwill(act(drawdown, at, "g"), amount_minor=10_000)
        page = visit.get(f"/m/bills/{drawdown.id}/")
        assert "Credit from us" in words(page)
        servicing.reverse_event(act(drawdown, at, "u"), event_id=done.id)
    assert "Changes" not in words(visit.get(f"/m/bills/{drawdown.id}/"))


def test_a_written_off_bill_still_asks_for_its_amount(
    visit: Visit, drawdown: Drawdown, at: datetime
) -> None:
    with tenant_scope(drawdown.tenant_id):
        servicing.write_off(act(drawdown, at))
    said = words(visit.get(f"/m/bills/{drawdown.id}/"))
    assert "¥ 9,000.00 This amount is still owed." in said


def test_a_temporary_limit_is_on_the_line(visit: Visit, line: CreditLine, at: datetime) -> None:
    with tenant_scope(line.tenant_id):
        grant_temporary_limit(
            line_id=line.id, amount_minor=100_000, from_on=date(2026, 3, 2),
            until_on=date(2026, 4, 1), key="t-1", reason="旺季备货", actor="usr_x", at=at,
        )  # fmt: skip
    said = words(visit.get("/m/line/"))
    assert "Temporary limit ¥1,000.00" in said
    assert "counts until 2026-04-01 Wed" in said


def test_other_merchants_and_platforms_find_nothing(
    strangers: list[Visit], visit: Visit, drawdown: Drawdown
) -> None:
    path = f"/m/bills/{drawdown.id}/settle/"
    assert [stranger.get(path).status_code for stranger in strangers] == [404, 404]
    assert Visit().get(path).status_code == 401
    assert visit.get("/m/bills/drw_x/settle/").status_code == 404
    assert visit.get(path).status_code == 200


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_bill_costs_the_same_for_any_history(
    visit: Visit,
    drawdown: Drawdown,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(drawdown.tenant_id):
        for number in range(item_count):
            lives.repaid(drawdown, 1_000, f"pay-{number}", at)
            servicing.credit_goodwill(act(drawdown, at, f"g-{number}"), amount_minor=100)
    with django_assert_num_queries(6):
        page: Any = visit.get(f"/m/bills/{drawdown.id}/")
    assert len(page.context["changes"]) == item_count
    assert len(re.findall(r"/m/repayments/", page.content.decode())) == item_count
