"""Coupons in the console: batches, a new one, granting, taking back, stopping."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Coupon, CouponBatch
from credit.models import Discount
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.callers import Callers, browser, callers, member
from tests.campaigns import coupons

pytestmark = pytest.mark.django_db
PAGE = "/console/coupons"
NEW = {
    "name": "开业立减券", "code": "open-2026", "kind": "amount_off", "cap": "20", "minimum": "",
    "from_on": "2026-03-02", "last_on": "2026-05-31", "stock": "2", "budget": "40",
}  # fmt: skip


@pytest.fixture
def who(tenant: Tenant, other_tenant: Tenant, at: datetime) -> Callers:
    return callers(tenant, other_tenant, at)


def merchants(tenant: Tenant, count: int, at: datetime) -> list[str]:
    with tenant_scope(tenant.id):
        return [
            upsert_merchant(external_id=f"M-{n}", name=f"示例店{n}", actor="x", at=at)[0].id
            for n in range(count)
        ]


def test_a_batch_lives_on_its_pages(tenant: Tenant, who: Callers, at: datetime) -> None:
    merchants(tenant, 3, at)
    assert "No batch yet" in who.owner.get(PAGE, headers={"Accept-Language": "en"}).content.decode()
    form = who.owner.get(f"{PAGE}/new").context["form"]
    assert "partner_percent" not in form.fields
    sent = who.owner.post(f"{PAGE}/new", NEW)
    with tenant_scope(tenant.id):
        batch = CouponBatch.objects.get()
    path = f"{PAGE}/{batch.id}"
    assert (sent.status_code, sent.headers["Location"]) == (302, path)
    assert (batch.cap_minor, batch.budget_minor, batch.partner_share_rate) == (2000, 4000, 1)
    assert who.statuses(path) == (302, 404, 200)

    who.owner.post(f"{path}/grant", {"merchants": "M-0，M-1、M-9;M-2"})
    with tenant_scope(tenant.id):
        held = {one.merchant.external_id for one in Coupon.objects.select_related("merchant")}
    assert held == {"M-0", "M-1"}
    said = [str(one) for one in who.owner.get(path).context["messages"]]
    assert [one.partition(":")[0] for one in said[:2]] == ["M-9", "M-2"]
    with tenant_scope(tenant.id):
        first = Coupon.objects.order_by("id")[0]
    who.owner.post(f"{path}/cancel", {"coupon": first.id})
    shown = who.owner.get(path).context["batch"]
    assert (shown.canceled_now, shown.granted_now, shown.committed_minor) == (1, 1, 2000)
    who.owner.post(f"{path}/stop")
    who.owner.post(f"{path}/grant", {"merchants": "M-2"})
    with tenant_scope(tenant.id):
        assert (Coupon.objects.count(), CouponBatch.objects.get().status) == (2, "stopped")


def test_who_may_do_what(tenant: Tenant, who: Callers, at: datetime) -> None:
    merchants(tenant, 1, at)
    with tenant_scope(tenant.id):
        batch = coupons.batch("B-1", at)
    path = f"{PAGE}/{batch.id}"
    viewer = browser(member(tenant, "viewer", at))
    assert (viewer.get(PAGE).status_code, viewer.get(f"{PAGE}/new").status_code) == (200, 403)
    for act, fields in (
        ("grant", {"merchants": "M-0"}), ("stop", {}), ("cancel", {"coupon": "cpn_x"}),
    ):  # fmt: skip
        assert viewer.post(f"{path}/{act}", fields).status_code == 403
        assert who.stranger.post(f"{path}/{act}", fields).status_code == 302
        assert who.neighbor.post(f"{path}/{act}", fields).status_code == 404
    assert who.owner.post(f"{path}/cancel", {"coupon": "cpn_x"}).status_code == 404
    with tenant_scope(tenant.id):
        assert (Coupon.objects.count(), CouponBatch.objects.get().status) == (0, "open")
    staff = browser(member(None, "staff", at), tenant=tenant)
    ours = {**NEW, "partner_percent": "40", "operator_percent": "60"}
    assert staff.post(f"{PAGE}/new", ours).status_code == 302
    with tenant_scope(tenant.id):
        made = CouponBatch.objects.get(code="open-2026")
        assert (made.partner_share_rate * 10, made.operator_share_rate * 10) == (4, 6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cap": "much"},
        {"kind": "free_days"},
        {"kind": "part_off"},
        {"last_on": "2026-03-01"},
        {"budget": "19.99"},
        {"stock": "0"},
        {"code": "a b"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    tenant: Tenant, who: Callers, wrong: dict[str, str]
) -> None:
    assert who.owner.post(f"{PAGE}/new", {**NEW, **wrong}).status_code == 422
    with tenant_scope(tenant.id):
        assert not CouponBatch.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from_on": "2026-02-01", "last_on": "2026-03-01"}, "last_on"),
        ({"budget": "19.99"}, "budget"),
        ({"code": "taken"}, "code"),
    ],
)
def test_a_refusal_stands_at_its_field(
    tenant: Tenant, who: Callers, at: datetime, wrong: dict[str, str], field: str
) -> None:
    with tenant_scope(tenant.id):
        coupons.batch("taken", at)
    page = who.owner.post(f"{PAGE}/new", {**NEW, **wrong})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    with tenant_scope(tenant.id):
        assert CouponBatch.objects.count() == 1


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_cost_the_same_for_any_length(
    tenant: Tenant, who: Callers, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    merchants(tenant, item_count, at)
    with tenant_scope(tenant.id):
        made = [coupons.batch(f"B-{number}", at) for number in range(item_count)]
    numbers = "\n".join(f"M-{number}" for number in range(item_count))
    who.owner.post(f"{PAGE}/{made[0].id}/grant", {"merchants": numbers})
    who.owner.get(f"{PAGE}/{made[0].id}")
    with django_assert_num_queries(5):
        assert len(who.owner.get(PAGE).context["page"].rows) == item_count
    with django_assert_num_queries(7):
        shown = who.owner.get(f"{PAGE}/{made[0].id}")
    assert len(shown.context["page"].rows) == item_count
    with tenant_scope(tenant.id):
        assert Discount.objects.count() == item_count
