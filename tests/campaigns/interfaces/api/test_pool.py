"""The pool as a partner's server sees it: hand a file in, watch it, read who is where."""

import base64
from datetime import datetime
from typing import Any

import pytest

from campaigns.models import PoolImport, PoolMember
from campaigns.operations.pool_imports import import_pool
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.tenants.interfaces.api.client import Partner

pytestmark = pytest.mark.django_db
FILE = "external_id,name,tier\nM-1,示例店,A\nM-2,示例厂,\n=1+1,示例,E\n"
BODY = {"file_name": "pool.csv", "consent_basis": "platform_agreement", "content": FILE}


def handed_in(owner: Partner, tenant: Tenant, at: datetime, **change: Any) -> dict[str, Any]:
    """A file handed in and read to its end; M-1 is a merchant."""
    answer = owner.post("pool_imports", BODY | change)
    assert answer.status_code == 202, answer.json()
    found: dict[str, Any] = answer.json()
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-1", name="示例店", actor="usr", at=at)
        import_pool(import_id=found["id"])
    return found


def test_a_file_is_taken_in_and_told(tenant: Tenant, owner: Partner, at: datetime) -> None:
    first = handed_in(owner, tenant, at)
    assert {name: first[name] for name in ("object", "status", "version", "rows", "refused")} == {
        "object": "pool_import", "status": "waiting", "version": 1, "rows": 0, "refused": 0,
    }  # fmt: skip
    assert first["next_action"]["code"] == "read_file"
    done = owner.get(f"pool_imports/{first['id']}").json()
    names = ("status", "rows", "created", "changed", "repeated", "matched", "refused")
    assert [done[name] for name in names] == ["done", 3, 2, 0, 0, 1, 1]
    assert (done["bytes"], done["bytes_done"]) == (len(FILE.encode()), len(FILE.encode()))
    assert done["next_action"]["code"] == "correct_rows"
    assert [row["id"] for row in owner.get("pool_imports").json()["data"]] == [first["id"]]

    errors = owner.get(f"pool_imports/{first['id']}/errors")
    assert errors.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, line = errors.content.decode("utf-8-sig").splitlines()
    assert head == "line_no,code,reason,raw"
    assert line.startswith("4,bad_tier,")
    assert line.endswith('"\'=1+1,示例,E"')


def test_the_same_file_is_one_import(tenant: Tenant, owner: Partner, at: datetime) -> None:
    first = handed_in(owner, tenant, at)
    coded = base64.b64encode(FILE.encode()).decode()
    for body in (BODY, BODY | {"file_name": "b.csv", "content": coded, "encoding": "base64"}):
        again = owner.post("pool_imports", body)
        assert (again.status_code, again.json()["id"]) == (200, first["id"])
    key = "pool-key-0001"
    fresh = BODY | {"content": "external_id\nM-9\n"}
    one, two = (owner.post("pool_imports", fresh, key=key) for _ in range(2))
    assert (one.status_code, two.status_code, one.json()) == (202, 202, two.json())
    assert two.headers["Idempotent-Replayed"] == "true"
    with tenant_scope(tenant.id):
        assert PoolImport.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"file_name": "pool.xlsx"}, "pool_file_kind", "/file_name"),
        ({"consent_basis": "none"}, "invalid", "/consent_basis"),
        ({"content": ""}, "invalid", "/content"),
        ({"encoding": "base64"}, "pool_content_invalid", "/content"),
        ({"colour": 1}, "invalid", "/colour"),
    ],
)
def test_what_is_refused_leaves_nothing(
    tenant: Tenant, owner: Partner, change: dict[str, Any], code: str, path: str
) -> None:
    answer = owner.post("pool_imports", BODY | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path
    with tenant_scope(tenant.id):
        assert PoolImport.objects.count() == 0
        assert not Event.objects.filter(name__startswith="campaigns.").exists()


def test_members_are_listed_and_narrowed(tenant: Tenant, owner: Partner, at: datetime) -> None:
    first = handed_in(owner, tenant, at)
    rows = owner.get("pool_members").json()["data"]
    assert [(row["external_id"], row["status"], row["tier"]) for row in rows] == [
        ("M-1", "matched", "A"),
        ("M-2", "imported", None),
    ]
    assert [row["entry_visible"] for row in rows] == [True, False]
    assert [row["next_action"]["code"] for row in rows] == ["prescreen", "push_merchant"]
    assert {row["pool_import"] for row in rows} == {first["id"]}
    assert owner.get(f"pool_members/{rows[0]['id']}").json() == rows[0]
    for asked, numbers in (
        ("tier=A", ["M-1"]),
        ("status=imported", ["M-2"]),
        ("external_id=M-2", ["M-2"]),
        ("updated_since=2026-03-02T10:00:00%2B08:00", ["M-1", "M-2"]),
        ("updated_since=2026-03-02T10:00:01+08:00", []),
        ("limit=1", ["M-1"]),
        (f"after={rows[0]['id']}", ["M-2"]),
    ):
        found = owner.get(f"pool_members?{asked}").json()["data"]
        assert [row["external_id"] for row in found] == numbers, asked
    for wrong in ("updated_since=yesterday", "updated_since=2026-03-02T10:00:00", "after=x"):
        assert owner.get(f"pool_members?{wrong}").status_code == 422


def test_other_callers_see_and_move_nothing(
    tenant: Tenant, owner: Partner, neighbor: Partner, reader: Partner, at: datetime
) -> None:
    first = handed_in(owner, tenant, at)
    member = owner.get("pool_members").json()["data"][0]["id"]
    for path in (
        f"pool_imports/{first['id']}", f"pool_imports/{first['id']}/errors",
        f"pool_members/{member}", "pool_members/nonsense", "pool_imports/nonsense",
    ):  # fmt: skip
        assert neighbor.get(path).json()["code"] == "not_found"
    assert neighbor.get("pool_members").json()["data"] == []
    assert neighbor.get("pool_imports").json()["data"] == []
    assert reader.post("pool_imports", BODY | {"content": "external_id\nX\n"}).status_code == 403
    with tenant_scope(tenant.id):
        assert PoolMember.objects.count() == 2
