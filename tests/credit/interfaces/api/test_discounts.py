"""Coupons over HTTP: listed with reasons, named in a quote, kept with the order."""

from datetime import date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.models import CreditLine, Discount, Quote
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.campaigns import coupons as batches
from tests.credit import coupons
from tests.credit.interfaces.api.test_refusals import refused
from tests.tenants.interfaces.api.client import Partner


def test_a_coupon_is_granted_listed_quoted_and_drawn(
    tenant: Tenant, owner: Partner, neighbor: Partner, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        batch = batches.batch("B-1", at)
    granted = owner.post(f"coupon_batches/{batch.id}/grants", {"merchant": line.merchant_id})
    assert granted.status_code == 201
    coupon = granted.json()["coupon"]
    (listed,) = owner.get(f"coupons?merchant={line.merchant_id}").json()["data"]
    assert listed | {"created_at": ""} == {
        "id": coupon, "object": "coupon", "mode": "live", "external_id": None,
        "status": "granted", "version": 1, "next_action": None, "created_at": "",
        "merchant": line.merchant_id, "name": "开业立减券",
        "kind": "amount_off", "share": "1.0000", "cap": 2000, "days": None, "minimum": 100_000,
        "products": [], "terms": [], "valid_from": "2026-03-02", "valid_to": "2026-05-31",
        "is_usable": True, "reason": None, "borne": 0,
    }  # fmt: skip
    assert neighbor.get(f"coupons?merchant={line.merchant_id}").status_code == 404
    assert owner.get("coupons").json()["data"] == [listed]
    assert owner.get(f"coupons?merchant={line.merchant_id}&status=x").status_code == 422
    assert owner.get(f"coupons?merchant={line.merchant_id}&status=used").json()["data"] == []

    asked = {
        "line": line.id, "amount": 1_000_000, "order_no": "SO-1", "terms": ["bullet_30"],
        "coupon": coupon,
    }  # fmt: skip
    (quote,) = owner.post("quotes", asked).json()["data"]
    assert quote["discount"]["coupon"] == coupon
    assert quote["discount"]["amount"] == 2000
    assert quote["apr_simple"] < quote["discount"]["apr_simple_without"]
    assert quote["schedule"][0]["discount"] == 2000
    assert quote["schedule"][0]["amount"] == 1_000_000 + quote["interest"] - 2000
    drawn = {"line": line.id, "quote": quote["id"], "external_id": "SO-1"}
    drawdown = owner.post("drawdowns", drawn).json()
    (planned,) = owner.get(f"drawdowns/{drawdown['id']}/installments").json()["installments"]
    assert planned["waived"]["interest"] == 2000
    assert planned["unpaid"]["interest"] == quote["interest"] - 2000
    held = owner.get(f"coupons?merchant={line.merchant_id}").json()["data"][0]
    assert (held["status"], held["is_usable"], held["reason"]) == ("reserved", False, "reserved")
    owner.post(f"drawdowns/{drawdown['id']}/cancel", {})
    back = owner.get(f"coupons?merchant={line.merchant_id}").json()["data"][0]
    assert (back["status"], back["is_usable"]) == ("granted", True)
    (told,) = owner.get("coupon_batches").json()["data"]
    assert (told["granted"], told["used"], told["committed"], told["borne"]) == (1, 0, 2000, 0)


def test_what_does_not_fit_is_refused_with_its_reason(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        dear = coupons.granted(line.merchant, "K-1", at, minimum_minor=9_000_000)
        early = coupons.granted(line.merchant, "K-2", at, from_on=date(2026, 4, 1))
        stopped = batches.batch("B-1", at, stock=1)
    body = {"line": line.id, "amount": 1_000_000, "order_no": "SO-1"}
    for coupon, reason in ((dear, "below_minimum"), (early, "not_begun")):
        said = refused(
            tenant, lambda: owner.post("quotes", {**body, "coupon": coupon.id}), 422,  # noqa: B023 -- used at once
            "coupon_not_usable",
        )  # fmt: skip
        assert said["reason_code"] == reason
    listed = owner.get(f"coupons?merchant={line.merchant_id}").json()["data"]
    assert [one["reason"] for one in listed] == [None, "not_begun"]
    foreign = {**body, "coupon": "dsc_00000000000000000000000000"}
    refused(tenant, lambda: owner.post("quotes", foreign), 404, "not_found")
    path = f"coupon_batches/{stopped.id}/grants"
    owner.post(path, {"merchant": line.merchant_id})
    owner.put("merchants/ext:M-2", {"name": "示例宠物店"})
    other = owner.get("merchants").json()["data"][-1]["id"]
    refused(tenant, lambda: owner.post(path, {"merchant": other}), 422, "coupon_stock_empty")
    with tenant_scope(tenant.id):
        assert (Quote.objects.count(), Discount.objects.count()) == (0, 3)


@pytest.mark.parametrize("item_count", [1, 3])
def test_lists_cost_the_same_for_any_length(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        for number in range(item_count):
            coupons.granted(line.merchant, f"K-{number}", at)
            batches.batch(f"B-{number}", at)
    owner.get("hello")
    with django_assert_num_queries(6):
        assert len(owner.get(f"coupons?merchant={line.merchant_id}").json()["data"]) == item_count
    with django_assert_num_queries(2):
        assert len(owner.get("coupon_batches").json()["data"]) == item_count
