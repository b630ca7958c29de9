"""The pages of the pool: coverage, members, and the way of a file from upload to its end."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaigns.models import PoolImport, PoolMember
from campaigns.operations.pool_files import on_disk
from campaigns.operations.pool_imports import import_pool
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.analytics import desk
from tests.callers import callers
from tests.campaigns import pools

pytestmark = pytest.mark.django_db
FILE = "商户编号,企业名称,分层,备注\nM-1,示例店,A,x\nM-2,示例厂,E,x\n"


def upload(client: Client, text: str, name: str = "pool.csv") -> Any:
    return client.post(
        "/console/pool/imports", {"file": SimpleUploadedFile(name, text.encode(), "text/csv")}
    )


def test_a_file_is_seen_confirmed_watched_and_its_errors_read(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    answer = upload(client, FILE)
    with tenant_scope(tenant.id):
        row = PoolImport.objects.get()
    path = f"/console/pool/imports/{row.id}"
    assert answer.headers["Location"] == path
    page = client.get(path)
    assert [one.external_id for one in page.context["preview"].good] == ["M-1"]
    assert page.context["preview"].ignored == ["备注"]
    refused = client.post(path, {"consent_basis": ""})
    assert refused.status_code == 422
    with tenant_scope(tenant.id):
        assert PoolMember.objects.count() == 0

    assert client.post(path, {"consent_basis": "merchant_consent"}).headers["Location"] == path
    progress = client.get(f"{path}/progress")
    assert b'hx-trigger="every 1s"' in progress.content
    assert "HX-Refresh" not in progress.headers
    with tenant_scope(tenant.id):
        import_pool(import_id=row.id)
    assert client.get(f"{path}/progress").headers["HX-Refresh"] == "true"
    page = client.get(path)
    assert (page.context["percent"], [e.code for e in page.context["errors"]]) == (
        100,
        ["bad_tier"],
    )
    errors = client.get(f"{path}/errors.csv")
    assert errors.content.decode("utf-8-sig").startswith("line_no,code,reason,raw\r\n3,bad_tier,")
    again = client.post(path, {"consent_basis": "merchant_consent"})
    assert again.status_code == 422
    assert again.context["form"].errors["consent_basis"][0] in again.content.decode()
    assert upload(client, FILE).status_code == 422
    assert upload(client, FILE, "pool.xlsx").status_code == 422


def test_a_file_of_nothing_good_cannot_be_confirmed(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    page = client.get(upload(client, "name\nx\n").headers["Location"])
    assert page.context["preview"].errors[0].code == "header_missing"
    assert b'name="consent_basis"' not in page.content


def test_a_file_that_is_gone_is_handed_in_again(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    path = upload(client, FILE).headers["Location"]
    with tenant_scope(tenant.id):
        on_disk(PoolImport.objects.get()).unlink()
    page = client.get(path)
    assert (page.status_code, "preview" in page.context) == (200, False)
    assert 'href="/console/pool/imports"' in page.content.decode()
    assert client.post(path, {"consent_basis": "merchant_consent"}).status_code == 422
    with tenant_scope(tenant.id):
        assert PoolImport.objects.get().status == "checked"


def test_an_empty_pool_says_how_to_begin(tenant: Tenant, at: datetime) -> None:
    page = desk.at_the_desk("operator", tenant, at).get("/console/pool")
    assert (page.status_code, page.context["total"]) == (200, 0)
    assert b"/api/v1/docs/#pool" in page.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_however_many(
    tenant: Tenant,
    other_tenant: Tenant,
    at: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(tenant.id):
        pools.pooled(at, *(f"M-{n},店,,A,," for n in range(count)))
    with tenant_scope(other_tenant.id):
        pools.pooled(at, "NOT-OURS,店,,A,,")
    client = desk.at_the_desk("viewer", tenant, at)
    client.get("/console/pool")
    with django_assert_num_queries(7):
        page = client.get("/console/pool?tier=A&search=M-")
    assert [row.external_id for row in page.context["page"].rows] == [
        f"M-{n}" for n in reversed(range(count))
    ]
    assert page.context["chart"]["series"][0]["values"] == [count, 0, 0, 0, 0]
    assert b"NOT-OURS" not in page.content
    assert client.get("/console/pool?status=active").context["page"].rows == []


def test_a_member_is_invited_taken_out_and_put_back(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-1", name="店", actor="usr", at=at)
        pools.pooled(at, "M-1,店,,A,,")
        path = f"/console/pool/members/{pools.member('M-1').id}"

    def status() -> str:
        with tenant_scope(tenant.id):
            return str(pools.member("M-1").status)

    viewer = desk.at_the_desk("viewer", tenant, at)
    assert viewer.get(path).status_code == 200
    assert viewer.post(path, {"act": "remove", "reason": "示例"}).status_code == 404
    client = desk.at_the_desk("operator", tenant, at)
    assert client.post(path, {"act": "remove", "reason": ""}).status_code == 422
    assert client.post(path, {"act": "explode", "reason": "示例"}).status_code == 404
    assert status() == "matched"
    seen = []
    for act in ("invite", "remove", "invite", "restore"):
        client.post(path, {"act": act, "reason": "示例"})
        seen.append(status())
    assert seen == ["invited", "removed", "removed", "matched"]


def test_three_callers(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        row = pools.pooled(at, "M-1,店,,A,,")
        member = pools.member("M-1")
    asked = callers(tenant, other_tenant, at)
    for path in (
        f"/console/pool/members/{member.id}", f"/console/pool/imports/{row.id}",
        f"/console/pool/imports/{row.id}/progress", f"/console/pool/imports/{row.id}/errors.csv",
    ):  # fmt: skip
        assert asked.statuses(path) == (302, 404, 200)
    assert asked.statuses("/console/pool") == (302, 200, 200)
    assert asked.statuses("/console/pool/imports") == (302, 200, 200)
    assert asked.owner.get("/console/pool/members/nonsense").status_code == 404
    assert desk.at_the_desk("viewer", tenant, at).get("/console/pool/imports").status_code == 403
