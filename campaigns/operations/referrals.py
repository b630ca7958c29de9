"""A referral's way from the first order to both coupons, and what a person says about it.

Lock order: the referral, then the two batches by id, then what credit locks.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from campaigns.enums import ReferralReason, ReferralStatus, ReferralWait
from campaigns.errors import (
    CouponBatchOver,
    CouponBatchStopped,
    CouponBudgetSpent,
    CouponStockEmpty,
    ReferralNotFound,
    ReferralNotInReview,
    ReferralNotRewarded,
)
from campaigns.models import Coupon, Referral
from campaigns.operations.coupons import cancel_coupon, grant_coupon
from campaigns.queries.referrals import first_shipped_on, in_standing, ties
from credit.errors import DiscountNotGranted, DiscountNotUsable
from credit.queries.business_day import open_day
from platform_app.kernel import audit, events
from platform_app.kernel.errors import ReasonNeeded

SYSTEM: Final = "system:referrals"
PATIENCE: Final = timedelta(days=60)
LONGEST_REASON: Final = 500
_EMPTY: Final = (CouponBatchOver, CouponBatchStopped, CouponBudgetSpent, CouponStockEmpty)


@transaction.atomic
def follow_referral(*, referral_id: str, on: date, at: datetime) -> Referral:
    """Take a referral as far as it can come by itself on this business day. Twice is once.

    The first shipped order starts the days of waiting; when they are over both sides get their
    coupon, unless somebody has to look at it or one side is not in good standing: then it waits,
    for `PATIENCE` at most. Raises ReferralNotFound.
    """
    row = _locked(referral_id)
    if row.status == ReferralStatus.JOINED:
        _see_first_order(row, at)
    if row.status == ReferralStatus.HOLDING and row.due_on is not None and row.due_on <= on:
        _judge(row, on, at)
    if row.status in {ReferralStatus.JOINED, ReferralStatus.HOLDING} and row.until_on < on:
        _end(row, ReferralStatus.LAPSED, ReferralReason.TIME, SYSTEM, at)
    return row


@transaction.atomic
def release_referral(*, referral_id: str, reason: str, actor: str, at: datetime) -> Referral:
    """A person looked: the two are strangers, and the reward comes with the next night. Audited.

    Raises ReferralNotFound, ReasonNeeded, ReferralNotInReview.
    """
    words, row = _words(reason), _locked(referral_id)
    if row.status == ReferralStatus.HOLDING and row.cleared_by:
        return row
    if row.status != ReferralStatus.REVIEW:
        raise ReferralNotInReview
    row.cleared_by, row.words = actor, words
    row.until_on = max(row.until_on, open_day() + PATIENCE)  # looking took its time
    _move(row, ReferralStatus.HOLDING)
    _note("released", row, words, actor, at)
    return row


@transaction.atomic
def refuse_referral(*, referral_id: str, reason: str, actor: str, at: datetime) -> Referral:
    """A person looked: it does not count. Audited.

    Raises ReferralNotFound, ReasonNeeded, ReferralNotInReview.
    """
    words, row = _words(reason), _locked(referral_id)
    if row.status == ReferralStatus.REFUSED and row.reason == ReferralReason.PERSON:
        return row
    if row.status != ReferralStatus.REVIEW:
        raise ReferralNotInReview
    row.words = words
    _end(row, ReferralStatus.REFUSED, ReferralReason.PERSON, actor, at)
    _note("refused", row, words, actor, at)
    return row


@transaction.atomic
def take_back_referral(*, referral_id: str, reason: str, actor: str, at: datetime) -> Referral:
    """Both coupons are taken back, except where an order holds or used one. Once. Audited.

    Raises ReferralNotFound, ReasonNeeded, ReferralNotRewarded.
    """
    words, row = _words(reason), _locked(referral_id)
    if row.status == ReferralStatus.TAKEN_BACK:
        return row
    if row.status != ReferralStatus.REWARDED:
        raise ReferralNotRewarded
    _cancel_coupons(row, actor, at)
    row.words = words
    _end(row, ReferralStatus.TAKEN_BACK, ReferralReason.PERSON, actor, at)
    _note("taken_back", row, words, actor, at)
    return row


@transaction.atomic
def cancel_given_back(*, referral_id: str, at: datetime) -> None:
    """An order that held a coupon of a referral taken back has ended: the coupon ends too.

    Raises ReferralNotFound.
    """
    row = _locked(referral_id)
    if row.status == ReferralStatus.TAKEN_BACK:
        _cancel_coupons(row, SYSTEM, at)


def _cancel_coupons(row: Referral, actor: str, at: datetime) -> None:
    coupons = Coupon.objects.filter(pk__in=[row.inviter_coupon_id, row.invitee_coupon_id])
    for coupon in coupons.order_by("batch_id", "id"):
        try:
            with transaction.atomic():
                cancel_coupon(batch_id=coupon.batch_id, coupon_id=coupon.id, actor=actor, at=at)
        except DiscountNotGranted:  # reserved, used or expired: what an order has stays with it
            continue


def _see_first_order(row: Referral, at: datetime) -> None:
    shipped_on = first_shipped_on(row.invitee_id)
    if shipped_on is None or shipped_on > row.until_on:
        return
    row.first_shipped_on = shipped_on
    row.due_on = shipped_on + timedelta(days=row.program.hold_days)
    row.until_on = row.due_on + PATIENCE
    _move(row, ReferralStatus.HOLDING)
    _tell(row, "holding", row.invitee_id, SYSTEM, at)


def _judge(row: Referral, on: date, at: datetime) -> None:
    """The days of waiting are over: refuse, ask a person, wait on, or reward both.

    Goods that all came back were no order: the next one that is kept begins the days anew.
    """
    if first_shipped_on(row.invitee_id) != row.first_shipped_on:
        row.first_shipped_on = row.due_on = None
        row.waits_for = ""
        _move(row, ReferralStatus.JOINED)
        _see_first_order(row, at)
        return
    if not row.cleared_by and _is_stopped(row, at):
        return
    waits_for = _waits_for(row, on) or _reward(row, at)
    if row.waits_for != waits_for:
        row.waits_for = waits_for
        row.save(update_fields=["waits_for"])


def _is_stopped(row: Referral, at: datetime) -> bool:
    """Whether the two belong together, or somebody has to look whether they do."""
    found = ties(row.invitee_id, row.inviter_id)
    if found.is_same_people:
        _end(row, ReferralStatus.REFUSED, ReferralReason.SAME_FIRM, SYSTEM, at)
    elif found.needs_a_look:
        _move(row, ReferralStatus.REVIEW)
        _tell(row, "review", row.invitee_id, SYSTEM, at)
    return found.needs_a_look


def _waits_for(row: Referral, on: date) -> str:
    if not in_standing(row.invitee_id, on=on):
        return ReferralWait.INVITEE
    return "" if in_standing(row.inviter_id, on=on) else ReferralWait.INVITER


def _reward(row: Referral, at: datetime) -> str:
    """Give both their coupon; what stands in the way, and then nobody has one."""
    try:
        with transaction.atomic():
            _grant(row, at)
    except _EMPTY:
        return ReferralWait.BATCH
    except DiscountNotUsable:  # what standing said a moment ago has changed
        return ReferralWait.INVITER
    return ""


def _grant(row: Referral, at: datetime) -> None:
    """Both coupons or none; the referral is the occasion, so neither is ever given twice."""
    sides = sorted(
        [
            (row.program.inviter_batch_id, "inviter"),
            (row.program.invitee_batch_id, "invitee"),
        ]
    )
    coupons = {
        side: grant_coupon(
            batch_id=batch_id, merchant_id=getattr(row, f"{side}_id"), occasion=row.id,
            actor=SYSTEM, at=at,
        )
        for batch_id, side in sides
    }  # fmt: skip
    row.inviter_coupon, row.invitee_coupon = coupons["inviter"], coupons["invitee"]
    row.rewarded_at, row.waits_for = at, ""
    _move(row, ReferralStatus.REWARDED)
    for side, what in (("inviter", "rewarded"), ("invitee", "welcomed")):
        _tell(row, what, getattr(row, f"{side}_id"), SYSTEM, at, coupon=coupons[side])


def _end(
    row: Referral, status: ReferralStatus, reason: ReferralReason, actor: str, at: datetime
) -> None:
    row.reason, row.ended_at, row.ended_by, row.waits_for = reason, at, actor, ""
    _move(row, status)
    _tell(row, str(status), row.invitee_id, actor, at)


def _move(row: Referral, status: ReferralStatus) -> None:
    row.status = status
    row.version += 1
    row.save()


def _tell(
    row: Referral,
    what: str,
    merchant_id: str,
    actor: str,
    at: datetime,
    coupon: Coupon | None = None,
) -> None:
    given = {} if coupon is None else {"coupon": coupon.id, "cap_minor": coupon.batch.cap_minor}
    events.record(
        f"campaigns.referral.{what}", subject=row.id, merchant_id=merchant_id, actor=actor, at=at,
        props={
            "inviter": row.inviter_id, "invitee": row.invitee_id, "reason": row.reason, **given,
        },
    )  # fmt: skip


def _note(what: str, row: Referral, words: str, actor: str, at: datetime) -> None:
    audit.record(
        actor=actor, action=f"campaigns.referral.{what}", subject=row.id, at=at, reason=words,
        after={"inviter": row.inviter_id, "invitee": row.invitee_id},
    )  # fmt: skip


def _words(reason: str) -> str:
    words = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if not words:
        raise ReasonNeeded(field="reason")
    return words


def _locked(referral_id: str) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",)).select_related("program")
    try:
        return rows.get(pk=referral_id)
    except (Referral.DoesNotExist, ValueError):
        raise ReferralNotFound from None
