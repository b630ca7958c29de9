"""The desk of those who want a person instead of a face check: our own staff only."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import IdentityReview, MerchantPerson, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.identities import identify_person
from tenants.operations.identity_reviews import ask_identity_review
from tenants.operations.merchants import upsert_merchant
from tenants.operations.sandbox import fake_identity_no
from tests.callers import browser, callers, member

pytestmark = pytest.mark.django_db
DESK = "/console/identity-reviews"
ENGLISH = {"Accept-Language": "en"}
ANSWER = {"status": "passed", "way": "video", "note": "本人与证件一致"}


def asked(tenant: Tenant, at: datetime, count: int = 1) -> list[IdentityReview]:
    """As many firms, each with a legal representative who wants a call by tomorrow at six."""
    rows = []
    with tenant_scope(tenant.id):
        for number in range(count):
            firm, _ = upsert_merchant(external_id=f"I-{number}", name="示例店", actor="x", at=at)
            give_consents(
                merchant_id=firm.id, codes=["sensitive_data"], locale="en", evidence={}, actor="x",
                at=at,
            )  # fmt: skip
            person = identify_person(
                merchant_id=firm.id, role="legal_representative", name="张示例", applies=True,
                identity_no=fake_identity_no(1), phone="13800000001", actor="x", at=at,
            )  # fmt: skip
            rows.append(
                ask_identity_review(
                    merchant_id=firm.id, subject=person.id, due_at=at + timedelta(hours=32),
                    actor="m", at=at,
                )
            )  # fmt: skip
    return rows


def state(tenant: Tenant) -> tuple[str, str, bool]:
    with tenant_scope(tenant.id):
        row, person = IdentityReview.objects.get(), MerchantPerson.objects.get()
    return row.status, row.way, person.identity_confirmed_at is not None


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    [row] = asked(tenant, at)
    who = callers(tenant, other_tenant, at)
    assert "waits for a call" not in who.owner.get("/console/", headers=ENGLISH).content.decode()
    for path in (DESK, f"{DESK}/{row.id}"):
        assert who.statuses(path) == (302, 403, 403)
    path = f"{DESK}/{row.id}/answer"
    assert who.owner.post(path, ANSWER).status_code == 403
    us = member(None, "staff", at)
    assert browser(us, tenant=other_tenant).get(f"{DESK}/{row.id}").status_code == 404
    assert browser(us, tenant=other_tenant).post(path, ANSWER).status_code == 404
    assert state(tenant) == ("asked", "", False)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_queue_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    asked(tenant, at, item_count)
    client = browser(member(None, "staff", at), tenant=tenant)
    with clock.travel(at + timedelta(hours=29)), django_assert_num_queries(5):
        page = client.get(DESK)
    assert [urgency for _, urgency in page.context["rows"]] == ["soon"] * item_count
    assert client.get(DESK, {"status": "passed"}).context["rows"] == []
    with clock.travel(at + timedelta(days=14)):
        assert client.get(DESK).context["rows"] == []


def test_answered_once(tenant: Tenant, at: datetime) -> None:
    [row] = asked(tenant, at)
    client = browser(member(None, "staff", at), tenant=tenant)
    needs = client.get("/console/", headers=ENGLISH).content.decode()
    assert "1 merchant waits for a call instead of a face check" in needs
    page = client.get(f"{DESK}/{row.id}").content.decode()
    assert "138****0001" in page
    assert "13800000001" not in page
    path = f"{DESK}/{row.id}/answer"
    for lacking in ("status", "way", "note"):
        refused = client.post(path, ANSWER | {lacking: ""})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [lacking])
    assert state(tenant) == ("asked", "", False)
    done = client.post(path, ANSWER, follow=True)
    assert done.context["decided_by"] == "李示例"
    assert "本人与证件一致" in done.content.decode()
    assert state(tenant) == ("passed", "video", True)
    late = client.post(path, ANSWER | {"status": "failed"})
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["__all__"])
    assert state(tenant) == ("passed", "video", True)
    found = client.get(DESK, {"status": "all"}).context["rows"]
    assert [one.id for one, _ in found] == [row.id]
    assert client.get(f"{DESK}/idr_x").status_code == 404
