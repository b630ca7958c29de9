"""Prices by term in the editor, on the page of a version and in the simulator."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from platform_app.kernel.tenancy import tenant_scope
from risk.models import Policy
from risk.operations.policy_drafts import draft_policy
from tenants.models import Member, Tenant
from tests.callers import browser
from tests.risk.interfaces.console.test_policies import first, page_of, person, policy_of
from tests.risk.prices import RATES, term_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(at: datetime) -> Member:
    found: Member = person(at, 1)
    return found


@pytest.fixture
def client(officer: Member, tenant: Tenant) -> Client:
    return browser(officer, tenant=tenant)


def draft(tenant: Tenant, officer: Member, at: datetime, **changes: Any) -> Policy:
    body = first(tenant).body
    body["limit"]["lgd"] = "0.6"
    if changes != {"none": True}:
        body["term_price"] = term_price(**changes)
    else:
        body["price"]["A"] = "0.07"
    with tenant_scope(tenant.id):
        return draft_policy(body=body, actor=officer.id, at=at)


def typed(page: Any) -> dict[str, str]:
    form = page.context["form"]
    grid = [field for _grade, row in form.rows for field in row]
    every = [*form.days, *grid, *form.funding, *form.pd, *form.parts, form.margin]
    return {one.name: one.text for one in every}


def test_what_is_stored_is_what_is_shown(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at)
    path = page_of(policy, "/edit?stage=prices")
    page = client.get(path)
    form = typed(page)
    assert (page.status_code, form["days-2"], form["rate-A-0"], form["funding-1"]) == (
        200, "90", "7.2", "3.1",
    )  # fmt: skip
    assert len(page.context["form"].columns) == 5
    assert client.post(path, form | {"do": "save"}).status_code == 302
    assert policy_of(tenant, 2).body == policy.body


def test_a_column_is_added_changed_and_taken_away(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at)
    path = page_of(policy, "/edit?stage=prices")
    form = typed(client.get(path))
    more = {f"rate-{grade}-3": "11.8" for grade in "ABCDE"}
    saved = client.post(path, form | more | {"days-3": "180", "funding-3": "3.3", "do": "save"})
    assert (saved.status_code, saved["Location"]) == (302, path)
    table = policy_of(tenant, 2).body["term_price"]
    assert (table["days"], table["rates"]["B"]) == (
        [30, 60, 90, 180],
        ["0.078", "0.081", "0.084", "0.118"],
    )
    form = typed(client.get(path))
    gone = {name: "" for name in form if name.endswith(("-0", "-1", "-2", "-3"))}
    assert client.post(path, form | gone | {"do": "save"}).status_code == 302
    assert "term_price" not in policy_of(tenant, 2).body


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"rate-B-1": "x"}, "rate-B-1"), ({"days-1": "1.5"}, "days-1"), ({"pd-A": "-1"}, "pd-A")],
)
def test_what_is_mistyped_is_said_beside_it_and_nothing_is_lost(
    client: Client, officer: Member, tenant: Tenant, at: datetime, wrong: dict[str, str], said: str
) -> None:
    policy = draft(tenant, officer, at)
    path = page_of(policy, "/edit?stage=prices")
    form = typed(client.get(path)) | wrong
    page = client.post(path, form | {"do": "save"})
    assert (page.status_code, [one.name for one in page.context["form"].errors]) == (422, [said])
    assert typed(page) == form
    assert policy_of(tenant, 2).body == policy.body


def test_columns_that_overlap_are_refused(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at)
    path = page_of(policy, "/edit?stage=prices")
    page = client.post(path, typed(client.get(path)) | {"days-1": "30", "do": "save"})
    assert page.status_code == 422
    assert "two columns overlap" in page.content.decode()
    assert policy_of(tenant, 2).body == policy.body


def test_rates_are_filled_from_their_cost(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at)
    path = page_of(policy, "/edit?stage=prices")
    page = client.post(path, typed(client.get(path)) | {"margin": "1", "do": "fill"})
    # 3 + .5 × .6 + .1 × 365 / 30 + .4 + .5 + 1 %, rounded up to a hundredth
    assert (page.status_code, typed(page)["rate-A-0"]) == (200, "6.42")
    assert policy_of(tenant, 2).body == policy.body


def test_a_worse_grade_that_is_cheaper_is_found(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at, rates=RATES | {"C": ["0.0700", "0.0930", "0.0960"]})
    page = client.get(page_of(policy, "/edit?stage=prices"))
    worst = page.context["findings"][0]
    assert (worst["code"], worst["is_blocking"]) == (
        "price_order", True,
    )  # fmt: skip


def test_the_page_of_a_version_shows_the_grid_its_parts_and_what_changed(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    page = client.get(page_of(draft(tenant, officer, at)))
    prices = page.context["prices"]
    assert [cell["rate"] for cell in prices["rows"][0]["cells"]] == ["7.20 %", "7.30 %", "7.40 %"]
    assert prices["costs"][0]["parts"][:3] == ["3.00 %", "0.30 %", "1.22 %"]
    changed = [one for one in page.context["changes"] if one["before"] == "—"]
    assert (len(changed), changed[0]["after"]) == (26, "7.2 %")


def test_a_version_without_a_table_has_no_grid(
    client: Client, officer: Member, tenant: Tenant, at: datetime
) -> None:
    policy = draft(tenant, officer, at, none=True)
    assert client.get(page_of(policy)).context["prices"] is None
    page = client.get(page_of(policy, "/edit?stage=prices"))
    assert (page.status_code, page.context["costs"]) == (200, [])
    saved = client.post(page_of(policy, "/edit?stage=prices"), typed(page) | {"do": "save"})
    assert saved.status_code == 302
    assert policy_of(tenant, 2).body == policy.body
