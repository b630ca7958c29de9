"""老带新 in the console: the terms, who came, and what a person says about one of them."""

from datetime import date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Coupon, InvitationLink, Referral, ReferralProgram
from campaigns.operations.daily_referrals import tend_referrals
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import TraitKind
from tenants.models import Tenant
from tests.callers import Callers, browser, callers, member
from tests.campaigns import invited
from tests.campaigns.invited import Cast, joined, shipped
from tests.campaigns.sellers import SHOP
from tests.conftest import lived
from tests.credit import lives

pytestmark = pytest.mark.django_db
PAGE = "/console/referrals"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def world(pets: Tenant) -> Cast:
    return lived(lambda at: invited.cast_of(pets, at))


@pytest.fixture
def cast(world: Cast, tenant: Tenant) -> Cast:
    return world


@pytest.fixture
def who(tenant: Tenant, other_tenant: Tenant, at: datetime) -> Callers:
    return callers(tenant, other_tenant, at)


def terms_of(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "inviter_batch": cast.program.inviter_batch_id, "cap_count": 5, "hold_days": 14,
        "invitee_batch": cast.program.invitee_batch_id, "window_days": 60,
        "entry_url": f"{SHOP}/new", **changes,
    }  # fmt: skip


def in_review(cast: Cast, at: datetime) -> tuple[Referral, datetime]:
    row = joined(cast.link, cast.friend, at)
    shipped(cast.friend, at)
    invited.alike(TraitKind.DEVICE, cast.inviter, cast.friend, at=at)
    tend_referrals(at=at)
    later = lives.close_until(date(2026, 3, 9))
    tend_referrals(at=later)
    row.refresh_from_db()
    return row, later


def status_of(row: Referral, tenant: Tenant) -> str:
    with tenant_scope(tenant.id):
        row.refresh_from_db()
    return str(row.status)


def test_terms_are_begun_replaced_and_ended(tenant: Tenant, cast: Cast, who: Callers) -> None:
    shown = who.owner.get(PAGE, headers=ENGLISH).content.decode()
    assert "Terms no. 1" in shown
    assert "Nobody came with an invitation yet." in shown
    form = who.owner.get(f"{PAGE}/terms").context["form"]
    assert [len(form.fields[name].choices) for name in ("inviter_batch", "invitee_batch")] == [2, 2]
    for wrong in ({"entry_url": "https://else.example/"}, {"hold_days": 3}, {"cap_count": ""}):
        assert who.owner.post(f"{PAGE}/terms", terms_of(cast, **wrong)).status_code == 422
    with tenant_scope(tenant.id):
        assert ReferralProgram.objects.get().number == 1
    sent = who.owner.post(f"{PAGE}/terms", terms_of(cast))
    assert (sent.status_code, sent.headers["Location"]) == (302, PAGE)
    with tenant_scope(tenant.id):
        rows = ReferralProgram.objects.order_by("number")
        assert [(row.number, row.ended_at is None) for row in rows] == [(1, False), (2, True)]
        assert (rows[1].hold_days, rows[1].entry_url) == (14, f"{SHOP}/new")
    who.owner.post(f"{PAGE}/end")
    assert "No merchant can invite now." in who.owner.get(PAGE, headers=ENGLISH).content.decode()
    with tenant_scope(tenant.id):
        assert not ReferralProgram.objects.filter(ended_at=None).exists()


def test_a_person_looks_and_decides(tenant: Tenant, cast: Cast, who: Callers, at: datetime) -> None:
    with tenant_scope(tenant.id):
        row, later = in_review(cast, at)
    path = f"{PAGE}/{row.id}"
    assert who.statuses(path) == (302, 404, 200)
    shown = who.owner.get(path, headers=ENGLISH)
    assert shown.context["shared"] == ["Browser and network"]
    assert "1 waits for you" in who.owner.get(PAGE, headers=ENGLISH).content.decode()
    who.owner.post(f"{path}/release", {"reason": ""})
    assert status_of(row, tenant) == "review"
    who.owner.post(f"{path}/release", {"reason": "同一商场"})
    with tenant_scope(tenant.id):
        assert tend_referrals(at=later) == 1
    who.owner.post(f"{path}/take-back", {"reason": "串通"})
    assert status_of(row, tenant) == "taken_back"
    who.owner.post(f"{path}/bar", {"reason": "群发"})
    with tenant_scope(tenant.id):
        assert InvitationLink.objects.get().is_barred
    assert who.owner.get(path).context["is_barred"]
    who.owner.post(f"{path}/allow")
    with tenant_scope(tenant.id):
        assert not InvitationLink.objects.get().is_barred
        states = Coupon.objects.values_list("discount__status", flat=True)
        assert set(states) == {"canceled"}
    assert who.owner.post(f"{path}/else").status_code == 404


def test_who_may_do_what(tenant: Tenant, cast: Cast, who: Callers, at: datetime) -> None:
    with tenant_scope(tenant.id):
        row, _ = in_review(cast, at)
    viewer, path = browser(member(tenant, "viewer", at)), f"{PAGE}/{row.id}"
    assert [viewer.get(one).status_code for one in (PAGE, path, f"{PAGE}/terms")] == [200, 200, 403]
    assert who.statuses(PAGE)[::2] == (302, 200)
    for act in (f"{path}/refuse", f"{path}/bar", f"{PAGE}/end"):
        fields = {"reason": "x"}
        assert viewer.post(act, fields).status_code == 403
        assert who.stranger.post(act, fields).status_code == 302
    for act in ("refuse", "bar"):
        assert who.neighbor.post(f"{path}/{act}", {"reason": "x"}).status_code == 404
    assert who.neighbor.post(f"{PAGE}/terms", terms_of(cast)).status_code == 422
    who.neighbor.post(f"{PAGE}/end")
    with tenant_scope(tenant.id):
        assert (Referral.objects.get().status, InvitationLink.objects.get().is_barred) == (
            "review", False,
        )  # fmt: skip
        assert ReferralProgram.objects.get().ended_at is None
    staff = browser(member(None, "staff", at), tenant=tenant)
    assert staff.post(f"{path}/refuse", {"reason": "x"}).status_code == 302
    assert status_of(row, tenant) == "refused"


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, cast: Cast, who: Callers, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        rows = [joined(cast.link, invited.shop(f"D-{no}", at), at) for no in range(item_count)]
    who.owner.get(PAGE)
    with django_assert_num_queries(7):
        assert len(who.owner.get(PAGE).context["page"].rows) == item_count
    with django_assert_num_queries(6):
        who.owner.get(f"{PAGE}/{rows[0].id}")
