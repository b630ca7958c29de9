"""The page of outside reports: our own staff only; sources, requests, asking by hand."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.models import ReportRequest, ReportSource
from tenants.models import Merchant, Tenant
from tests.callers import browser, callers, member
from tests.credit import lives

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/reports"


@pytest.fixture
def client(tenant: Tenant, at: datetime) -> Client:
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=True)
    return browser(member(None, "staff", at), tenant=tenant)


def told(**changes: Any) -> dict[str, Any]:
    return {"kind": "bureau", "name": "示例征信", "url": "", "key_id": "", "secret": "",
            "kept_days": "90"} | changes  # fmt: skip


def pooled(tenant: Tenant, at: datetime, count: int) -> None:
    with tenant_scope(tenant.id):
        for number in range(count):
            lives.merchant_with_trade(f"P{number}", at, weeks=1)
        Merchant.objects.update(registration_no="91440300MA5EXAMPL1")


def count(tenant: Tenant) -> tuple[int, int]:
    with tenant_scope(tenant.id):
        return ReportSource.objects.count(), ReportRequest.objects.count()


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    pooled(tenant, at, 1)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 403, 403)
    for path, said in (
        ("source", told()),
        ("fetch", {"merchant_no": "P0"}),
        ("source/bank/stop", {}),
    ):
        assert who.owner.post(f"{PAGE}/{path}", said).status_code == 403
    assert count(tenant) == (0, 0)


@pytest.mark.parametrize("item_count", [1, 3])
def test_asked_and_listed_in_few_statements(
    tenant: Tenant, client: Client, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    pooled(tenant, at, item_count)
    assert "还没有向任何人查询" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}/source", told()).status_code == 302
    for number in range(item_count):
        client.post(f"{PAGE}/fetch", {"merchant_no": f"P{number}"})
    assert count(tenant) == (1, item_count)
    with django_assert_num_queries(7):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == item_count
    text = page.content.decode()
    assert text.count("已答复") == item_count + 1  # and in the filter
    assert "公司注册天数" in text
    assert client.get(PAGE, {"outcome": "unknown"}).context["rows"] == []


def test_what_is_refused_is_said_beside_the_field(
    tenant: Tenant, client: Client, at: datetime
) -> None:
    pooled(tenant, at, 1)
    page = client.post(f"{PAGE}/source", told(url="http://bureau.example"))
    assert page.status_code == 422
    assert page.context["form"].errors["url"]
    assert client.post(f"{PAGE}/source", told(kept_days="0")).status_code == 422
    assert client.post(f"{PAGE}/source/stars/stop").status_code == 404
    assert (
        "没有这个编号的商户"
        in client.post(f"{PAGE}/fetch", {"merchant_no": "nobody"}, follow=True).content.decode()
    )
    assert count(tenant) == (0, 0)
    client.post(f"{PAGE}/source", told())
    client.post(f"{PAGE}/source/bureau/stop")
    assert "已停止" in client.get(PAGE).content.decode()
