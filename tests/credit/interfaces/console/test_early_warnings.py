"""The list of lines that show a warning sign, with what was done about each."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.operations.limit_reviews import review_limits
from credit.operations.lines import change_limit
from credit.queries.early_warnings import list_early_warnings
from platform_app.kernel import clock
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.callers import callers
from tests.credit import lives
from tests.credit.operations.test_limit_reviews import buys, tonight

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/early-warnings"


def warned(tenant: Tenant, at: datetime, count: int) -> None:
    """So many lines without an order for sixty days, and one that goes on buying."""
    with tenant_scope(tenant.id):
        for number in range(count + 1):
            line = lives.line_of(lives.merchant_with_trade(f"P{number}", at), at)
            change_limit(line_id=line.id, limit_minor=100_000_000, reason="x", actor="a", at=at)
        today = clock.day_of(at)
        for week in range(9):
            buys(f"P{count}", today + timedelta(days=7 * week + 1), 2_000_000)
        night = tonight(today + timedelta(days=65))
        review_limits(at=night)


@pytest.mark.parametrize("item_count", [1, 3])
def test_signs_and_what_was_done_in_few_statements(
    tenant: Tenant, other_tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    warned(tenant, at, item_count)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 200, 200)
    assert who.neighbor.get(PAGE).context["rows"] == []
    with django_assert_num_queries(5):
        page = who.owner.get(PAGE)
    assert [(one.action, one.signs, len(words)) for one, words in page.context["rows"]] == [
        ("cut", ["turnover_halved", "inactive"], 2)
    ] * item_count
    for query, count in (
        ({"sign": "inactive"}, item_count), ({"sign": "overdue"}, 0), ({"action": "freeze"}, 0),
        ({"action": "cut"}, item_count), ({"sign": "zodiac"}, item_count),
    ):  # fmt: skip
        assert len(who.owner.get(PAGE, query).context["rows"]) == count
    with no_scope(), pytest.raises(NoScope):
        list_early_warnings()


def test_a_sign_that_is_gone_is_off_the_list(tenant: Tenant, at: datetime) -> None:
    warned(tenant, at, 1)
    with tenant_scope(tenant.id):
        assert list_early_warnings().count() == 1
        today = clock.day_of(at) + timedelta(days=65)
        for day in range(1, 4):
            buys("P0", today + timedelta(days=day), 30_000_000)
        review_limits(at=tonight(today + timedelta(days=4)))
        assert list_early_warnings().count() == 0
