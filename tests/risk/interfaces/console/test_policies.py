"""The pages of the policies: the partner reads, our staff decide, two besides the drafter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.canonical import canonical
from risk.models import Policy, PolicyBackTest
from risk.operations.policy_drafts import draft_policy
from risk.operations.policy_life import put_due_policy_in_force
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.callers import member as caller
from tests.risk.cast import ask_many, crowd

pytestmark = pytest.mark.django_db

LIST = "/console/risk/policies"


def first(tenant: Tenant) -> Policy:
    return policy_of(tenant, 1)


def policy_of(tenant: Tenant, version: int) -> Policy:
    with tenant_scope(tenant.id):
        found: Policy = Policy.objects.get(version=version)
        return found


def stricter(tenant: Tenant, days: int = 400) -> dict[str, Any]:
    body: dict[str, Any] = first(tenant).body
    body["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, days]}}
    body["price"]["A"] = "0.0700"
    return body


def drafted(tenant: Tenant, at: datetime, days: int = 400) -> Policy:
    body = stricter(tenant, days)
    with tenant_scope(tenant.id):
        return draft_policy(body=body, actor="usr_drafter", at=at)


def person(at: datetime, number: int) -> Any:
    return create_member(
        email=f"risk{number}@staff.example", name=f"示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip


def page_of(policy: Policy, rest: str = "") -> str:
    return f"{LIST}/{policy.id}{rest}"


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def people(tenant: Tenant, at: datetime) -> tuple[Client, ...]:
    return tuple(browser(person(at, number), tenant=tenant) for number in range(3))


def test_the_partner_reads_and_moves_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:  # fmt: skip
    policy, draft, who = first(tenant), drafted(tenant, at), callers(tenant, other_tenant, at)
    for path in ("", "/simulator", "/body.json"):
        assert who.statuses(page_of(policy, path)) == (302, 404, 200)
        assert who.statuses(page_of(draft, path)) == (302, 404, 404)
    assert who.statuses(LIST) == (302, 200, 200)
    assert [row.version for row in who.owner.get(LIST).context["rows"]] == [1]
    for verb in ("draft", "validate", "backtest", "shadow", "waive", "approve", "revert", "retire"):
        assert who.owner.post(page_of(draft, f"/{verb}"), {"comment": "x"}).status_code == 403
    assert who.owner.get(page_of(draft, "/edit")).status_code == 403
    text = who.owner.get(page_of(policy)).content.decode()
    assert '<form method="post"' not in text.split('id="main"')[1]
    finance = browser(caller(tenant, "finance", at))
    assert finance.get(LIST).status_code == 403
    with tenant_scope(tenant.id):
        assert list(Policy.objects.order_by("version").values_list("status", flat=True)) == [
            "champion", "draft",
        ]  # fmt: skip
    elsewhere = browser(person(at, 1), tenant=other_tenant)
    assert elsewhere.get(page_of(draft)).status_code == 404
    assert elsewhere.get(page_of(draft, "/edit")).status_code == 404
    assert elsewhere.post(page_of(draft, "/validate"), {"comment": "x"}).status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(1, item_count):
        drafted(tenant, at, 400 + number)
    client = browser(caller(None, "staff", at), tenant=tenant)
    with django_assert_num_queries(4):
        page = client.get(LIST)
    assert [row.version for row in page.context["rows"]] == list(range(item_count, 0, -1))


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_version_costs_the_same_however_much_there_is_to_show(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    one, two, _three = people(tenant, at)
    policy = drafted(tenant, at)
    with tenant_scope(tenant.id):
        merchants, before = crowd(item_count * 3), at - timedelta(hours=1)
        ask_many(merchants, as_of=before, decided_at=before)
    for number in range(1, item_count):
        drafted(tenant, at, 300 + number)
    assert one.post(page_of(policy, "/validate"), {"comment": "seen"}).status_code == 302
    for _time in range(item_count):
        one.post(page_of(policy, "/backtest"), {"months": "6"})
    one.post(page_of(policy, "/shadow"))
    with tenant_scope(tenant.id):
        ask_many(merchants, as_of=at, decided_at=at)
    for client in (one, two)[:item_count]:
        client.post(page_of(policy, "/waive"), {"comment": "small"})
    with django_assert_num_queries(13):
        page = one.get(page_of(policy))
    assert page.context["backtest"]["total"]["cases_count"] == item_count * 3
    assert page.context["shadow"].count == item_count * 3


def test_a_version_says_what_it_changes_and_whom_it_moves(tenant: Tenant, at: datetime) -> None:
    client = browser(person(at, 1), tenant=tenant)
    policy = drafted(tenant, at)
    page = client.get(page_of(policy))
    assert [(one["id"], one["kind"]) for one in page.context["changes"]] == [
        ("tenure-too-short", "changed"), ("", "changed"),
    ]  # fmt: skip
    stages = page.context["stages"]
    assert [len(stage["rows"]) for stage in stages] == [7, 5, 3, 5]
    assert [row["number"] for row in stages[0]["rows"] if row["mark"]] == [4]
    assert page.context["backtest"] is None
    assert [one["is_met"] for one in page.context["gate"]] == [True, False, False, False, False]
    file = client.get(page_of(policy, "/body.json"))
    assert file.content.decode() == canonical(stricter(tenant))
    assert client.get(f"{LIST}/pol_nothing").status_code == 404
    assert client.post(page_of(policy, "/burn")).status_code == 404


def test_from_draft_to_deciding_and_back_by_three_people(tenant: Tenant, at: datetime) -> None:
    one, two, three = people(tenant, at)
    copied = one.post(page_of(first(tenant), "/draft"), follow=True)
    policy = policy_of(tenant, 2)
    assert copied.redirect_chain == [(page_of(policy, "/edit"), 302)]
    alone = one.post(page_of(policy, "/validate"), {"comment": "mine"}, follow=True)
    assert (alone.context["row"].status, len(said(alone))) == ("draft", 1)
    two.post(page_of(policy, "/validate"), {"comment": "tables read"}, follow=True)
    early = two.post(page_of(policy, "/shadow"), follow=True)
    assert (early.context["row"].status, len(said(early))) == ("validated", 1)
    for months in ("", "0", "37", "x"):
        wrong = two.post(page_of(policy, "/backtest"), {"months": months}, follow=True)
        assert (wrong.context["backtest"], len(said(wrong))) == (None, 1)
    tested = two.post(page_of(policy, "/backtest"), {"months": "3"}, follow=True)
    assert tested.context["found"].is_fresh is True
    wrong = two.post(page_of(policy, "/shadow"), {"effective_on": "soon"}, follow=True)
    assert wrong.context["row"].status == "validated"
    two.post(page_of(policy, "/shadow"), {"effective_on": "2026-03-20"}, follow=True)
    short = two.post(page_of(policy, "/approve"), {"comment": "go"}, follow=True)
    assert (short.context["has_said"], len(said(short))) == (False, 1)
    with clock.travel(at + timedelta(days=14)):
        agreed = two.post(page_of(policy, "/approve"), {"comment": "two weeks"}, follow=True)
        assert (agreed.context["row"].status, agreed.context["has_said"]) == ("shadow", True)
        waits = three.post(page_of(policy, "/approve"), {"comment": "agreed"}, follow=True)
        assert (waits.context["row"].status, waits.context["is_agreed"]) == ("shadow", True)
    with tenant_scope(tenant.id):
        policy.refresh_from_db()
        assert policy.effective_from == clock.moment_on(at.date().replace(day=20))
        put_due_policy_in_force(actor="system:policy", at=policy.effective_from)
    back = three.post(page_of(policy, "/revert"), {"comment": "too many declined"}, follow=True)
    assert back.redirect_chain == [(page_of(first(tenant)), 302)]
    assert (back.context["row"].version, back.context["row"].status) == (1, "champion")
    gone = one.get(page_of(policy))
    assert "too many declined" in gone.content.decode()
    assert [(one.kind, one.who) for one in gone.context["found"].signatures] == [
        ("validate", "示例1"), ("champion", "示例1"), ("champion", "示例2"),
    ]  # fmt: skip


def test_a_draft_with_a_gap_says_so_and_is_not_let_through(tenant: Tenant, at: datetime) -> None:
    body = stricter(tenant)
    del body["stages"][3]["rows"][4]
    body["stages"][3]["rows"][3]["when"] = {"grade": {"in": ["A", "B"]}}
    with tenant_scope(tenant.id):
        policy = draft_policy(body=body, actor="usr_drafter", at=at)
    client = browser(person(at, 1), tenant=tenant)
    page = client.get(page_of(policy))
    assert [one["code"] for one in page.context["stages"][3]["gaps"]] == ["gap"]
    assert page.context["gate"][0]["is_met"] is False
    for verb, sent in (("validate", {"comment": "x"}), ("backtest", {"months": "6"})):
        refused = client.post(page_of(policy, f"/{verb}"), sent, follow=True)
        assert (refused.context["row"].status, len(said(refused))) == ("draft", 2)
    with tenant_scope(tenant.id):
        assert PolicyBackTest.objects.count() == 0


def test_a_version_is_given_up_with_a_reason(tenant: Tenant, at: datetime) -> None:
    client, policy = browser(person(at, 1), tenant=tenant), drafted(tenant, at)
    empty = client.post(page_of(policy, "/retire"), {"comment": " "}, follow=True)
    assert (empty.context["row"].status, len(said(empty))) == ("draft", 1)
    done = client.post(page_of(policy, "/retire"), {"comment": "no use"}, follow=True)
    assert (done.context["row"].status, done.context["is_open"]) == ("retired", False)
