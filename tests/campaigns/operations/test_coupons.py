"""A batch of coupons: its stock and budget are hard, and a merchant has one of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns.errors import (
    CouponBatchInvalid,
    CouponBatchNotFound,
    CouponBatchOver,
    CouponBatchStopped,
    CouponBudgetSpent,
    CouponCodeTaken,
    CouponStockEmpty,
    CouponTakenBack,
)
from campaigns.models import Coupon, CouponBatch
from campaigns.operations.coupons import cancel_coupon, grant_coupon, recount_batch, stop_batch
from campaigns.operations.daily_coupons import tend_coupons
from campaigns.queries.coupons import batch_of
from campaigns.tasks import tend_coupons as sweep
from credit.errors import DiscountInvalid, DiscountNotGranted
from credit.models import CreditLine, Discount
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tests.campaigns import coupons
from tests.credit import coupons as entitlements
from tests.credit import lives


def merchant(number: str, at: datetime) -> Merchant:
    found, _ = upsert_merchant(external_id=number, name="示例店", actor="x", at=at)
    return found


def grant(batch: CouponBatch, whose: Merchant, at: datetime) -> Coupon:
    return grant_coupon(batch_id=batch.id, merchant_id=whose.id, actor="usr_a", at=at)


def figures(batch: CouponBatch) -> tuple[int, int]:
    batch.refresh_from_db()
    return batch.granted_count, batch.committed_minor


def test_each_merchant_has_one_and_each_commits_its_cap(inside: Tenant, at: datetime) -> None:
    batch = coupons.batch("B-1", at)
    one, two = merchant("M-1", at), merchant("M-2", at)
    first = grant(batch, one, at)
    assert grant(batch, one, at).id == first.id
    grant(batch, two, at)
    assert figures(batch) == (2, 4000)
    discount = Discount.objects.get(pk=first.discount_id)
    assert (discount.merchant_id, discount.cap_minor, discount.key) == (
        one.id, 2000, f"{batch.id}:{one.id}",
    )  # fmt: skip
    assert Event.objects.filter(name="campaigns.coupon.granted").count() == 2
    assert AuditRecord.objects.filter(action="coupon_batch.made", subject=batch.id).count() == 1


def test_stock_and_budget_are_hard(inside: Tenant, at: datetime) -> None:
    few = coupons.batch("B-1", at, stock=1)
    poor = coupons.batch("B-2", at, budget_minor=3999)
    one, two = merchant("M-1", at), merchant("M-2", at)
    grant(few, one, at)
    grant(poor, one, at)
    with pytest.raises(CouponStockEmpty):
        grant(few, two, at)
    with pytest.raises(CouponBudgetSpent):
        grant(poor, two, at)
    assert (figures(few), figures(poor)) == ((1, 2000), (1, 2000))
    assert (Coupon.objects.count(), Discount.objects.count()) == (2, 2)
    for wrong in ({"granted_count": 2}, {"committed_minor": 3_999_999}, {"status": "stopped"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CouponBatch.objects.filter(pk=few.pk).update(**wrong)


def test_what_was_taken_back_or_expired_is_free_again(inside: Tenant, at: datetime) -> None:
    batch = coupons.batch("B-1", at, budget_minor=4000, last_on=date(2026, 3, 3))
    one, two, three = (merchant(f"M-{n}", at) for n in range(3))
    first = grant(batch, one, at)
    grant(batch, two, at)
    for _ in range(2):
        cancel_coupon(batch_id=batch.id, coupon_id=first.id, actor="usr_a", at=at)
    assert figures(batch) == (2, 2000)
    with pytest.raises(CouponTakenBack):  # its key is spent: another batch gives another one
        grant(batch, one, at)
    assert figures(batch) == (2, 2000)
    grant(batch, three, at)
    assert tend_coupons(at=at) == 0
    later = lives.close_until(date(2026, 3, 4))
    assert tend_coupons(at=later) == 2
    assert figures(batch) == (3, 0)
    with pytest.raises(CouponBatchOver):
        grant(batch, merchant("M-9", at), later)
    counted = batch_of(batch.id)
    assert [getattr(counted, f"{name}_now") for name in ("granted", "expired", "canceled")] == [
        0, 2, 1,
    ]  # fmt: skip
    recorded = AuditRecord.objects.filter(subject__startswith="cpn_").order_by("at", "id")
    told = [(one.action, one.actor, one.after["merchant"]) for one in recorded]
    assert sorted(told) == sorted([
        ("coupon.granted", "usr_a", one.id), ("coupon.granted", "usr_a", two.id),
        ("coupon.granted", "usr_a", three.id), ("coupon.canceled", "usr_a", one.id),
    ])  # fmt: skip


def test_a_stopped_batch_leaves_what_merchants_hold(inside: Tenant, at: datetime) -> None:
    batch = coupons.batch("B-1", at)
    held = grant(batch, merchant("M-1", at), at)
    for _ in range(2):
        assert stop_batch(batch_id=batch.id, actor="usr_a", at=at).status == "stopped"
    with pytest.raises(CouponBatchStopped):
        grant(batch, merchant("M-2", at), at)
    assert Discount.objects.get(pk=held.discount_id).status == "granted"
    assert AuditRecord.objects.filter(action="coupon_batch.stopped").count() == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"stock": 0}, CouponBatchInvalid),
        ({"budget_minor": 1999}, CouponBatchInvalid),
        ({"cap_minor": 0}, DiscountInvalid),
        ({"from_on": date(2026, 2, 1), "last_on": date(2026, 3, 1)}, CouponBatchOver),
    ],
)
def test_a_batch_that_can_give_nothing_is_refused(
    inside: Tenant, at: datetime, wrong: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        coupons.batch("B-1", at, **wrong)
    assert not CouponBatch.objects.exists()


def test_nobody_elses(inside: Tenant, other_tenant: Tenant, at: datetime) -> None:
    batch = coupons.batch("B-1", at)
    with pytest.raises(CouponCodeTaken):
        coupons.batch("B-1", at)
    other = coupons.batch("B-2", at)
    first = grant(batch, merchant("M-1", at), at)
    with pytest.raises(CouponBatchNotFound):
        cancel_coupon(batch_id=other.id, coupon_id=first.id, actor="x", at=at)
    with tenant_scope(other_tenant.id):
        theirs = merchant("M-1", at)
        coupons.batch("B-1", at)
        for act in (
            lambda: grant(batch, theirs, at),
            lambda: stop_batch(batch_id=batch.id, actor="x", at=at),
            lambda: recount_batch(batch_id=batch.id),
            lambda: batch_of(batch.id),
            lambda: batch_of("cbt_no"),
        ):
            with pytest.raises(CouponBatchNotFound):
                act()
    with pytest.raises(NotFound):
        grant(batch, theirs, at)
    assert figures(batch) == (1, 2000)


@pytest.mark.usefixtures("db")
def test_without_a_platform_nothing_is_granted(at: datetime) -> None:
    with pytest.raises(NoScope):
        coupons.batch("B-1", at)
    with pytest.raises(NoScope):
        stop_batch(batch_id="cbt_x", actor="x", at=at)


def test_cost_so_far_is_what_the_books_have(inside: Tenant, at: datetime) -> None:
    """And a used coupon cannot be taken back."""
    line: CreditLine = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    batch = coupons.batch("B-1", at)
    coupon = grant(batch, line.merchant, at)
    discount = Discount.objects.get(pk=coupon.discount_id)
    entitlements.drawn(line, discount, "SO-1", at)
    counted = batch_of(batch.id)
    assert (counted.used_now, counted.borne_minor, counted.committed_minor) == (1, 2000, 2000)  # type: ignore[attr-defined]
    with pytest.raises(DiscountNotGranted):
        cancel_coupon(batch_id=batch.id, coupon_id=coupon.id, actor="x", at=at)
    assert Coupon.objects.count() == 1
    assert not any(full_checks(accrued_through=open_day()).values())


def test_the_sweep_leaves_virtual_platforms_alone(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        batch = coupons.batch("B-1", at, last_on=date(2026, 3, 2))
        grant(batch, merchant("M-1", at), at)
        later = lives.close_until(date(2026, 3, 4))
    with clock.travel(later):
        assert sweep() == 0
        Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
        assert (sweep(), sweep()) == (1, 0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_a_stock_of_three_exactly_three_are_granted_to_sixteen(
    tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        batch = coupons.batch("B-1", at, stock=3)
        crowd = [merchant(f"M-{n}", at) for n in range(8)]
    start = Barrier(16)

    def run(number: int) -> str:
        try:
            with tenant_scope(tenant.id):
                start.wait(30)
                grant(batch, crowd[number // 2], at)
        except DomainError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(16) as pool:
        ended = Counter(pool.map(run, range(16)))
    with tenant_scope(tenant.id):
        assert (Coupon.objects.count(), Discount.objects.count()) == (3, 3)
        assert figures(batch) == (3, 6000)
    assert set(ended) == {"done", "CouponStockEmpty"}
    assert 3 <= ended["done"] <= 6


def test_terms_travel_whole(inside: Tenant, at: datetime) -> None:
    half = replace(entitlements.HALF_OFF, option_codes=("bullet_60",), product_codes=("x",))
    made = coupons.batch("B-1", at, **{name: getattr(half, name) for name in half.__slots__})
    given = Discount.objects.get(pk=grant(made, merchant("M-1", at), at).discount_id)
    assert {name: getattr(given, name) for name in half.__slots__} == {
        **{name: getattr(half, name) for name in half.__slots__},
        "option_codes": ["bullet_60"],
        "product_codes": ["x"],
    }
