"""The page of the floors: our staff propose and approve, and what is refused stays as typed."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.models import PolicyFloor
from risk.operations.floors import propose_floor
from tenants.models import Tenant
from tests.callers import browser, callers
from tests.risk.interfaces.console.test_policies import drafted, page_of, person, said

pytestmark = pytest.mark.django_db

LIST = "/console/risk/floors"
FORM = {
    "layer": "funder", "funder": "L-000001", "max_limit": "200,000", "min_grade": "C",
    "fact-1": "return_rate", "low-1": "20", "high-1": "", "reason-1": "returns_high",
    "reason": "as the lender's terms say",
}  # fmt: skip


def proposed(number: int, at: datetime) -> PolicyFloor:
    body = {"knock_outs": [], "max_limit_minor": number * 100_000, "min_grade": None}
    return propose_floor(
        layer="platform", funder="", body=body, reason="x", actor="usr_one", at=at
    )  # fmt: skip


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    floor, who = proposed(1, at), callers(tenant, other_tenant, at)
    assert who.statuses(LIST) == (302, 403, 403)
    assert who.owner.post(LIST, FORM).status_code == 403
    assert who.owner.post(f"{LIST}/{floor.id}/approve").status_code == 403
    assert list(PolicyFloor.objects.values_list("status", flat=True)) == ["proposed"]


def test_from_the_form_into_the_next_policy_by_two_people(tenant: Tenant, at: datetime) -> None:
    one, two = (browser(person(at, number), tenant=tenant) for number in range(2))
    assert one.post(LIST, FORM).status_code == 302
    floor = PolicyFloor.objects.get()
    then = {"outcome": "decline", "reason": "returns_high"}
    assert floor.body == {
        "knock_outs": [
            {"id": "k1-unknown", "when": {"return_rate": {"missing": True}}, "then": then},
            {"id": "k1-range", "when": {"return_rate": {"range": ["0.2", None]}}, "then": then},
        ],
        "max_limit_minor": 20_000_000,
        "min_grade": "C",
    }
    alone = one.post(f"{LIST}/{floor.id}/approve", follow=True)
    assert len(said(alone)) == 2
    assert alone.context["rows"][0]["is_open"] is True
    done = two.post(f"{LIST}/{floor.id}/approve", follow=True)
    assert done.context["rows"][0]["floor"].status == "in_force"
    one.post(LIST, FORM | {"layer": "platform", "funder": "", "fact-1": ""})
    two.post(f"{LIST}/{PolicyFloor.objects.get(layer='platform').id}/approve", follow=True)
    policy = drafted(tenant, at)
    two.post(page_of(policy, "/validate"), {"comment": "seen"}, follow=True)
    page = two.get(page_of(policy))
    assert [one["layer"] for one in page.context["floors"]] == ["platform"]
    outcome = page.context["stages"][3]["rows"]
    assert [row["number"] for row in outcome] == ["", "", 1, 2, 3, 4, 5]
    assert page.context["found"].has_floors_of_today is True
    again = one.post(page_of(policy, "/draft"), follow=True)
    assert again.status_code == 200
    with tenant_scope(tenant.id):
        assert "floors" not in type(policy).objects.get(version=3).body


@pytest.mark.parametrize(
    "change",
    [
        {"max_limit": "much"}, {"max_limit": "0"}, {"low-1": "x"}, {"low-1": ""},
        {"fact-1": "zodiac"}, {"funder": ""}, {"layer": "tenant"}, {"reason": " "},
        {"reason-1": "zodiac"}, {"min_grade": "F"},
    ],
)  # fmt: skip
def test_what_is_refused_stays_as_it_was_typed(
    tenant: Tenant, at: datetime, change: dict[str, str]
) -> None:
    client = browser(person(at, 1), tenant=tenant)
    page: Any = client.post(LIST, FORM | change)
    assert page.status_code == 422
    assert page.context["said"] == FORM | change
    assert PolicyFloor.objects.count() == 0


def test_a_floor_is_turned_down_with_a_reason(tenant: Tenant, at: datetime) -> None:
    client, floor = browser(person(at, 1), tenant=tenant), proposed(1, at)
    path = f"{LIST}/{floor.id}"
    client.post(f"{path}/reject", {"comment": " "}, follow=True)
    assert PolicyFloor.objects.get().status == "proposed"
    client.post(f"{path}/reject", {"comment": "not agreed"}, follow=True)
    assert PolicyFloor.objects.get().rejected_reason == "not agreed"
    assert client.post(f"{path}/burn").status_code == 404
    assert client.post(f"{LIST}/pfl_x/approve").status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(item_count):
        proposed(number + 1, at)
    client = browser(person(at, 1), tenant=tenant)
    with django_assert_num_queries(4):
        page = client.get(LIST)
    assert len(page.context["rows"]) == item_count
