"""The page of features: definitions in plain words, how they stood last night; staff only."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.features import FEATURES
from risk.models import MonitorReading
from risk.operations.feature_monitoring import monitor_features
from risk.operations.feature_snapshots import take_snapshots
from risk.operations.months import refresh_months
from risk.values import RepaymentFacts
from tenants.models import Merchant, Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.risk.cast import place_order

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/features"


def staff(tenant: Tenant, at: datetime) -> Client:
    person = create_member(
        email="features@staff.example", name="示例", role="staff", tenant_id=None, is_staff=True,
        password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    return browser(person, tenant=tenant)


def night(tenant: Tenant, at: datetime, count: int) -> date:
    on = clock.day_of(at) - timedelta(days=1)
    with tenant_scope(tenant.id):
        repayments = {}
        for number in range(count):
            one = Merchant.objects.create(external_id=f"F{number}", name="示例")
            place_order(one, on - timedelta(days=5), 1_000)
            repayments[one.id] = RepaymentFacts.none()
        refresh_months(known_until=clock.end_of(on))
        take_snapshots(on=on, repayments=repayments, at=at)
        monitor_features(on=on, actor="system:test", at=at)
    return on


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 403, 403)
    assert staff(tenant, at).get(PAGE).status_code == 200
    assert staff_cannot_write(tenant, at) == 405


def staff_cannot_write(tenant: Tenant, at: datetime) -> int:
    person = create_member(
        email="writer@staff.example", name="示例", role="staff", tenant_id=None, is_staff=True,
        password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    return browser(person, tenant=tenant).post(PAGE, {}).status_code


def test_before_the_first_night_it_says_so(tenant: Tenant, at: datetime) -> None:
    page = staff(tenant, at).get(PAGE)
    assert (page.context["night"], page.context["sources"]) == (None, [])
    text = page.content.decode()
    for one in FEATURES:
        assert f"<code>{one.key}</code> v1" in text


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_night_in_few_statements(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    night(tenant, at, item_count)
    client = staff(tenant, at)
    client.get(PAGE)
    with django_assert_num_queries(5):
        page = client.get(PAGE)
    orders, tables = page.context["sources"]
    assert (orders["reading"].n, orders["reading"].value, orders["tone"]) == (5, 5, "bad")
    assert (tables["reading"].value, tables["tone"]) == (None, "")  # of so few merchants
    missing = {
        one["key"]: str(one["reading"].value) for one in page.context["features"] if one["reading"]
    }
    assert missing == {
        "recency_days": "0.000000", "return_rate": "0.000000", "momentum": "0.000000",
        "gmv_cv": "0.000000", "net_gmv_l3_percentile": "1.000000",
        "net_gmv_l12_percentile": "1.000000", "mean_order_percentile": "1.000000",
    }  # fmt: skip
    assert page.content.decode().count("100.0%") == 3


def test_another_platform_sees_its_own(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    night(tenant, at, 1)
    assert staff(other_tenant, at).get(PAGE).context["sources"] == []
    with tenant_scope(other_tenant.id):
        assert MonitorReading.objects.count() == 0
