"""The guide of the pool is run as it stands, against a server."""

import re
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

import campaigns.tasks  # noqa: F401 -- registered by name
import platform_app.celery  # noqa: F401 -- the app the jobs are handed to
from campaigns.models import PoolImport
from campaigns.operations.pool_imports import import_pool
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.operations.credentials import create_hmac_key

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db(transaction=True)
def test_the_guide_leads_from_a_file_to_its_members(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=False,
        actor="system:test", at=now,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(
            label="guide", scopes=["read", "pool"], actor="usr_test", at=now
        )
    monkeypatch.setenv("BAITIAO_URL", live_server.url)
    monkeypatch.setenv("BAITIAO_KEY_ID", key.id)
    monkeypatch.setenv("BAITIAO_SECRET", secret)
    monkeypatch.setenv("BAITIAO_CLIENTS", str(ROOT / "docs/partners/clients"))
    names: dict[str, Any] = {}
    text = (ROOT / "docs/partners/pool.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # noqa: S102 -- our own guide
        with tenant_scope(tenant.id):
            for row in PoolImport.objects.filter(status="waiting"):
                import_pool(import_id=row.id)
    assert (names["status"], names["handed_in"]["status"]) == (202, "waiting")
    assert [names["done"][name] for name in ("created", "matched", "refused")] == [2, 0, 1]
    assert [one["external_id"] for one in names["members"]] == ["M-0001", "M-0002"]
