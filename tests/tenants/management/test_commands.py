"""A platform can be taken on from the command line: itself, its first login, its key."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from credit.models import BusinessDay, ProductVersion
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Credential, Member, Tenant

pytestmark = pytest.mark.django_db
PLATFORM = {
    "slug": "hardware", "name": "五金城", "vertical": "hardware", "lender": "示例小额贷款有限公司",
    "lender_phone": "400-000-0000",
}  # fmt: skip


def run(command: str, **options: object) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue().strip()


def test_a_platform_its_owner_and_its_key() -> None:
    tenant_id = run("create_tenant", **PLATFORM, origins=["https://shop.example"])
    tenant = Tenant.objects.get(pk=tenant_id)
    assert (tenant.name, tenant.embed_origins) == ("五金城", ["https://shop.example"])
    member_id = run(
        "create_member", email="owner@hardware.example", name="王*", role="owner",
        tenant="hardware", password="correct-horse-battery",
    )  # fmt: skip
    assert Member.objects.get(pk=member_id).tenant_id == tenant_id
    printed = run("create_key", tenant="hardware", label="back end", scopes=["read", "draw"])
    key_id = printed.splitlines()[0].split()[1]
    with tenant_scope(tenant_id):
        assert Credential.objects.get(pk=key_id).scopes == ["draw", "read"]
        assert BusinessDay.objects.get().status == "open"
        assert ProductVersion.objects.get().status == "published"


def test_refusals_leave_nothing() -> None:
    with pytest.raises(CommandError):
        run("create_tenant", **{**PLATFORM, "vertical": "moon"})
    assert Tenant.objects.count() == 0
    with pytest.raises(CommandError):
        run("create_key", tenant="nobody", label="x", scopes=["read"])
    with pytest.raises(CommandError):
        run("create_member", email="a@b.example", name="A", role="owner", password="x" * 20)
    assert Member.objects.count() == 0
