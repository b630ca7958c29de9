"""The pages of the scorecards: for our own staff only, from a file to deciding by three people."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.domain.canonical import canonical
from risk.domain.defaults import scorecard_body
from risk.models import Scorecard
from risk.operations.scorecards import register_scorecard
from tenants.models import Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.callers import member as caller

pytestmark = pytest.mark.django_db

LIST = "/console/risk/scorecards"
METRICS = {
    "auc": 0.8123, "ks": 0.5, "pd_ratio": 1.01, "folds": [],
    "interval": {"auc": [0.79, 0.83], "pd_ratio": [0.9, 1.1]},
}  # fmt: skip


def body(points: int = 595) -> dict[str, Any]:
    found = scorecard_body()
    counts = {"n": 1200, "bad": 60, "woe": "0.123456"}
    return found | {
        "base": {"handling": "separate", "points": points},
        "rows": [row | counts for row in found["rows"]],
        "development": {
            "binner": "isotonic", "seed": 42, "rows": 7200, "bad": 360, "data_sha256": "f" * 64,
        },
    }  # fmt: skip


def drafted(tenant: Tenant, at: datetime, points: int = 595) -> Scorecard:
    with tenant_scope(tenant.id):
        return register_scorecard(body=body(points), metrics=METRICS, actor="usr_drafter", at=at)


def staff(tenant: Tenant, at: datetime) -> Client:
    return browser(caller(None, "staff", at), tenant=tenant)


def page_of(card: Scorecard, rest: str = "") -> str:
    return f"{LIST}/{card.id}{rest}"


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def card_of(tenant: Tenant, version: int) -> Scorecard:
    with tenant_scope(tenant.id):
        found: Scorecard = Scorecard.objects.get(version=version)
        return found


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    card = drafted(tenant, at)
    who = callers(tenant, other_tenant, at)
    for path in (LIST, page_of(card), page_of(card, "/card.json")):
        assert who.statuses(path) == (302, 403, 403)
    assert who.owner.post(page_of(card, "/validate"), {"comment": "x"}).status_code == 403
    assert who.owner.post(f"{LIST}/register").status_code == 403
    assert card_of(tenant, 2).status == "draft"
    us = person(at, 1)
    ours = browser(us, tenant=tenant)
    assert [ours.get(path).status_code for path in (LIST, page_of(card))] == [200, 200]
    elsewhere = browser(us, tenant=other_tenant)
    assert elsewhere.get(page_of(card)).status_code == 404
    assert elsewhere.post(page_of(card, "/validate"), {"comment": "x"}).status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(1, item_count):
        drafted(tenant, at, 595 + number)
    client = staff(tenant, at)
    with django_assert_num_queries(6):
        page = client.get(LIST)
    assert [row.version for row, _ in page.context["rows"]] == list(range(item_count, 0, -1))
    assert [cell and cell["value"] for cell in page.context["rows"][-1][1]] == [None] * 3


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_version_costs_the_same_for_any_number_of_approvals(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    card = drafted(tenant, at)
    people = [browser(person(at, number), tenant=tenant) for number in range(3)]
    for number, verb in zip(range(item_count), ("validate", "shadow", "approve"), strict=False):
        people[number].post(page_of(card, f"/{verb}"), {"comment": "seen"})
    with django_assert_num_queries(6):
        assert people[0].get(page_of(card)).status_code == 200


def person(at: datetime, number: int) -> Any:
    return create_member(
        email=f"risk{number}@staff.example", name=f"示例{number}", role="staff", tenant_id=None,
        is_staff=True, password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip


def test_a_version_shows_its_figures_bins_and_chart(tenant: Tenant, at: datetime) -> None:
    client = staff(tenant, at)
    card = drafted(tenant, at)
    page = client.get(page_of(card), {"feature": "max_dpd_days"})
    assert [(row["value"], row["interval"]) for row in page.context["metrics"]] == [
        ("0.812", "0.790 – 0.830"), ("0.500", ""), ("1.010", "0.900 – 1.100"),
    ]  # fmt: skip
    assert [(words, bin_.points) for bin_, words in page.context["bins"]][:2] == [
        ("< 1", 0), ("1 – 8", -12),
    ]  # fmt: skip
    assert page.context["chart"]["series"][0]["values"] == [0, -12, -30, -60, -60]
    text = page.content.decode()
    assert "5.00%" in text
    assert 'action="' + page_of(card, "/validate") in text
    assert client.get(page_of(card), {"feature": "zodiac"}).context["chosen"].key == "tenure_days"
    expert = client.get(page_of(card_of(tenant, 1)))
    assert expert.context["metrics"] == []
    assert page_of(card_of(tenant, 1), "/retire") not in expert.content.decode()
    file = client.get(page_of(card, "/card.json"))
    assert file.content.decode() == canonical(body())


def upload(client: Client, **files: str) -> Any:
    sent = {name: SimpleUploadedFile(f"{name}.json", text.encode()) for name, text in files.items()}
    return client.post(f"{LIST}/register", sent, follow=True)


def test_from_a_file_to_deciding_by_three_people(tenant: Tenant, at: datetime) -> None:
    one, two, three = (browser(person(at, number), tenant=tenant) for number in range(3))
    kept = upload(one, card=json.dumps(body()), metrics=json.dumps(METRICS))
    card = card_of(tenant, 2)
    assert kept.redirect_chain == [(page_of(card), 302)]
    assert (kept.context["is_drafter"], card.metrics) == (True, METRICS)
    alone = one.post(page_of(card, "/validate"), {"comment": "mine"}, follow=True)
    assert alone.context["row"].status == "draft"
    assert len(said(alone)) == 1
    two.post(page_of(card, "/validate"), {"comment": "bins checked"})
    two.post(page_of(card, "/shadow"))
    first = two.post(page_of(card, "/approve"), {"comment": "two weeks of shadow"}, follow=True)
    assert (first.context["row"].status, first.context["has_said"]) == ("shadow", True)
    done = three.post(page_of(card, "/approve"), {"comment": "agreed"}, follow=True)
    assert done.context["row"].status == "champion"
    assert [one.who for one in done.context["found"].approvals] == ["示例1", "示例1", "示例2"]
    assert card_of(tenant, 1).status == "retired"


@pytest.mark.parametrize(
    "files",
    [
        {}, {"card": "{"}, {"card": "[]"}, {"card": '{"format": NaN}'}, {"card": "{}"},
        {"card": "x" * 2_000_001}, {"card": json.dumps(body()), "metrics": "{"},
    ],
)  # fmt: skip
def test_a_file_that_is_no_card_is_refused(
    tenant: Tenant, at: datetime, files: dict[str, str]
) -> None:
    answer = upload(staff(tenant, at), **files)
    assert answer.redirect_chain == [(LIST, 302)]
    assert len(said(answer)) == 1
    with tenant_scope(tenant.id):
        assert Scorecard.objects.count() == 1


def test_a_version_is_given_up_with_a_reason(tenant: Tenant, at: datetime) -> None:
    client, card = staff(tenant, at), drafted(tenant, at)
    empty = client.post(page_of(card, "/retire"), {"comment": " "}, follow=True)
    assert (empty.context["row"].status, len(said(empty))) == ("draft", 1)
    done = client.post(page_of(card, "/retire"), {"comment": "too few cases"}, follow=True)
    assert (done.context["row"].status, done.context["is_open"]) == ("retired", False)
    assert "too few cases" in done.content.decode()
    assert client.post(page_of(card, "/burn")).status_code == 404
    assert client.get(f"{LIST}/crd_nothing").status_code == 404
