"""Coupons: a batch is made, granted from one merchant at a time, and stopped.

Lock order: the batch, then what credit locks. Whoever grants holds the batch, so stock and budget
are never passed however many grant at once.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from campaigns.enums import BatchStatus
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
from credit.enums import DiscountKind, DiscountStatus
from credit.operations.discounts import (
    Entitlement,
    cancel_discount,
    check_entitlement,
    grant_discount,
)
from credit.queries.business_day import open_day
from platform_app.kernel import audit, events
from tenants.queries.merchants import merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTerms:
    """What a batch gives, how many, and what all of them together may cost, in fen."""

    code: str
    gives: Entitlement
    stock_count: int
    budget_minor: int


@transaction.atomic
def make_batch(*, terms: BatchTerms, actor: str, at: datetime) -> CouponBatch:
    """Make a batch, open at once.

    Raises CouponBatchOver (its last day is past), CouponBatchInvalid, CouponCodeTaken, and what
    `check_entitlement` raises.
    """
    check_entitlement(terms.gives)
    if terms.gives.last_on < open_day():
        raise CouponBatchOver(field="last_on")
    if terms.stock_count < 1 or terms.budget_minor < terms.gives.cap_minor:
        raise CouponBatchInvalid(field="budget")
    said = {field.name: getattr(terms.gives, field.name) for field in fields(terms.gives)}
    said |= {name: list(said[name]) for name in ("product_codes", "option_codes")}
    said |= {"stock_count": terms.stock_count, "budget_minor": terms.budget_minor}
    batch, is_new = CouponBatch.objects.get_or_create(
        code=terms.code, defaults={**said, "made_by": actor, "made_at": at}
    )
    if not is_new:
        raise CouponCodeTaken(field="code")
    audit.record(
        actor=actor, action="coupon_batch.made", subject=batch.id, at=at,
        after={"code": batch.code, "budget_minor": batch.budget_minor, "stock": batch.stock_count},
    )  # fmt: skip
    return batch


@transaction.atomic
def grant_coupon(
    *, batch_id: str, merchant_id: str, actor: str, at: datetime, occasion: str = ""
) -> Coupon:
    """Give a merchant its coupon of the batch; a merchant that has it keeps the one it has.

    A batch gives another one for each `occasion`, and for the same one never twice. Raises
    CouponBatchNotFound, CouponTakenBack, CouponBatchStopped, CouponBatchOver, CouponStockEmpty,
    CouponBudgetSpent, and what `grant_discount` raises.
    """
    merchant(merchant_id)
    batch = _locked(batch_id)
    rows = Coupon.objects.select_related("discount").filter(batch=batch, merchant_id=merchant_id)
    before: Coupon | None = rows.filter(occasion=occasion).first()
    if before is not None and before.discount.status == DiscountStatus.CANCELED:
        raise CouponTakenBack
    if before is not None:
        return before
    _check_room(batch)
    discount = grant_discount(
        merchant_id=merchant_id, entitlement=entitlement(batch), actor=actor, at=at,
        key=":".join([batch.id, merchant_id, *([occasion] if occasion else [])]),
    )  # fmt: skip
    batch.granted_count += 1
    batch.committed_minor += batch.cap_minor
    batch.save(update_fields=["granted_count", "committed_minor"])
    coupon = Coupon.objects.create(
        batch=batch, merchant_id=merchant_id, discount=discount, occasion=occasion,
        granted_by=actor, granted_at=at,
    )  # fmt: skip
    events.record(
        "campaigns.coupon.granted", subject=coupon.id, merchant_id=merchant_id, actor=actor, at=at,
        props={"batch": batch.id, "discount": discount.id, "cap_minor": batch.cap_minor},
    )  # fmt: skip
    audit.record(
        actor=actor, action="coupon.granted", subject=coupon.id, at=at,
        after={"batch": batch.code, "merchant": merchant_id, "cap_minor": batch.cap_minor},
    )  # fmt: skip
    return coupon


def _check_room(batch: CouponBatch) -> None:
    if batch.status != BatchStatus.OPEN:
        raise CouponBatchStopped
    if batch.last_on < open_day():
        raise CouponBatchOver
    if batch.granted_count >= batch.stock_count:
        raise CouponStockEmpty
    if batch.committed_minor + batch.cap_minor > batch.budget_minor:
        raise CouponBudgetSpent


def entitlement(batch: CouponBatch) -> Entitlement:
    """What each coupon of the batch entitles to."""
    said = {field.name: getattr(batch, field.name) for field in fields(Entitlement)}
    said |= {name: tuple(said[name]) for name in ("product_codes", "option_codes")}
    return Entitlement(**{**said, "kind": DiscountKind(batch.kind)})


@transaction.atomic
def stop_batch(*, batch_id: str, actor: str, at: datetime) -> CouponBatch:
    """Grant nothing more from it; what merchants hold stays theirs. Twice is once.

    Raises CouponBatchNotFound.
    """
    batch = _locked(batch_id)
    if batch.status == BatchStatus.STOPPED:
        return batch
    batch.status, batch.stopped_at = BatchStatus.STOPPED, at
    batch.save(update_fields=["status", "stopped_at"])
    audit.record(actor=actor, action="coupon_batch.stopped", subject=batch.id, at=at)
    return batch


@transaction.atomic
def cancel_coupon(*, batch_id: str, coupon_id: str, actor: str, at: datetime) -> Coupon:
    """Take back a coupon that no order holds; its cap is free again in the budget. Twice is once.

    Raises CouponBatchNotFound, also for a coupon of another batch, and DiscountNotGranted.
    """
    batch = _locked(batch_id)
    try:
        coupon: Coupon = Coupon.objects.select_related("discount").get(batch=batch, pk=coupon_id)
    except (Coupon.DoesNotExist, ValueError):
        raise CouponBatchNotFound from None
    if coupon.discount.status == DiscountStatus.CANCELED:
        return coupon
    cancel_discount(discount_id=coupon.discount_id, actor=actor, at=at)
    _recount(batch)
    audit.record(
        actor=actor, action="coupon.canceled", subject=coupon.id, at=at,
        after={"batch": batch.code, "merchant": coupon.merchant_id},
    )  # fmt: skip
    return coupon


@transaction.atomic
def recount_batch(*, batch_id: str) -> CouponBatch:
    """Free what expired or was canceled in the budget. Raises CouponBatchNotFound."""
    batch = _locked(batch_id)
    _recount(batch)
    return batch


def _recount(batch: CouponBatch) -> None:
    """A coupon commits its cap until it has expired or was canceled."""
    standing = Coupon.objects.filter(batch=batch).exclude(
        discount__status__in=[DiscountStatus.EXPIRED, DiscountStatus.CANCELED]
    )
    committed = standing.aggregate(total=Sum("discount__cap_minor"))["total"] or 0
    if committed != batch.committed_minor:
        batch.committed_minor = committed
        batch.save(update_fields=["committed_minor"])


def _locked(batch_id: str) -> CouponBatch:
    try:
        return CouponBatch.objects.select_for_update().get(pk=batch_id)
    except (CouponBatch.DoesNotExist, ValueError):
        raise CouponBatchNotFound from None
