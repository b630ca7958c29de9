"""The list of limits that moved."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.operations.limit_reviews import ask_limit
from credit.operations.lines import change_limit
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.callers import callers
from tests.credit import lives

pytestmark = pytest.mark.django_db
PAGE = "/console/limit-reviews"


def raised(tenant: Tenant, at: datetime, count: int) -> None:
    with tenant_scope(tenant.id):
        for number in range(count):
            line = lives.line_of(lives.merchant_with_trade(f"P{number}", at), at)
            change_limit(line_id=line.id, limit_minor=1_000_000, reason="x", actor="usr_a", at=at)
            ask_limit(
                line_id=line.id, wanted_minor=1_200_000, actor="merchant:m",
                at=at + timedelta(hours=1),
            )  # fmt: skip


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, other_tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 200, 200)
    raised(tenant, at, item_count)
    assert who.neighbor.get(PAGE).context["rows"] == []
    with django_assert_num_queries(5):
        page = who.owner.get(PAGE)
    assert [(one.action, one.to_minor, signs) for one, signs in page.context["rows"]] == [
        ("raise", 1_200_000, [])
    ] * item_count
    assert who.owner.get(PAGE, {"action": "cut"}).context["rows"] == []
    assert len(who.owner.get(PAGE, {"cause": "asked"}).context["rows"]) == item_count
