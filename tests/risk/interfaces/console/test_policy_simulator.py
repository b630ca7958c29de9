"""The simulator: the answer of a decision, for facts typed or taken from a merchant; no record."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.facts import restore
from risk.models import Decision, Policy, ShadowDecision
from risk.queries.simulation import known_of, simulate
from tenants.models import Merchant, Tenant
from tests.callers import browser
from tests.callers import member as caller
from tests.risk.cast import NOW, ask, monthly_orders
from tests.risk.interfaces.console.test_policies import drafted, first, page_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(tenant: Tenant) -> Decision:
    with tenant_scope(tenant.id):
        merchant = Merchant.objects.create(external_id="M-1", name="示例宠物店")
        monthly_orders(merchant, 1_000_000)
        return ask(merchant.id)


def typed(page: Any) -> dict[str, str]:
    return {one.name: one.text for one in page.context["fields"]}


def test_a_merchants_own_facts_give_its_own_decision(
    tenant: Tenant, at: datetime, decided: Decision
) -> None:  # fmt: skip
    client = browser(caller(tenant, "viewer", at))
    page = client.get(page_of(first(tenant), "/simulator"), {"merchant": "M-1", "do": "pick"})
    verdict = page.context["verdict"]
    assert (verdict.outcome, verdict.limit_minor) == (decided.outcome, decided.limit_minor)
    assert (verdict.rule_hits, verdict.reasons) == (decided.rule_hits, decided.reasons)
    assert [stage["id"] for stage in page.context["stages"]] == decided.rule_hits
    assert next(one["is_binding"] for one in page.context["bounds"]) is True
    assert (page.context["beside"], page.context["known"].decision.id) == (None, decided.id)
    assert str(decided.score) not in page.content.decode().split('id="answer"')[1]
    again = client.get(page_of(first(tenant), "/simulator"), typed(page))
    assert again.context["verdict"] == verdict


def test_it_records_nothing(tenant: Tenant, at: datetime, decided: Decision) -> None:
    with tenant_scope(tenant.id):
        before = (Decision.objects.count(), AuditRecord.objects.count())
    client = browser(person(at, 1), tenant=tenant)
    client.get(page_of(first(tenant), "/simulator"), {"merchant": "M-1", "do": "pick"})
    with tenant_scope(tenant.id):
        assert (Decision.objects.count(), AuditRecord.objects.count()) == before
        assert ShadowDecision.objects.count() == 0


def test_a_draft_is_asked_beside_the_policy_in_force(
    tenant: Tenant, at: datetime, decided: Decision
) -> None:  # fmt: skip
    policy = drafted(tenant, at)
    client = browser(person(at, 1), tenant=tenant)
    page = client.get(page_of(policy, "/simulator"), {"merchant": "M-1", "do": "pick"})
    assert page.context["verdict"].outcome == "decline"
    assert page.context["beside"].limit_minor == decided.limit_minor
    assert [stage["number"] for stage in page.context["stages"]] == [4, None, None, None]
    assert page.context["reasons"][0][0] != ""


def test_facts_that_are_mistyped_or_missing(
    tenant: Tenant, at: datetime, decided: Decision
) -> None:  # fmt: skip
    client = browser(person(at, 1), tenant=tenant)
    path = page_of(first(tenant), "/simulator")
    empty = client.get(path)
    assert (empty.status_code, "verdict" in empty.context) == (200, False)
    facts = typed(client.get(path, {"merchant": "M-1", "do": "pick"}))
    for name, text in (
        ("tenure_days", ""), ("tenure_days", "1.5"), ("monthly_net_minor", "1 2 3"),
        ("net_gmv_l3_minor", "x"), ("return_rate", "many"),
    ):  # fmt: skip
        wrong = client.get(path, facts | {name: text})
        assert (wrong.status_code, typed(wrong)[name]) == (422, text)
        assert [one.name for one in wrong.context["fields"] if one.error] == [name]
    unknown = client.get(path, facts | {"recency_days": ""})
    assert unknown.context["verdict"].rule_hits == ["recency-unknown"]
    nobody = client.get(path, {"merchant": "M-404", "do": "pick"})
    assert nobody.context["is_unknown"] is True


def test_a_version_that_could_not_decide_says_why(tenant: Tenant, at: datetime) -> None:
    policy = drafted(tenant, at)
    body = policy.body
    del body["stages"][3]["rows"][4]
    body["stages"][3]["rows"][3]["when"] = {"grade": {"in": ["A", "B"]}}
    with tenant_scope(tenant.id):
        Policy.objects.filter(pk=policy.id).update(body=body)
    client = browser(person(at, 1), tenant=tenant)
    path = page_of(policy, "/simulator")
    page = client.get(path, typed(client.get(path)))
    assert (len(page.context["problems"]), "verdict" in page.context) == (2, False)


@pytest.mark.parametrize("item_count", [1, 3])
def test_it_costs_the_same_for_any_number_of_versions(
    tenant: Tenant, at: datetime, item_count: int, decided: Decision,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(1, item_count):
        drafted(tenant, at, 400 + number)
    client = browser(person(at, 1), tenant=tenant)
    asked = {"merchant": "M-1", "do": "pick"}
    path = page_of(first(tenant), "/simulator")
    client.get(path, asked)
    with django_assert_num_queries(8):
        client.get(path, asked)


def test_another_platforms_merchant_is_not_known(
    tenant: Tenant, other_tenant: Tenant, at: datetime, decided: Decision
) -> None:  # fmt: skip
    with tenant_scope(other_tenant.id):
        assert known_of("M-1") is None
    with no_scope(), pytest.raises(NoScope):
        simulate(first(tenant), *restore(decided.facts))
    assert decided.decided_at == NOW
