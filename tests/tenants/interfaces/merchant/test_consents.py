"""Consents: separate switches, evidence, nothing given by default."""

from datetime import datetime

import pytest

from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ConsentCode
from tenants.models import ConsentRecord, Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tenants.queries.consents import AT_THE_START
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    with tenant_scope(tenant.id):
        return upsert_merchant(external_id="M-1", name="示例宠物店", actor="x", at=at)[0]


@pytest.mark.usefixtures("merchant")
def test_without_a_token_there_is_no_page() -> None:
    for answer in (Visit().get("/m/consents/"), Visit("ems_token_nonsense").post("/m/consents/")):
        assert (answer.status_code, answer.json()["code"]) == (401, "session_unknown")


def test_four_switches_and_none_is_on(merchant: Merchant, at: datetime) -> None:
    html = visit_of(merchant, at).get("/m/consents/").content.decode()
    assert html.count('role="switch"') == 4
    assert " checked" not in html


def test_one_missing_consent_gives_none(merchant: Merchant, at: datetime) -> None:
    visit = visit_of(merchant, at)
    answer = visit.post("/m/consents/", {"agreed": ConsentCode.values[:3]})
    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') == 1
    assert answer.content.decode().count(" checked") == 3
    with tenant_scope(merchant.tenant_id):
        assert ConsentRecord.objects.count() == 0


def test_each_consent_is_a_record_with_its_evidence(merchant: Merchant, at: datetime) -> None:
    visit = visit_of(merchant, at)
    answer = visit.post("/m/consents/", {"agreed": ConsentCode.values})
    assert gone_to(answer) == "/m/firm/"
    with tenant_scope(merchant.tenant_id):
        records = list(ConsentRecord.objects.order_by("code"))
    assert [record.code for record in records] == sorted(AT_THE_START)
    for record in records:
        assert record.actor == f"merchant:{merchant.id}"
        assert set(record.evidence) == {"ip", "user_agent", "session"}
        assert record.evidence["ip"] == "127.0.0.1"


def test_given_consents_are_shown_as_given(merchant: Merchant, at: datetime) -> None:
    visit = visit_of(merchant, at)
    visit.post("/m/consents/", {"agreed": ConsentCode.values})
    html = visit.get("/m/consents/").content.decode()
    assert 'role="switch"' not in html
    assert gone_to(visit.post("/m/consents/")) == "/m/firm/"
    with tenant_scope(merchant.tenant_id):
        assert ConsentRecord.objects.count() == 4


def test_another_platforms_visit_gives_only_its_own_consents(
    merchant: Merchant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        theirs, _ = upsert_merchant(external_id="M-1", name="示例布行", actor="x", at=at)
    visit_of(theirs, at).post("/m/consents/", {"agreed": ConsentCode.values})
    with tenant_scope(merchant.tenant_id):
        assert ConsentRecord.objects.count() == 0
