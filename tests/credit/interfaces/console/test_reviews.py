"""The review desk: for our own staff, from the queue to an answer by one or two people."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import Application, Offer, Review
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Override
from risk.queries.proposals import proposal_of
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.credit import referrals

pytestmark = pytest.mark.django_db
DESK = "/console/reviews"


def staff(tenant: Tenant, at: datetime, number: int = 1) -> Client:
    person = create_member(
        email=f"review{number}@staff.example", name=f"示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    return browser(person, tenant=tenant)


def waiting(tenant: Tenant, at: datetime, count: int = 1) -> list[Review]:
    with tenant_scope(tenant.id):
        referrals.refer_everybody()
        return [referrals.referred(f"P{number}", at) for number in range(count)]


def read(tenant: Tenant, model: Any, **filters: Any) -> Any:
    with tenant_scope(tenant.id):
        return model.objects.get(**filters)


def page_of(review: Review, rest: str = "") -> str:
    return f"{DESK}/{review.id}{rest}"


def answer(**changes: Any) -> dict[str, Any]:
    return {
        "outcome": "approve", "limit": "10,000.00", "reason_code": "documents",
        "comment": "发票已核对",
    } | changes  # fmt: skip


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    [review] = waiting(tenant, at)
    who = callers(tenant, other_tenant, at)
    for path in (DESK, page_of(review)):
        assert who.statuses(path) == (302, 403, 403)
    assert who.owner.post(page_of(review, "/decide"), answer()).status_code == 403
    us = create_member(
        email="desk@staff.example", name="示例", role="staff", tenant_id=None, is_staff=True,
        password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    ours, elsewhere = browser(us, tenant=tenant), browser(us, tenant=other_tenant)
    assert [ours.get(path).status_code for path in (DESK, page_of(review))] == [200, 200]
    assert elsewhere.get(page_of(review)).status_code == 404
    assert elsewhere.post(page_of(review, "/decide"), answer()).status_code == 404
    assert ours.post(page_of(review, "/burn")).status_code == 404
    assert read(tenant, Review).status == "open"


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_queue_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    waiting(tenant, at, item_count)
    client = staff(tenant, at)
    with clock.travel(at + timedelta(hours=29)), django_assert_num_queries(5):
        page = client.get(DESK)
    assert [row["urgency"] for row in page.context["rows"]] == ["soon"] * item_count
    with clock.travel(at + timedelta(days=2)):
        assert client.get(DESK).context["rows"][0]["urgency"] == "late"
    assert client.get(DESK, {"whose": "mine"}).context["rows"] == []
    assert client.get(DESK, {"status": "closed"}).context["rows"] == []


def test_the_page_shows_what_the_answer_rests_on(tenant: Tenant, at: datetime) -> None:
    [review] = waiting(tenant, at)
    page = staff(tenant, at).get(page_of(review))
    with tenant_scope(tenant.id):
        proposal = proposal_of(Review.objects.select_related("decision").get().decision)
    assert page.context["proposal"] == proposal
    assert [binds for _, _, binds in page.context["bounds"]].count(True) == 1
    costs = [part.against_mean for _, _, part in page.context["parts"]]
    assert (len(costs), costs) == (9, sorted(costs))
    assert page.context["form"].initial["outcome"] == "approve"


def test_answered_by_one_and_by_two(tenant: Tenant, at: datetime) -> None:
    one, two = waiting(tenant, at, 2)
    first, second = staff(tenant, at, 1), staff(tenant, at, 2)
    assert first.post(page_of(one, "/claim")).status_code == 302
    taken = second.get(page_of(one))
    assert (taken.context["may_answer"], taken.context["assignee"]) == (False, "示例1")
    second.post(page_of(one, "/take_over"))
    done = second.post(page_of(one, "/decide"), answer(), follow=True)
    assert done.context["review"].status == "closed"
    assert read(tenant, Offer).limit_minor == 1_000_000

    more = page_of(two, "/decide")
    asked = first.post(more, answer(limit="2,000,000.00"), follow=True)
    if asked.status_code == 422:  # above the highest the policy knows
        highest = asked.context["proposal"].highest_minor
        asked = first.post(more, answer(limit=str(highest // 100)), follow=True)
    assert asked.context["review"].status == "proposed"
    assert (asked.context["may_confirm"], asked.context["may_answer"]) == (False, False)
    assert second.get(page_of(two)).context["may_confirm"] is True
    back = second.post(page_of(two, "/return"), {"comment": ""}, follow=True)
    assert back.context["review"].status == "proposed"
    second.post(page_of(two, "/return"), {"comment": "再看一次"})
    refused = first.post(more, answer(outcome="decline", limit=""), follow=True)
    assert refused.context["review"].status == "closed"
    assert read(tenant, Override, to_outcome="decline").reason_code == "documents"
    assert read(tenant, Application, pk=two.application_id).status == "declined"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"limit": ""}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "10,000.01"}, "limit"),
        ({"comment": ""}, "comment"),
        ({"outcome": "refer"}, "outcome"),
        ({"reason_code": "mood"}, "reason_code"),
    ],
)
def test_what_cannot_be_answered_is_said_in_place(
    tenant: Tenant, at: datetime, changes: dict[str, str], field: str
) -> None:
    [review] = waiting(tenant, at)
    page = staff(tenant, at).post(page_of(review, "/decide"), answer(**changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["comment"].value() == answer(**changes)["comment"]
    assert read(tenant, Review).status == "open"
