"""The page of experiments: our own staff only, proposed by one, started by another, stopped."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.models import Experiment
from tenants.models import Tenant
from tests.callers import browser, callers
from tests.risk import trials
from tests.risk.interfaces.console.test_policies import person, said

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/experiments"
FORM = {
    "name": "D 级以下试放", "hypothesis": "少量放给临界商户", "from_on": "2026-03-02",
    "until_on": "2026-09-01", "policy": "", "policy_share": "", "scorecard": "",
    "scorecard_share": "", "explore_share": "3", "explore_pd": "20", "explore_limit": "1000",
    "budget": "20000", "stop_rate": "25", "stop_count": "30",
}  # fmt: skip


def staff(tenant: Tenant, at: datetime, number: int = 0) -> Client:
    return browser(person(at, number), tenant=tenant)


def experiments(tenant: Tenant) -> list[Experiment]:
    with tenant_scope(tenant.id):
        return list(Experiment.objects.order_by("id"))


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        trial = trials.proposed(trials.EXPLORED, at=at)
    who = callers(tenant, other_tenant, at)
    for page in (PAGE, f"{PAGE}/{trial.id}"):
        assert who.statuses(page) == (302, 403, 403)
    assert who.owner.post(PAGE, FORM).status_code == 403
    assert who.owner.post(f"{PAGE}/{trial.id}/stop", {"reason": "x"}).status_code == 403
    elsewhere = staff(other_tenant, at)
    assert elsewhere.get(f"{PAGE}/{trial.id}").status_code == 404
    assert elsewhere.get(f"{PAGE}/nonsense").status_code == 404
    assert elsewhere.post(f"{PAGE}/{trial.id}/stop", {"reason": "x"}).status_code == 404
    assert [one.status for one in experiments(tenant)] == ["proposed"]
    assert elsewhere.get(PAGE).context["rows"] == []


def test_proposed_by_one_started_by_another_and_stopped(tenant: Tenant, at: datetime) -> None:
    one, two = staff(tenant, at, 0), staff(tenant, at, 1)
    assert one.post(PAGE, FORM).status_code == 302
    [trial] = experiments(tenant)
    assert trial.arms == [
        {"name": "control", "kind": "control", "share": 9_700},
        {
            "name": "explore", "kind": "explore", "share": 300, "max_pd": "0.20000000",
            "limit_minor": 100_000,
        },
    ]  # fmt: skip
    assert (trial.budget_minor, trial.stop_bad_rate, trial.stop_bad_count) == (
        2_000_000, Decimal("0.25"), 30,
    )  # fmt: skip
    alone = one.post(f"{PAGE}/{trial.id}/start", follow=True)
    assert len(said(alone)) == 2
    assert experiments(tenant)[0].status == "proposed"
    assert two.post(f"{PAGE}/{trial.id}/start", follow=True).context["row"].status == "running"
    assert one.post(f"{PAGE}/{trial.id}/burn").status_code == 404
    unsaid = one.post(f"{PAGE}/{trial.id}/stop", {"reason": " "}, follow=True)
    assert unsaid.context["row"].status == "running"
    page = one.post(f"{PAGE}/{trial.id}/stop", {"reason": "先看清楚"}, follow=True)
    assert (page.context["row"].status, page.context["why"]) == ("stopped", "先看清楚")


@pytest.mark.parametrize(
    "change",
    [
        {"explore_share": "5.01"}, {"explore_share": ""}, {"explore_pd": ""},
        {"explore_limit": ""}, {"budget": ""}, {"budget": "many"}, {"until_on": "2026-03-02"},
        {"until_on": "soon"}, {"stop_rate": "0"}, {"stop_count": "0"}, {"name": ""},
        {"policy_share": "10"}, {"policy": "pol_x"}, {"hypothesis": " "},
    ],
)  # fmt: skip
def test_what_cannot_be_proposed_is_said_in_place(
    tenant: Tenant, at: datetime, change: dict[str, str]
) -> None:
    page = staff(tenant, at).post(PAGE, FORM | change)
    assert page.status_code == 422
    assert page.context["form"].errors
    assert experiments(tenant) == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        for _ in range(item_count):
            trials.proposed(trials.EXPLORED, at=at)
    client = staff(tenant, at)
    with django_assert_num_queries(6):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == item_count


def refused_words(client: Client, **change: Any) -> str:
    page = client.post(PAGE, FORM | change)
    return str(page.context["form"].non_field_errors()[0])


def test_a_refusal_names_what_is_missing(tenant: Tenant, at: datetime) -> None:
    client = staff(tenant, at)
    words = {
        refused_words(client, **change)
        for change in ({"budget": ""}, {"explore_pd": ""}, {"until_on": "2026-03-02"})
    }
    assert len(words) == 3
