"""Keys at the desk: the list, a secret shown once, a successor, addresses, the end."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Credential, Tenant
from tenants.operations.credential_rotation import rotate_hmac_key
from tenants.operations.credentials import create_hmac_key, create_rsa_key, revoke_key
from tests import callers
from tests.analytics import desk
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.operations.test_credentials import _private, public_pem

pytestmark = pytest.mark.django_db
NEW: dict[str, Any] = {
    "label": "后端", "algorithm": "BT-HMAC-SHA256", "scopes": ["read", "draw"],
    "allowed_ips": "", "last_on": "", "public_key_pem": "",
}  # fmt: skip


def a_key(tenant: Tenant, at: datetime, label: str = "k", **facts: Any) -> Credential:
    with tenant_scope(tenant.id):
        return create_hmac_key(label=label, scopes=["read"], actor="usr", at=at, **facts)[0]


def pem() -> str:
    return public_pem(rsa.generate_private_key(65537, 2048))


def test_each_state_has_its_word(tenant: Tenant, at: datetime) -> None:
    day = timedelta(days=1)
    a_key(tenant, at, "coming", not_after=None)
    Credential.doors.filter(label="coming").update(not_before=at + day)
    a_key(tenant, at, "open")
    a_key(tenant, at, "ending", not_after=at + 30 * day)
    a_key(tenant, at, "far", not_after=at + 31 * day)
    over = a_key(tenant, at, "over", not_after=at + day)
    Credential.doors.filter(pk=over.pk).update(not_after=at)
    gone = a_key(tenant, at, "gone")
    with tenant_scope(tenant.id):
        revoke_key(key_id=gone.id, actor="usr", at=at)

    page = desk.at_the_desk("developer", tenant, at).get("/console/keys")

    assert {row.label: str(state) for row, state in page.context["rows"]} == {
        "coming": "coming", "open": "in_force", "ending": "ending", "far": "in_force",
        "over": "over", "gone": "revoked",
    }  # fmt: skip


def test_without_a_key_the_page_says_what_to_do(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    page = client.get("/console/keys", headers={"Accept-Language": "en"})
    assert page.context["rows"] == []
    assert "No key yet" in page.content.decode()


def test_a_secret_is_shown_once_and_opens_the_api(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    told = {**NEW, "last_on": "2026-12-31", "allowed_ips": "127.0.0.1\n203.0.113.0/24"}

    page = client.post("/console/keys/new", told)

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    key, secret = page.context["key"], page.context["secret"]
    assert re.findall(r"sk_[\w-]+", page.content.decode()) == [secret]
    with tenant_scope(tenant.id):
        stored = Credential.objects.get()
        assert (stored.scopes, stored.allowed_ips, stored.not_after) == (
            ["draw", "read"], ["127.0.0.1/32", "203.0.113.0/24"],
            datetime(2027, 1, 1, tzinfo=clock.SHANGHAI),
        )  # fmt: skip
        assert AuditRecord.objects.get(action="tenants.credential.create").actor.startswith("usr_")
    assert Partner(key.id, secret).get("hello").status_code == 200
    for address in ("/console/keys", f"/console/keys/{key.id}"):
        assert secret not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"label": " "}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"algorithm": "BT-SM2-SM3"}, "algorithm"),
        ({"allowed_ips": "203.0.113.7/24"}, "allowed_ips"),
        ({"last_on": "2026-03-01"}, None),
        ({"algorithm": "BT-SHA256-RSA2048"}, "public_key_pem"),
        ({"algorithm": "BT-SHA256-RSA2048", "public_key_pem": "hello"}, "public_key_pem"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    told: dict[str, Any], field: str | None, tenant: Tenant, at: datetime
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    page = client.post("/console/keys/new", {**NEW, **told})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field or "__all__"]
    with tenant_scope(tenant.id):
        assert Credential.objects.count() == 0


def test_a_private_key_is_refused_and_not_shown_again(tenant: Tenant, at: datetime) -> None:
    private = _private()
    told = {**NEW, "algorithm": "BT-SHA256-RSA2048", "public_key_pem": private}
    page = desk.at_the_desk("developer", tenant, at).post("/console/keys/new", told)
    assert page.status_code == 422
    assert private.splitlines()[1] not in page.content.decode()
    with tenant_scope(tenant.id):
        assert Credential.objects.count() == 0
        assert AuditRecord.objects.filter(action__startswith="tenants.credential").count() == 0


def test_a_public_key_is_taken_and_given_a_successor(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    told = {**NEW, "algorithm": "BT-SHA256-RSA2048", "public_key_pem": pem()}
    answer = client.post("/console/keys/new", told)
    with tenant_scope(tenant.id):
        old = Credential.objects.get()
    assert answer.headers["Location"] == f"/console/keys/{old.id}"

    wrong = client.post(f"/console/keys/{old.id}/rotate", {"public_key_pem": "x"})
    assert (wrong.status_code, list(wrong.context["pair"].errors)) == (422, ["public_key_pem"])
    answer = client.post(f"/console/keys/{old.id}/rotate", {"public_key_pem": pem()})

    with tenant_scope(tenant.id):
        new = Credential.objects.get(former=old)
        old.refresh_from_db()
        assert old.not_after == at + timedelta(days=7)
    assert answer.headers["Location"] == f"/console/keys/{new.id}"
    page = client.get(f"/console/keys/{old.id}")
    assert (page.context["key"].successor_id, str(page.context["state"])) == (new.id, "ending")


def test_a_shared_secret_gets_a_successor_once(tenant: Tenant, at: datetime) -> None:
    old = a_key(tenant, at)
    client = desk.at_the_desk("developer", tenant, at)
    page = client.post(f"/console/keys/{old.id}/rotate")
    assert page.status_code == 200
    assert Partner(page.context["key"].id, page.context["secret"]).get("hello").status_code == 200
    again = client.post(f"/console/keys/{old.id}/rotate")
    assert (again.status_code, len(again.context["pair"].non_field_errors())) == (422, 1)
    with tenant_scope(tenant.id):
        assert Credential.objects.count() == 2


def test_addresses_are_changed(tenant: Tenant, at: datetime) -> None:
    key = a_key(tenant, at)
    client = desk.at_the_desk("developer", tenant, at)
    page = f"/console/keys/{key.id}/addresses"
    assert client.post(page, {"allowed_ips": "203.0.113.7, 198.51.100.1"}).status_code == 302
    wrong = client.post(page, {"allowed_ips": "here"})
    assert (wrong.status_code, list(wrong.context["places"].errors)) == (422, ["allowed_ips"])
    with tenant_scope(tenant.id):
        assert Credential.objects.get().allowed_ips == ["198.51.100.1/32", "203.0.113.7/32"]


def test_revoking_asks_whether_one_is_sure(tenant: Tenant, at: datetime) -> None:
    key = a_key(tenant, at)
    client = desk.at_the_desk("developer", tenant, at)
    page = client.post(f"/console/keys/{key.id}/revoke")
    assert (page.status_code, list(page.context["end"].errors)) == (422, ["sure"])
    with tenant_scope(tenant.id):
        assert Credential.objects.get().revoked_at is None
    assert client.post(f"/console/keys/{key.id}/revoke", {"sure": "on"}).status_code == 302
    with tenant_scope(tenant.id):
        assert Credential.objects.get().revoked_at == at
    assert client.get(f"/console/keys/{key.id}").context["is_open"] is False


def test_a_live_key_opens_once_a_colleague_agrees(tenant: Tenant, at: datetime) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    maker = desk.at_the_desk("developer", tenant, at)
    page = maker.post("/console/keys/new", NEW)
    partner = Partner(page.context["key"].id, page.context["secret"])
    answer = partner.get("hello")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_waiting")
    address = f"/console/keys/{partner.key_id}"
    page = maker.get(address)
    assert (str(page.context["state"]), page.context["is_mine"]) == ("waiting", True)
    page = maker.post(f"{address}/agree", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert partner.get("hello").json()["code"] == "key_waiting"

    colleague = desk.at_the_desk("owner", tenant, at)
    assert colleague.get(address).context["is_mine"] is False
    page = colleague.post(f"{address}/agree", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["success"]
    assert partner.get("hello").status_code == 200


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    for number in range(item_count):
        key = a_key(tenant, at, f"k{number}")
        with tenant_scope(tenant.id):
            rotate_hmac_key(key_id=key.id, actor="usr", at=at)
    with django_assert_num_queries(5):
        assert len(client.get("/console/keys").context["rows"]) == 2 * item_count


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 200), ("developer", 200), ("operator", 403), ("finance", 403), ("viewer", 403)],
)
def test_who_may_see_keys(role: str, status: int, tenant: Tenant, at: datetime) -> None:
    key = a_key(tenant, at)
    client = desk.at_the_desk(role, tenant, at)
    assert client.get("/console/keys").status_code == status
    assert client.get(f"/console/keys/{key.id}").status_code == status
    if status == 403:
        assert client.post("/console/keys/new", NEW).status_code == 403
        assert client.post(f"/console/keys/{key.id}/revoke", {"sure": "on"}).status_code == 403


def test_another_platforms_key_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        key = create_rsa_key(
            label="ours", public_key_pem=pem(), scopes=["read"], actor="usr", at=at
        )
    who = callers.callers(tenant, other_tenant, at)
    assert who.statuses(f"/console/keys/{key.id}") == (302, 404, 200)
    assert who.neighbor.get("/console/keys").context["rows"] == []
    for act, told in (
        ("rotate", {"public_key_pem": pem()}), ("agree", {}), ("revoke", {"sure": "on"}),
        ("addresses", {"allowed_ips": "203.0.113.7"}),
    ):  # fmt: skip
        assert who.neighbor.post(f"/console/keys/{key.id}/{act}", told).status_code == 404
        assert Client().post(f"/console/keys/{key.id}/{act}", told).status_code == 302
    assert who.owner.get("/console/keys/key_x").status_code == 404
    with tenant_scope(tenant.id):
        row = Credential.objects.get()
        assert (row.revoked_at, row.allowed_ips, row.not_after) == (None, [], None)
