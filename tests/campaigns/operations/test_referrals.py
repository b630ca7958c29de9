"""Who came with whose invitation, what both get for it and when, and who gets nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns import errors
from campaigns.enums import AttributionHow
from campaigns.models import Coupon, InvitationLink, Message, Referral
from campaigns.operations import invitations, referrals
from campaigns.operations.attributions import bind_merchant
from campaigns.operations.coupons import stop_batch
from campaigns.operations.daily_referrals import tend_referrals
from campaigns.operations.messages import make_message
from campaigns.operations.referral_program import end_program
from campaigns.queries.referrals import link_told, program_now, token_of_link
from campaigns.tasks import tend_referrals as sweep
from credit.enums import DiscountKind, SuspensionReason
from credit.models import Discount
from credit.operations.lines import suspend_line
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound, ReasonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import TraitKind
from tenants.errors import OriginNotAllowed
from tenants.models import Merchant, Tenant
from tests.campaigns import coupons, invited
from tests.campaigns.invited import Cast, joined, shipped
from tests.campaigns.sellers import SHOP, seller
from tests.conftest import lived
from tests.credit import lives

DAY = timedelta(days=1)
DUE = date(2026, 3, 9)


@pytest.fixture(scope="module")
def world(pets: Tenant) -> Cast:
    return lived(lambda at: invited.cast_of(pets, at))


@pytest.fixture
def cast(world: Cast, inside: Tenant) -> Cast:
    return world


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = invited.everything(), AuditRecord.objects.count(), Event.objects.count()
    with pytest.raises(refusal), transaction.atomic():
        act()
    after = invited.everything(), AuditRecord.objects.count(), Event.objects.count()
    assert after == before


def told() -> list[tuple[str, str | None]]:
    rows = Event.objects.filter(name__startswith="campaigns.referral.").order_by("id")
    return [(row.name.rpartition(".")[2], row.merchant_id) for row in rows]


def introduced(cast: Cast, who: Merchant, at: datetime, **said: Any) -> Any:
    told: dict[str, Any] = {"invitation": token_of_link(cast.link), **said}
    return invitations.introduce_invited(
        merchant_id=who.id, session_id="ems_1", actor="key_1", at=at, **told
    )


def follow(row: Referral, on: date, at: datetime) -> Referral:
    return referrals.follow_referral(referral_id=row.id, on=on, at=at)


def waiting(cast: Cast, at: datetime) -> Referral:
    """The friend came, and its first order is shipped."""
    row = joined(cast.link, cast.friend, at)
    shipped(cast.friend, at)
    return follow(row, clock.day_of(at), at)


def test_both_get_their_coupon_once_the_days_of_waiting_are_over(cast: Cast, at: datetime) -> None:
    row = joined(cast.link, cast.friend, at)
    assert (row.status, row.until_on, row.told_in) == ("joined", date(2026, 4, 1), "ems_1")
    assert tend_referrals(at=at) == 0
    shipped(cast.friend, at)
    assert (tend_referrals(at=at), tend_referrals(at=at)) == (0, 0)
    row.refresh_from_db()
    assert (row.status, row.first_shipped_on, row.due_on) == ("holding", date(2026, 3, 2), DUE)
    later = lives.close_until(DUE - DAY)
    assert (tend_referrals(at=later), Coupon.objects.count()) == (0, 0)
    later = lives.close_until(DUE)
    assert (tend_referrals(at=later), tend_referrals(at=later)) == (1, 0)
    row.refresh_from_db()
    assert (row.status, row.rewarded_at, row.waits_for) == ("rewarded", later, "")
    sides = [(row.inviter_coupon, cast.inviter), (row.invitee_coupon, cast.friend)]
    for coupon, who in sides:
        assert (coupon.merchant_id, coupon.occasion, coupon.batch.cap_minor) == (
            who.id, row.id, 2000,
        )  # fmt: skip
    assert Coupon.objects.count() == 2
    friend, inviter = cast.friend.id, cast.inviter.id
    assert told() == [
        ("joined", friend), ("holding", friend), ("rewarded", inviter), ("welcomed", friend),
    ]  # fmt: skip
    for event in Event.objects.filter(name__in=["campaigns.referral.rewarded"]):
        make_message(event.id)
    letter = Message.objects.get()
    assert (letter.merchant_id, letter.page, letter.text_en) == (
        inviter, "referral-show",
        "A coupon of up to ¥20.00 off the interest of one order is yours.",
    )  # fmt: skip


def test_who_comes_twice_is_one_and_a_second_inviter_is_too_late(cast: Cast, at: datetime) -> None:
    assert introduced(cast, cast.friend, at) is None
    before = invited.everything()
    assert introduced(cast, cast.friend, at + DAY) is None
    assert invited.everything() == before
    second = lives.line_of(lives.merchant_with_trade("C-1", at), at)
    link = invitations.issue_link(merchant_id=second.merchant_id, actor="x", at=at)
    late = introduced(cast, cast.friend, at, invitation=token_of_link(link))
    assert type(late) is errors.InviteeBrought
    refused = Referral.objects.get(inviter=second.merchant)
    assert (refused.status, refused.reason, refused.ended_at) == ("refused", "brought", at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=refused.pk).update(status="joined", reason="", ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=refused.pk).update(invitee=second.merchant)


def test_who_is_known_or_brought_or_the_same_is_told_so(cast: Cast, at: datetime) -> None:
    known = lives.line_of(lives.merchant_with_trade("C-1", at), at).merchant
    brought, twin = invited.shop("C-2", at), invited.shop("C-3", at)
    bind_merchant(
        merchant_id=brought.id, salesperson_id=seller("S-1", at).id, told_in="", actor="x", at=at,
        how=AttributionHow.PARTNER,
    )  # fmt: skip
    invited.alike(TraitKind.BANK_ACCOUNT, twin, cast.inviter, at=at)
    same = Merchant.objects.get(pk=invited.shop("C-4", at).pk)
    Merchant.objects.filter(pk=same.pk).update(registration_no=cast.inviter.registration_no)
    expected = {
        known.id: errors.InviteeKnown, brought.id: errors.InviteeBrought,
        twin.id: errors.InvitationSameFirm, same.id: errors.InvitationSameFirm,
    }  # fmt: skip
    for who in (known, brought, twin, same):
        assert type(introduced(cast, who, at)) is expected[who.id]
        assert type(introduced(cast, who, at)) is expected[who.id]
    assert sorted(Referral.objects.values_list("status", "reason")) == [
        ("refused", "brought"), ("refused", "known"), ("refused", "same_firm"),
        ("refused", "same_firm"),
    ]  # fmt: skip
    assert tend_referrals(at=at) == 0
    # The cycle: whoever was invited has a line by the time it invites, and its inviter is known.
    waiting(cast, at)
    back = invitations.issue_link(merchant_id=cast.friend.id, actor="x", at=at)
    answer = introduced(cast, cast.inviter, at, invitation=token_of_link(back))
    assert type(answer) is errors.InviteeKnown


def test_a_month_has_its_number_and_the_next_one_begins_anew(cast: Cast, at: datetime) -> None:
    shops = [invited.shop(f"D-{number}", at) for number in range(3)]
    answers = [introduced(cast, who, at) for who in shops]
    assert [type(one) for one in answers] == [type(None), type(None), errors.InvitationCapReached]
    april = clock.moment_on(date(2026, 4, 1), 0)
    assert type(introduced(cast, shops[2], april - DAY)) is errors.InvitationCapReached
    assert introduced(cast, shops[2], april) is None
    assert Referral.objects.get(invitee=shops[2]).status == "joined"
    assert Referral.objects.count() == 3


def test_what_is_told_and_is_no_invitation_leaves_nothing(cast: Cast, at: datetime) -> None:
    token = token_of_link(cast.link)
    forged = f"{token[:-1]}{'0' if token[-1] != '0' else '1'}"
    for wrong in (forged, "x" * 900, "1.rlk_x.1.y"):
        stays(errors.InvitationInvalid, partial(link_told, wrong, at=at))
        assert type(introduced(cast, cast.friend, at, invitation=wrong)) is errors.InvitationInvalid
    old = at + invitations.GOOD_FOR
    assert type(introduced(cast, cast.friend, old)) is errors.InvitationExpired
    assert type(introduced(cast, cast.inviter, at)) is errors.InvitedOneself
    newer = invitations.issue_link(merchant_id=cast.inviter.id, actor="x", at=at)
    assert newer.number == 2
    assert type(introduced(cast, cast.friend, at)) is errors.InvitationRevoked
    assert invitations.revoke_link(merchant_id=cast.inviter.id, actor="x", at=at)
    assert not invitations.revoke_link(merchant_id=cast.inviter.id, actor="x", at=at)
    gone = introduced(cast, cast.friend, at, invitation=token_of_link(newer))
    assert type(gone) is errors.InvitationRevoked
    assert not Referral.objects.exists()


def test_whoever_shares_a_browser_is_looked_at_by_a_person(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    invited.alike(TraitKind.DEVICE, cast.inviter, cast.friend, at=at)
    later = lives.close_until(DUE)
    assert follow(row, DUE, later).status == "review"
    assert tend_referrals(at=later) == 0
    by: dict[str, Any] = {"referral_id": row.id, "actor": "usr_a", "at": later}
    for act in (referrals.release_referral, referrals.refuse_referral):
        stays(ReasonNeeded, partial(act, reason=" ", **by))
    refused = referrals.refuse_referral(reason="同一人经营", **by)
    assert (refused.status, refused.reason, refused.words) == (
        "refused",
        "person",
        "同一人经营",
    )
    again = referrals.refuse_referral(reason="x", **by)
    assert again.words == "同一人经营"
    stays(errors.ReferralNotInReview, lambda: referrals.release_referral(reason="x", **by))
    assert introduced(cast, cast.friend, later) is None
    assert AuditRecord.objects.get(action="campaigns.referral.refused").reason == "同一人经营"
    assert not Coupon.objects.exists()


def test_a_person_lets_it_go_on_and_the_night_pays(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    invited.alike(TraitKind.DEVICE, cast.inviter, cast.friend, at=at)
    later = lives.close_until(DUE)
    follow(row, DUE, later)
    by: dict[str, Any] = {"referral_id": row.id, "actor": "usr_a", "at": later}
    for _ in range(2):
        freed = referrals.release_referral(reason="同一商场的网络", **by)
        assert (freed.status, freed.cleared_by) == ("holding", "usr_a")
    assert tend_referrals(at=later) == 1
    stays(errors.ReferralNotInReview, lambda: referrals.refuse_referral(reason="x", **by))


def test_the_same_people_get_nothing_found_out_late(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    invited.alike(TraitKind.PHONE, cast.inviter, cast.friend, at=at)
    ended = follow(row, DUE, lives.close_until(DUE))
    assert (ended.status, ended.reason, Coupon.objects.count()) == ("refused", "same_firm", 0)
    assert told()[-1] == ("refused", cast.friend.id)


def test_it_waits_for_good_standing_and_stock_and_then_lapses(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    later = lives.close_until(DUE)
    suspend_line(
        line_id=cast.line.id, because=SuspensionReason.RISK, reason="x", actor="x", at=later
    )
    assert follow(row, DUE, later).waits_for == "inviter"
    assert Coupon.objects.count() == 0
    assert Referral.objects.get(pk=row.pk).status == "holding"
    stays(
        errors.InviterNotInStanding,
        lambda: invitations.issue_link(merchant_id=cast.inviter.id, actor="x", at=later),
    )
    stranger = introduced(cast, invited.shop("D-1", later), later)
    assert type(stranger) is errors.InviterNotInStanding
    last = DUE + referrals.PATIENCE
    assert follow(row, last, later).status == "holding"
    ended = follow(row, last + DAY, later)
    assert (ended.status, ended.reason, ended.waits_for) == ("lapsed", "time", "")


def test_of_an_empty_batch_neither_side_gets_anything(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    later = lives.close_until(DUE)
    stop_batch(batch_id=cast.program.invitee_batch_id, actor="x", at=later)
    before = (Coupon.objects.count(), Discount.objects.count())
    assert follow(row, DUE, later).waits_for == "batch"
    assert (Coupon.objects.count(), Discount.objects.count()) == before
    assert told()[-1] == ("holding", cast.friend.id)


def test_without_a_first_order_in_time_it_lapses(cast: Cast, at: datetime) -> None:
    row = joined(cast.link, cast.friend, at)
    assert follow(row, row.until_on, at).status == "joined"
    ended = follow(row, row.until_on + DAY, at)
    assert (ended.status, ended.reason) == ("lapsed", "time")


def test_a_reward_is_taken_back_where_no_order_has_it(cast: Cast, at: datetime) -> None:
    row = waiting(cast, at)
    later = lives.close_until(DUE)
    by: dict[str, Any] = {"referral_id": row.id, "actor": "usr_a", "at": later}
    stays(errors.ReferralNotRewarded, lambda: referrals.take_back_referral(reason="x", **by))
    done = follow(row, DUE, later)
    Discount.objects.filter(pk=done.invitee_coupon.discount_id).update(status="used")
    stays(ReasonNeeded, lambda: referrals.take_back_referral(reason="", **by))
    for _ in range(2):
        ended = referrals.take_back_referral(reason="串通", **by)
        assert (ended.status, ended.reason, ended.words) == ("taken_back", "person", "串通")
    states = [
        Discount.objects.get(pk=one.discount_id).status
        for one in (done.inviter_coupon, done.invitee_coupon)
    ]
    assert states == ["canceled", "used"]
    assert AuditRecord.objects.filter(action="campaigns.referral.taken_back").count() == 1


def test_an_inviter_is_barred_and_allowed_again(cast: Cast, at: datetime) -> None:
    by: dict[str, Any] = {"merchant_id": cast.inviter.id, "actor": "usr_a", "at": at}
    stays(ReasonNeeded, lambda: invitations.bar_inviter(reason="", **by))
    for _ in range(2):
        assert invitations.bar_inviter(reason="群发广告", **by).is_barred
    assert type(introduced(cast, cast.friend, at)) is errors.InvitationRevoked
    stays(errors.InviterBarred, lambda: invitations.issue_link(**by))
    for _ in range(2):
        assert not invitations.allow_inviter(**by).is_barred
    assert invitations.issue_link(**by).number == 2
    actions = AuditRecord.objects.filter(action__startswith="campaigns.invitations.")
    assert [one.action.rpartition(".")[2] for one in actions.order_by("position")] == [
        "barred", "allowed",
    ]  # fmt: skip
    stays(NotFound, lambda: invitations.allow_inviter(**{**by, "merchant_id": cast.friend.id}))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"cap_count": 0}, errors.ReferralTermsInvalid),
        ({"hold_days": 6}, errors.ReferralTermsInvalid),
        ({"window_days": 181}, errors.ReferralTermsInvalid),
        ({"inviter_batch_id": "cbt_no"}, errors.CouponBatchNotFound),
        ({"entry_url": "https://else.example/"}, OriginNotAllowed),
    ],
)
def test_terms_that_cannot_be_are_refused(
    cast: Cast, at: datetime, wrong: dict[str, Any], error: type[Exception]
) -> None:
    own = {
        "inviter_batch_id": cast.program.inviter_batch_id,
        "invitee_batch_id": cast.program.invitee_batch_id,
    }
    stays(error, lambda: invited.started(at, **{**own, **wrong}))


def test_a_reward_never_grows_with_borrowing(cast: Cast, at: datetime) -> None:
    ok = cast.program.invitee_batch_id
    tied = [
        coupons.batch("T-1", at).id,  # from ¥1,000 on
        invited.batch_id("T-2", at, option_codes=("bullet_60",)),
        invited.batch_id("T-3", at, kind=DiscountKind.FREE_DAYS, days=7),
    ]
    for one in tied:
        stays(
            errors.ReferralBatchTied,
            partial(invited.started, at, inviter_batch_id=one, invitee_batch_id=ok),
        )
    stop_batch(batch_id=ok, actor="x", at=at)
    stays(
        errors.CouponBatchStopped,
        lambda: invited.started(at, inviter_batch_id=ok, invitee_batch_id=ok),
    )


def test_terms_are_numbered_and_end(cast: Cast, at: datetime) -> None:
    own = {
        "inviter_batch_id": cast.program.inviter_batch_id,
        "invitee_batch_id": cast.program.invitee_batch_id,
    }
    assert invited.started(at, **own) == cast.program
    newer = invited.started(at, **own, cap_count=5)
    assert (newer.number, program_now(), newer.entry_url) == (2, newer, f"{SHOP}/credit")
    row = waiting(cast, at)
    for _ in range(2):
        end_program(actor="usr_a", at=at)
    assert program_now() is None
    assert type(introduced(cast, invited.shop("D-1", at), at)) is errors.InvitationsOff
    stays(
        errors.InvitationsOff,
        lambda: invitations.issue_link(merchant_id=cast.inviter.id, actor="x", at=at),
    )
    assert follow(row, DUE, lives.close_until(DUE)).status == "rewarded"
    assert AuditRecord.objects.filter(action="campaigns.referral_program.ended").count() == 1


def test_another_platform_moves_nothing_here(
    cast: Cast, other_tenant: Tenant, at: datetime
) -> None:
    row, token = waiting(cast, at), token_of_link(cast.link)
    by: dict[str, Any] = {"actor": "x", "at": at}
    with tenant_scope(other_tenant.id):
        theirs = invited.shop("M-1", at)
        assert type(introduced(cast, theirs, at, invitation=token)) is errors.InvitationInvalid
        for act in (
            referrals.release_referral, referrals.refuse_referral, referrals.take_back_referral,
        ):  # fmt: skip
            for key in (row.id, "nonsense"):
                stays(
                    errors.ReferralNotFound,
                    partial(act, referral_id=key, reason="x", **by),
                )
        stays(NotFound, lambda: invitations.issue_link(merchant_id=cast.inviter.id, **by))
        stays(errors.ReferralNotFound, lambda: follow(row, DUE, at))
        assert program_now() is None
        assert tend_referrals(at=at) == 0
    with no_scope():
        for call in (
            lambda: follow(row, DUE, at),
            lambda: joined(cast.link, cast.friend, at),
            lambda: end_program(**by),
        ):
            with pytest.raises(NoScope):
                call()
    assert InvitationLink.objects.count() == 1


def test_the_sweep_leaves_virtual_platforms_alone(cast: Cast, at: datetime) -> None:
    waiting(cast, at)
    later = lives.close_until(DUE)
    with no_scope(), clock.travel(later):
        assert sweep() == 0
        Tenant.objects.filter(pk=cast.tenant.pk).update(is_virtual=False)
        assert (sweep(), sweep()) == (1, 0)
