"""What comes out after the door: goods that came back, one owner behind two shops, late coupons."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from campaigns import errors
from campaigns.enums import AttributionHow
from campaigns.models import Attribution, Coupon, Referral
from campaigns.operations import referrals
from campaigns.operations.attributions import bind_merchant
from campaigns.operations.coupons import cancel_coupon
from campaigns.operations.daily_referrals import tend_referrals
from campaigns.operations.introductions import introduce
from campaigns.operations.invitations import issue_link
from campaigns.queries.invitations import inviting
from campaigns.queries.referrals import first_shipped_on, invitation_told
from credit.models import Discount, Drawdown
from credit.operations.drawdowns import cancel_drawdown
from credit.operations.servicing import Act, refund_drawdown
from platform_app.kernel import clock
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.identities import identify_person
from tenants.operations.sandbox import fake_identity_no
from tests.campaigns import invited
from tests.campaigns.invited import Cast, joined, shipped
from tests.campaigns.sellers import seller
from tests.conftest import lived
from tests.credit import coupons as entitlements
from tests.credit import lives

DAY = timedelta(days=1)
DUE = date(2026, 3, 9)


@pytest.fixture(scope="module")
def world(pets: Tenant) -> Cast:
    return lived(lambda at: invited.cast_of(pets, at))


@pytest.fixture
def cast(world: Cast, inside: Tenant) -> Cast:
    return world


def follow(row: Referral, on: date, at: datetime) -> Referral:
    return referrals.follow_referral(referral_id=row.id, on=on, at=at)


def waiting(cast: Cast, at: datetime) -> Referral:
    row = joined(cast.link, cast.friend, at)
    shipped(cast.friend, at)
    return follow(row, clock.day_of(at), at)


def refunded(drawdown: Drawdown, amount_minor: int, no: str, at: datetime) -> None:
    act = Act(drawdown_id=drawdown.id, external_id=no, actor="x", at=at)
    refund_drawdown(act, amount_minor=amount_minor)


def rewarded(cast: Cast, at: datetime) -> tuple[Referral, datetime]:
    row = waiting(cast, at)
    later = lives.close_until(DUE)
    done = follow(row, DUE, later)
    assert done.status == "rewarded"
    return done, later


def test_an_order_that_came_back_whole_is_none(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    drawdown = Drawdown.objects.get(merchant=cast.friend)
    refunded(drawdown, 150_000, "RF-1", at)
    assert first_shipped_on(cast.friend.id) == date(2026, 3, 2)  # some of it stayed
    refunded(drawdown, 50_000, "RF-2", at)
    assert first_shipped_on(cast.friend.id) is None
    later = lives.close_until(DUE)
    back = follow(row, DUE, later)
    assert (back.status, back.first_shipped_on, back.due_on) == ("joined", None, None)
    assert Coupon.objects.count() == 0
    lives.drawn(drawdown.line, 300_000, "SO-2", later)
    again = follow(row, DUE, later)
    assert (again.status, again.first_shipped_on, again.due_on) == (
        "holding", DUE, DUE + timedelta(days=7),
    )  # fmt: skip
    last = lives.close_until(DUE + timedelta(days=7))
    assert follow(row, DUE + timedelta(days=7), last).status == "rewarded"


def test_one_registration_found_out_late(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    number = Merchant.objects.get(pk=cast.inviter.pk).registration_no
    Merchant.objects.filter(pk=cast.friend.pk).update(registration_no=number)
    ended = follow(row, DUE, lives.close_until(DUE))
    assert (ended.status, ended.reason, Coupon.objects.count()) == ("refused", "same_firm", 0)


def test_one_person_with_two_phones_and_two_shops(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    for who, phone in ((cast.inviter, "13800000001"), (cast.friend, "13900000002")):
        give_consents(
            merchant_id=who.id, codes=["sensitive_data"], locale="en", evidence={}, actor="x",
            at=at,
        )  # fmt: skip
        identify_person(
            merchant_id=who.id, role="legal_representative", name="李示例", applies=True,
            identity_no=fake_identity_no(7), phone=phone, actor="x", at=at,
        )  # fmt: skip
    ended = follow(row, DUE, lives.close_until(DUE))
    assert (ended.status, ended.reason, Coupon.objects.count()) == ("refused", "same_firm", 0)


def test_a_salesperson_comes_too_late(cast: Cast, at: datetime) -> None:
    joined(cast.link, cast.friend, at)
    who = seller("S-1", at)
    with pytest.raises(errors.MerchantInvited):
        bind_merchant(
            merchant_id=cast.friend.id, salesperson_id=who.id, how=AttributionHow.PARTNER,
            told_in="", actor="x", at=at,
        )  # fmt: skip
    told = introduce(
        merchant_id=cast.friend.id, session_id="ems_1", code="S-1", token="", actor="x", at=at
    )
    assert type(told) is errors.MerchantInvited
    assert not Attribution.objects.exists()


def test_a_coupon_taken_back_does_not_come_to_life_again(cast: Cast, at: datetime) -> None:
    done, later = rewarded(cast, at)
    discount = Discount.objects.get(pk=done.inviter_coupon.discount_id)
    drawdown = entitlements.authorized(cast.line, discount, "SO-9", later)
    referrals.take_back_referral(referral_id=done.id, reason="串通", actor="usr", at=later)
    discount.refresh_from_db()
    assert discount.status == "reserved"
    cancel_drawdown(drawdown_id=drawdown.id, actor="x", at=later)
    discount.refresh_from_db()
    assert discount.status == "granted"
    tend_referrals(at=later)
    discount.refresh_from_db()
    assert discount.status == "canceled"


def test_what_was_canceled_by_hand_is_not_shown_as_earned(cast: Cast, at: datetime) -> None:
    done, later = rewarded(cast, at)
    page = inviting(cast.inviter.id, at=later)
    assert (page.earned_count, page.earned_minor) == (1, 2000)
    coupon = done.inviter_coupon
    cancel_coupon(batch_id=coupon.batch_id, coupon_id=coupon.id, actor="usr", at=later)
    page = inviting(cast.inviter.id, at=later)
    assert (page.earned_count, page.earned_minor, page.guests[0].tone) == (0, 0, "calm")


def test_looking_takes_nothing_from_the_patience(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    Referral.objects.filter(pk=row.pk).update(status="review", until_on=DUE)
    later = lives.close_until(DUE + 2 * DAY)
    cleared = referrals.release_referral(
        referral_id=row.id, reason="两家\x00不同", actor="usr", at=later
    )
    assert (cleared.words, cleared.until_on) == ("两家不同", DUE + 2 * DAY + referrals.PATIENCE)


def test_the_invitation_that_counts_is_the_one_told(cast: Cast, at: datetime) -> None:
    counts = joined(cast.link, cast.friend, at)
    other = lives.line_of(lives.merchant_with_trade("A-2", at), at)
    later = at + timedelta(minutes=1)
    link = issue_link(merchant_id=other.merchant_id, actor="x", at=later)
    assert joined(link, cast.friend, later).reason == "brought"
    assert invitation_told(cast.friend.id) == counts


def test_coupons_that_end_too_early_are_no_reward(cast: Cast, at: datetime) -> None:
    said: dict[str, Any] = {
        "inviter_batch_id": cast.program.inviter_batch_id,
        "invitee_batch_id": invited.batch_id("SHORT", at, last_on=date(2026, 4, 7)),
    }
    with pytest.raises(errors.ReferralBatchShort) as refusal:
        invited.started(at, **said)
    assert refusal.value.facts == {"last_on": "2026-04-07", "needed_on": "2026-04-08"}
    said["invitee_batch_id"] = invited.batch_id("ENOUGH", at, last_on=date(2026, 4, 8))
    assert invited.started(at, **said).number == 2
