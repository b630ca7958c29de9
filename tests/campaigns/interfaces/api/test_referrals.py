"""Invitations over HTTP: told when a visit opens, listed with what became of them."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Referral
from campaigns.queries.referrals import token_of_link
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns import invited
from tests.campaigns.invited import Cast, joined
from tests.conftest import lived
from tests.tenants.interfaces.api.client import Partner, Stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(pets: Tenant) -> Cast:
    return lived(lambda at: invited.cast_of(pets, at))


@pytest.fixture
def cast(world: Cast, tenant: Tenant) -> Cast:
    return world


def visit(partner: Partner, who: Merchant, **said: Any) -> list[str]:
    answer = partner.post("embed_sessions", {"merchant": who.id, "component": "apply", **said})
    assert answer.status_code == 201
    return [one["code"] for one in answer.json()["warnings"]]


def test_a_visit_comes_with_an_invitation_and_opens_in_any_case(
    cast: Cast, tenant: Tenant, owner: Partner, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        token, other = token_of_link(cast.link), invited.shop("C-1", at)
    assert visit(owner, cast.friend, invitation_token="?" * 900) == ["invitation_invalid"]
    assert visit(owner, cast.inviter, invitation_token=token) == ["invited_oneself"]
    assert visit(owner, cast.friend, invitation_token=f" {token} ") == []
    assert visit(owner, cast.friend, invitation_token=token) == []
    with tenant_scope(tenant.id):
        row = Referral.objects.get()
        assert (row.inviter, row.invitee, row.told_in[:4]) == (cast.inviter, cast.friend, "ems_")
    both = visit(owner, other, invitation_token=token, salesperson_code="S-9")
    assert both == ["salesperson_unknown"]


def test_who_came_is_listed(
    cast: Cast, tenant: Tenant, owner: Partner, neighbor: Partner, stranger: Stranger, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        row = joined(cast.link, cast.friend, at)
    (told,) = owner.get("referrals").json()["data"]
    assert told == {
        "id": row.id, "object": "referral", "mode": "live", "external_id": None,
        "status": "joined", "version": 1, "next_action": None,
        "created_at": "2026-03-02T10:00:00+08:00", "inviter": cast.inviter.id,
        "invitee": cast.friend.id, "reason": None, "waits_for": None, "first_shipped_on": None,
        "due_on": None, "until_on": "2026-04-01", "rewarded_at": None, "inviter_coupon": None,
        "invitee_coupon": None,
    }  # fmt: skip
    for whose in (cast.inviter, cast.friend):
        assert len(owner.get(f"referrals?merchant={whose.id}").json()["data"]) == 1
    assert owner.get("referrals?status=rewarded").json()["data"] == []
    assert neighbor.get("referrals").json()["data"] == []
    assert neighbor.get(f"referrals?merchant={cast.friend.id}").status_code == 404
    assert stranger.get("referrals").status_code == 401


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_costs_the_same_however_long(
    cast: Cast, tenant: Tenant, owner: Partner, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        for number in range(item_count):
            joined(cast.link, invited.shop(f"C-{number}", at), at)
    owner.get("referrals")
    with django_assert_num_queries(2):
        assert len(owner.get("referrals").json()["data"]) == item_count
