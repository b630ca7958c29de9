"""The ladder on the page of the scorecards, and the page of a challenger."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.domain.canonical import canonical
from risk.models import Scorecard
from risk.operations.challengers import score_challenger
from risk.operations.ladder import fit_pooled
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.risk.matured import ENDED, in_force, lived

pytestmark = pytest.mark.django_db

LIST = "/console/risk/scorecards"


def person(at: datetime, number: int) -> Any:
    return create_member(
        email=f"risk{number}@staff.example", name=f"示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip


@pytest.fixture
def people(tenant: Tenant, at: datetime) -> list[Client]:
    return [browser(person(at, number), tenant=tenant) for number in range(2)]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def numbers(words: str) -> set[str]:
    """What is counted in a sentence of any language."""
    return set(re.findall(r"\d+", words))


def lived_in(tenant: Tenant, count: int, shift: float = 0.0) -> int:
    with tenant_scope(tenant.id):
        return lived(count, shift=shift, ended=date(2026, 3, 1))


def newest(tenant: Tenant) -> Scorecard:
    with tenant_scope(tenant.id):
        found: Scorecard = Scorecard.objects.order_by("-version")[0]
        return found


def fit(client: Client, verb: str) -> Any:
    return client.post(f"{LIST}/fit/{verb}", follow=True)


def page_of(card: Scorecard, rest: str = "") -> str:
    return f"/console/risk/challengers/{card.id}{rest}"


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    lived_in(tenant, 300)
    us = person(at, 7)
    assert fit(browser(us, tenant=tenant), "challenger").status_code == 200
    trees = newest(tenant)
    who = callers(tenant, other_tenant, at)
    for path in (page_of(trees), page_of(trees, "/trees.json")):
        assert who.statuses(path) == (302, 403, 403)
    assert who.owner.post(page_of(trees, "/validate"), {"comment": "x"}).status_code == 403
    assert who.owner.post(f"{LIST}/fit/challenger").status_code == 403
    elsewhere = browser(us, tenant=other_tenant)
    assert elsewhere.get(page_of(trees)).status_code == 404
    assert elsewhere.post(page_of(trees, "/validate"), {"comment": "x"}).status_code == 404
    assert newest(tenant).status == "draft"


def test_the_ladder_says_where_the_platform_stands(tenant: Tenant, people: list[Client]) -> None:
    page = people[0].get(LIST)
    assert [one["is_here"] for one in page.context["steps"]] == [True, False, False, False]
    assert numbers(page.context["why"]) == {"0", "100"}
    bad = lived_in(tenant, 300, shift=1.0)
    assert bad > 100
    page = people[0].get(LIST)
    assert [one["is_open"] for one in page.context["steps"]] == [False, True, False, False]
    assert numbers(page.context["why"]) == {str(bad), "300", "500"}


def test_what_cannot_be_fitted_is_said_and_nothing_is_kept(
    tenant: Tenant, people: list[Client]
) -> None:
    bad = lived_in(tenant, 60)
    for verb, told in (("offset", set()), ("own", {str(bad), "500"}), ("challenger", {"30"})):
        answer = fit(people[0], verb)
        assert answer.redirect_chain == [(LIST, 302)]
        assert [numbers(one) for one in said(answer)] == [told]
    assert newest(tenant).version == 1
    assert people[0].post(f"{LIST}/fit/magic").status_code == 404


def test_an_offset_is_drafted_from_the_page(
    tenant: Tenant, people: list[Client], at: datetime
) -> None:
    lived_in(tenant, 400, shift=1.0)
    fit_pooled(tenant_ids=[tenant.id], on=ENDED, actor="usr_drafter", at=at)
    with tenant_scope(tenant.id):
        in_force(newest(tenant), at)
    draft = fit(people[0], "offset")
    card = newest(tenant)
    assert draft.redirect_chain == [(f"{LIST}/{card.id}", 302)]
    assert draft.context["found"].development["platforms"] == 1
    assert [one["is_here"] for one in people[0].get(LIST).context["steps"]] == [
        False, True, False, False,
    ]  # fmt: skip


def test_a_challenger_from_growing_to_the_comparison(
    tenant: Tenant, people: list[Client], at: datetime
) -> None:
    one, two = people
    bad = lived_in(tenant, 300)
    grown = fit(one, "challenger")
    trees = newest(tenant)
    assert grown.redirect_chain == [(page_of(trees), 302)]
    assert (grown.context["is_drafter"], grown.context["compared"]) == (True, [])
    assert page_of(trees) in one.get(LIST).content.decode()
    alone = one.post(page_of(trees, "/validate"), {"comment": "mine"}, follow=True)
    assert (alone.context["row"].status, len(said(alone))) == ("draft", 1)
    two.post(page_of(trees, "/validate"), {"comment": "signs checked"})
    done = two.post(page_of(trees, "/shadow"), follow=True)
    assert done.context["row"].status == "shadow"
    assert one.post(page_of(trees, "/approve"), {"comment": "go"}).status_code == 404
    with tenant_scope(tenant.id):
        assert score_challenger(at=at) == 301
    page = one.get(page_of(trees))
    (row,) = page.context["compared"]
    assert (row["n"], row["bad"], len(row["cells"])) == (300, bad, 3)
    assert row["cells"][0]["challenger"]["value"] > row["cells"][0]["card"]["value"]
    assert row["cells"][0]["is_better"] is True
    file = one.get(page_of(trees, "/trees.json"))
    assert file.content.decode() == canonical(trees.body)
    gone = one.post(page_of(trees, "/retire"), {"comment": "no better"}, follow=True)
    assert (gone.context["row"].status, gone.context["is_open"]) == ("retired", False)


@pytest.mark.parametrize("case_count", [300, 330])
def test_a_challenger_costs_the_same_for_any_number_of_cases(
    tenant: Tenant, people: list[Client], at: datetime, case_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    lived_in(tenant, case_count)
    fit(people[0], "challenger")
    trees = newest(tenant)
    people[1].post(page_of(trees, "/validate"), {"comment": "seen"})
    people[1].post(page_of(trees, "/shadow"))
    with tenant_scope(tenant.id):
        score_challenger(at=at)
    with django_assert_num_queries(8):
        assert people[0].get(page_of(trees)).status_code == 200
