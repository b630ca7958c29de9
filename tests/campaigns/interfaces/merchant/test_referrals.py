"""M19 on a phone: the rules, my link, whom I invited; and what whoever was invited is told."""

import re
from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import InvitationLink, Referral
from campaigns.operations.daily_referrals import tend_referrals
from campaigns.operations.invitations import bar_inviter
from campaigns.operations.referral_program import end_program
from campaigns.queries.referrals import token_of_link
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns import invited
from tests.campaigns.invited import Cast, joined, shipped
from tests.conftest import lived
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

pytestmark = pytest.mark.django_db
PAGE, SLIP, CARD = "/m/invite/", "/m/invite/slip/", "/m/invite/card/"


@pytest.fixture(scope="module")
def world(pets: Tenant) -> Cast:
    return lived(lambda at: invited.cast_of(pets, at))


@pytest.fixture
def cast(world: Cast, tenant: Tenant) -> Cast:
    return world


@pytest.fixture
def visit(cast: Cast, at: datetime) -> Visit:
    return visit_of(cast.inviter, at, component="line", locale="en")


def test_the_page_says_all_of_it(cast: Cast, visit: Visit, tenant: Tenant, at: datetime) -> None:
    answer = visit.get(PAGE)
    text = words(answer)
    for said in (
        "Up to ¥20.00 off the interest of one order for you, up to ¥20.00 for the shop you invite.",
        "Their first order is shipped within 30 days",
        "What both get is the same whatever is borrowed.",
        "7 days later both coupons arrive",
        "2 shops a month count.",
        "My coupons from inviting 0 · ¥0.00 This month 0 / 2",
        "Nobody yet.",
    ):
        assert said in text
    with tenant_scope(tenant.id):
        token = token_of_link(cast.link)
    assert f"https://shop.example/credit?bt_inv={token}" in answer.content.decode()
    assert 'src="data:image/svg+xml' in answer.content.decode()
    line = visit.get("/m/line/").content.decode()
    assert f'<div data-pull="{SLIP}" hidden></div>' in line
    assert "A coupon for both: up to ¥20.00 for you" in words(visit.get(SLIP))


def test_guests_are_masked_and_what_they_owe_is_not_told(
    cast: Cast, tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        joined(cast.link, cast.friend, at)
        joined(cast.link, invited.shop("K-1", at), at)
        shipped(cast.friend, at)
        tend_referrals(at=at)
        later = lives.close_until(date(2026, 3, 9))
        tend_referrals(at=later)
        joined(
            cast.link, lives.line_of(lives.merchant_with_trade("K-2", at), later).merchant, later
        )
    with clock.travel(later):
        text = words(visit_of(cast.inviter, later, component="line", locale="en").get(PAGE))
    assert "My coupons from inviting 1 · ¥20.00 This month 2 / 2" in text
    states = re.findall(r"(\S\*\*\S) 2026-03-0\d \S+ · (.+?)(?= \S\*\*| How)", text)
    assert states == [
        ("宠**2", "Does not count"),
        ("示**1", "Came; the coupons are on the way"),
        ("宠**1", "Your coupon has arrived"),
    ]
    assert cast.friend.name not in text


def test_a_link_is_made_renewed_and_taken_back(
    cast: Cast, visit: Visit, tenant: Tenant, at: datetime
) -> None:
    assert gone_to(visit.post("/m/invite/link/")) == PAGE
    assert gone_to(visit.post("/m/invite/revoke/")) == PAGE
    assert "Get my link" in words(visit.get(PAGE))
    with tenant_scope(tenant.id):
        rows = InvitationLink.objects.order_by("number")
        assert [(row.number, row.revoked_at, row.issued_by) for row in rows] == [
            (1, at, "usr_test"), (2, at, f"merchant:{cast.inviter.id}"),
        ]  # fmt: skip
        bar_inviter(merchant_id=cast.inviter.id, reason="x", actor="x", at=at)
    assert "Ask the service desk why." in words(visit.get(PAGE))
    refused = visit.post("/m/invite/link/")
    assert (refused.status_code, "The platform ended your invitations." in words(refused)) == (
        422, True,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        assert InvitationLink.objects.count() == 2


def test_without_a_line_or_a_program_nobody_invites(
    cast: Cast, visit: Visit, tenant: Tenant, at: datetime
) -> None:
    friend = visit_of(cast.friend, at, locale="en")
    assert "You can invite while your line is active" in words(friend.get(PAGE))
    assert friend.post("/m/invite/link/").status_code == 422
    with tenant_scope(tenant.id):
        end_program(actor="x", at=at)
        before = InvitationLink.objects.count()
    text = words(visit.get(PAGE))
    assert "The platform does not take invitations at the moment." in text
    assert "How it works" not in text
    assert visit.post("/m/invite/link/").status_code == 422
    assert visit.get(SLIP).status_code == 204
    with tenant_scope(tenant.id):
        assert InvitationLink.objects.count() == before


def test_whoever_is_invited_sees_by_whom_or_why_it_does_not_count(
    cast: Cast, tenant: Tenant, at: datetime
) -> None:
    friend = visit_of(cast.friend, at, locale="en")
    assert friend.get(CARD).status_code == 204
    with tenant_scope(tenant.id):
        joined(cast.link, cast.friend, at)
        known = lives.line_of(lives.merchant_with_trade("K-1", at), at).merchant
        joined(cast.link, known, at)
    text = words(friend.get(CARD))
    assert "You were invited by 宠**1" in text
    assert "7 days after your first order is shipped, a coupon of up to ¥20.00" in text
    assert "They only learn that you came and when their coupon arrives." in text
    told = visit_of(known, at, locale="en")
    plainly = "You have been with us before, so the invitation does not count."
    assert words(told.get(CARD)) == f"{plainly} You can apply all the same."
    assert plainly in words(told.get(SLIP))
    later = at + timedelta(days=1, seconds=1)
    with clock.travel(later):
        assert visit_of(known, later, locale="en").get(CARD).status_code == 204
    start = friend.get("/m/start/").content.decode()
    assert f'<div data-pull="{CARD}" hidden></div>' in start


def test_nobody_else_sees_any_of_it(cast: Cast, other_tenant: Tenant, at: datetime) -> None:
    for path in (PAGE, SLIP, CARD):
        assert Visit().get(path).status_code == 401
    with tenant_scope(other_tenant.id):
        foreigner = Merchant.objects.create(external_id="A-1", name="示例纺织厂")
    theirs = visit_of(foreigner, at, locale="en")
    assert "does not take invitations" in words(theirs.get(PAGE))
    assert [theirs.get(path).status_code for path in (SLIP, CARD)] == [204, 204]
    assert theirs.post("/m/invite/link/").status_code == 422
    with tenant_scope(other_tenant.id):
        assert not InvitationLink.objects.exists()


@pytest.mark.parametrize("guest_count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_guests(
    cast: Cast, visit: Visit, tenant: Tenant, at: datetime, guest_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        for number in range(guest_count):
            joined(cast.link, invited.shop(f"K-{number}", at), at)
    visit.get(PAGE)
    with django_assert_num_queries(11):
        text = words(visit.get(PAGE))
    assert text.count("**") == guest_count
    with django_assert_num_queries(3):
        visit.get(SLIP)
    with tenant_scope(tenant.id):
        assert Referral.objects.count() == guest_count
