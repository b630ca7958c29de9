"""The guide is run as it stands: every block, against a server."""

import base64
import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

import credit.tasks  # noqa: F401 -- registered by name
import platform_app.celery  # noqa: F401 -- the app the jobs are handed to
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.operations.credentials import create_hmac_key
from tests.tenants.interfaces.api.client import ALL

GUIDE = Path(__file__).resolve().parents[4] / "docs/partners/quick-start.md"


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_guide_leads_from_hello_to_paid_off(
    live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COST_SHEET_READ_SECONDS = 1
    now = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=False,
        actor="system:test", at=now,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(label="guide", scopes=ALL, actor="usr_test", at=now)
    monkeypatch.setenv("BAITIAO_URL", live_server.url)
    monkeypatch.setenv("BAITIAO_KEY_ID", key.id)
    monkeypatch.setenv("BAITIAO_SECRET", secret)
    names: dict[str, Any] = {}
    for block in blocks():
        exec(block, names)  # noqa: S102 -- our own guide
    assert names["drawdown"]["status"] == "paid_off"
    assert names["call"]("GET", "credit_lines/" + names["line"]["id"])["used"] == 0


def test_the_guide_signs_like_the_published_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAITIAO_URL", "http://127.0.0.1")
    monkeypatch.setenv("BAITIAO_KEY_ID", "key_1")
    monkeypatch.setenv("BAITIAO_SECRET", "sk_test_demo_secret_not_real_000000")
    names: dict[str, Any] = {}
    exec(blocks()[0].partition("\nprint(")[0], names)  # noqa: S102 -- our own guide
    signed = names["signature"](
        "POST",
        "/api/v1/drawdowns?expand=quote",
        1795190400,
        "5f1c0e2f8a3b4d6e9c7a1b2c3d4e5f60",
        b'{"external_id":"SO20261120-0001","amount":1280000,"currency":"CNY"}',
    )
    assert signed == "DdEp7VmJ8D8h8j7tHYA7v2ctVU0g+JUPBS+rIG/xLFk="


def test_the_guide_knows_a_genuine_webhook() -> None:
    names: dict[str, Any] = {"base64": base64, "hashlib": hashlib, "hmac": hmac}
    exec(blocks()[-1], names)  # noqa: S102 -- our own guide
    secret = "whsec_ZGVtby13ZWJob29rLXNlY3JldC1ub3QtcmVhbC0zMmI="
    raw = (
        b'{"type":"drawdown.authorized","timestamp":"2026-11-20T10:00:00+08:00",'
        b'"data":{"id":"drw_demo1"}}'
    )
    headers = {
        "webhook-id": "evt_demo1",
        "webhook-timestamp": "1795190400",
        "webhook-signature": "v1,b2xk v1,X3BQH8JpSBBtObajVlxrSe6+Nf8XZbZOpJeih0OQp94=",
    }
    check = names["is_genuine"]
    assert check(headers, raw, secret, now=1795190500)
    assert not check(headers, raw + b" ", secret, now=1795190500)
    assert not check(headers, raw, secret, now=1795190701)
