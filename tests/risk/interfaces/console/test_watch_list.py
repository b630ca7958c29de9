"""The page of the watch list: our own staff only; added by one, taken off by another."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import WatchEntry
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.credit import lives

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/watch-list"


def staff(tenant: Tenant, at: datetime, number: int = 1) -> Client:
    person = create_member(
        email=f"watch{number}@staff.example", name=f"示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    return browser(person, tenant=tenant)


def told(number: str = "P0", **changes: Any) -> dict[str, Any]:
    return {
        "merchant_no": number, "kind": "block", "reason_code": "identity",
        "expires_on": (clock.today() + timedelta(days=30)).isoformat(), "comment": "证件与本人不符",
    } | changes  # fmt: skip


def pooled(tenant: Tenant, at: datetime, count: int = 1) -> None:
    with tenant_scope(tenant.id):
        for number in range(count):
            lives.merchant_with_trade(f"P{number}", at, weeks=1)


def entries(tenant: Tenant) -> list[WatchEntry]:
    with tenant_scope(tenant.id):
        return list(WatchEntry.objects.order_by("id"))


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    pooled(tenant, at)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 403, 403)
    assert who.owner.post(f"{PAGE}/add", told()).status_code == 403
    assert entries(tenant) == []
    elsewhere = staff(other_tenant, at).post(f"{PAGE}/add", told())
    assert elsewhere.status_code == 422
    assert entries(tenant) == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_added_and_listed_in_few_statements(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    pooled(tenant, at, item_count)
    client = staff(tenant, at)
    for number in range(item_count):
        assert client.post(f"{PAGE}/add", told(f"P{number}")).status_code == 302
    with django_assert_num_queries(5):
        page = client.get(PAGE)
    assert len(page.context["page"].rows) == item_count
    assert client.get(PAGE, {"kind": "watch"}).context["page"].rows == []


def test_taken_off_by_somebody_else(tenant: Tenant, at: datetime) -> None:
    pooled(tenant, at)
    one, two = staff(tenant, at, 1), staff(tenant, at, 2)
    one.post(f"{PAGE}/add", told())
    [entry] = entries(tenant)
    one.post(f"{PAGE}/{entry.id}/appeal", {"reason": "证件已更新"})
    one.post(f"{PAGE}/{entry.id}/end", {"reason": "x"})
    assert entries(tenant)[0].status == "appealed"
    two.post(f"{PAGE}/{entry.id}/end", {"reason": "新证件已核验"})
    assert (entries(tenant)[0].status, entries(tenant)[0].end_reason) == ("ended", "新证件已核验")
    assert one.get(PAGE).context["page"].rows == []
    assert two.post(f"{PAGE}/{entry.id}/burn", {"reason": "x"}).status_code == 404
    assert two.post(f"{PAGE}/nonsense/end", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"merchant_no": "nobody"}, "merchant_no"),
        ({"kind": "grey"}, "kind"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "soon"}, "expires_on"),
        ({"comment": ""}, "comment"),
    ],
)
def test_what_cannot_be_added_is_said_in_place(
    tenant: Tenant, at: datetime, changes: dict[str, str], field: str
) -> None:
    pooled(tenant, at)
    page = staff(tenant, at).post(f"{PAGE}/add", told(**changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert entries(tenant) == []
