"""Seeing a person in clear takes a role, a reason, and leaves a trace."""

from datetime import datetime

import pytest

from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import MerchantPerson, Tenant
from tenants.operations.merchants import upsert_merchant
from tenants.operations.people import set_person
from tests.analytics import desk

pytestmark = pytest.mark.django_db
ASKED = "客户来电核实身份"


def a_person(tenant: Tenant, at: datetime) -> MerchantPerson:
    with tenant_scope(tenant.id):
        merchant, _ = upsert_merchant(external_id="M-1", name="示例店", actor="test", at=at)
        return set_person(
            merchant_id=merchant.id, role="applicant", name="示例李四", phone="13800000001",
            actor="test", at=at,
        )  # fmt: skip


def looks(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_scope(tenant.id):
        rows = AuditRecord.objects.filter(action="tenants.person.reveal")
        return list(rows.values_list("subject", "reason"))


def test_a_reason_shows_the_person_and_is_written_down(tenant: Tenant, at: datetime) -> None:
    person = a_person(tenant, at)
    operator = desk.at_the_desk("operator", tenant, at)

    answer = operator.post(f"/console/people/{person.id}/reveal", {"reason": ASKED})

    assert "示例李四" in answer.content.decode()
    assert "13800000001" in answer.content.decode()
    assert answer.headers["Cache-Control"] == (
        "max-age=0, no-cache, no-store, must-revalidate, private"
    )
    assert looks(tenant) == [(person.id, ASKED)]


def test_without_a_reason_nothing_is_shown(tenant: Tenant, at: datetime) -> None:
    person = a_person(tenant, at)
    operator = desk.at_the_desk("operator", tenant, at)

    answer = operator.post(f"/console/people/{person.id}/reveal", {"reason": "嗯"})

    assert "13800000001" not in answer.content.decode()
    assert looks(tenant) == []


@pytest.mark.parametrize("role", ["viewer", "finance", "developer"])
def test_other_roles_are_refused(tenant: Tenant, at: datetime, role: str) -> None:
    person = a_person(tenant, at)
    client = desk.at_the_desk(role, tenant, at)

    answer = client.post(f"/console/people/{person.id}/reveal", {"reason": ASKED})

    assert answer.status_code == 403
    assert looks(tenant) == []


def test_another_platforms_person_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    person = a_person(other_tenant, at)
    client = desk.at_the_desk("operator", tenant, at)

    answer = client.post(f"/console/people/{person.id}/reveal", {"reason": ASKED})

    assert answer.status_code == 404
    assert looks(other_tenant) == []
