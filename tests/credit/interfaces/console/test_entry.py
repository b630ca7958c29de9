"""Why a merchant sees the entry or not: for people at a desk."""

from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tests.callers import browser, callers, member
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import words

HERE = "/console/merchants/{}/entry"


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    with tenant_scope(tenant.id):
        return lives.merchant_with_trade("M-1", at - timedelta(hours=1))


@pytest.mark.parametrize("role", ["owner", "operator", "finance", "developer", "viewer"])
def test_who_reads_it(tenant: Tenant, merchant: Merchant, at: datetime, role: str) -> None:
    page = browser(member(tenant, role, at)).get(HERE.format(merchant.id))
    assert page.status_code == 200


def test_it_says_why_in_words(tenant: Tenant, merchant: Merchant, at: datetime) -> None:
    client = browser(member(tenant, "operator", at))
    client.cookies["django_language"] = "en"
    said = words(client.get(HERE.format(merchant.id)))
    assert "The merchant sees the entry: The merchant may apply." in said
    assert "eligible The merchant may apply. this one" in said
    with tenant_scope(tenant.id):
        silent, _ = upsert_merchant(external_id="M-2", name="示例店", actor=lives.ACTOR, at=at)
    said = words(client.get(HERE.format(silent.id)))
    assert "The merchant does not see the entry:" in said
    assert "below_minimum_trade There is no order of this merchant" in said


def test_three_callers(
    tenant: Tenant, other_tenant: Tenant, merchant: Merchant, at: datetime
) -> None:
    assert callers(tenant, other_tenant, at).statuses(HERE.format(merchant.id)) == (302, 404, 200)
    owner = browser(member(tenant, "finance", at))
    assert owner.get(HERE.format("nonsense")).status_code == 404
    assert (
        f"/console/merchants/{merchant.id}/entry"
        in owner.get(f"/console/merchants/{merchant.id}").content.decode()
    )


@pytest.mark.parametrize("item_count", [1, 3])
def test_it_costs_the_same_whatever_there_is(
    tenant: Tenant, merchant: Merchant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        line = lives.line_of(merchant, at)
        for number in range(item_count):
            lives.drawn(line, 500_000, f"SO-{number}", at)
    client = browser(member(tenant, "owner", at))
    client.get(HERE.format(merchant.id))
    with django_assert_num_queries(7):
        client.get(HERE.format(merchant.id))
