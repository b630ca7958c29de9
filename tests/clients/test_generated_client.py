"""A client written by a public generator from our document lives a whole credit life."""

import base64
import hashlib
import hmac
import importlib
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
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

ROOT = Path(__file__).resolve().parents[2]
NAME = "generated_partner_client"
CONFIG = f"""
package_name_override: {NAME}
post_hooks: []
content_type_overrides:
  application/problem+json: application/json
  application/pdf: application/octet-stream
"""


class Signed(httpx.Auth):
    """The one thing a generator does not write: the signature over the bytes that leave."""

    requires_request_body = True

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id, self.secret = key_id, secret

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]  # a generator of requests
        target, stamp = request.url.raw_path.decode(), int(time.time())
        nonce = secrets.token_hex(16)
        text = f"{request.method}\n{target}\n{stamp}\n{nonce}\n".encode() + request.content + b"\n"
        digest = hmac.new(self.secret.encode(), text, hashlib.sha256).digest()
        request.headers["Authorization"] = (
            f'BT-HMAC-SHA256 key_id="{self.key_id}",nonce="{nonce}",timestamp="{stamp}",'
            f'signature="{base64.b64encode(digest).decode()}"'
        )
        yield request


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Modules of the client, by their names."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "openapi-python-client", "generate", "--meta", "none",
            "--path", ROOT / "docs/openapi.yaml", "--config", tmp_path / "config.yaml",
            "--output-path", tmp_path / NAME,
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "WARNING" not in done.stdout
    monkeypatch.syspath_prepend(str(tmp_path))
    return lambda name: importlib.import_module(f"{NAME}.{name}")


def lived(call: Callable[..., Any], models: Any) -> None:
    """Orders, consents, application, offer, order, shipment, payment."""
    merchant = call(
        "merchants.merchant_put", "M-0001",
        body=models.MerchantInputRequest(
            name="示例宠物用品店", registration_no="91000000MA0000001R", verified=True
        ),
    )  # fmt: skip
    orders = [
        models.OrderInputRequest(
            order_no=f"PO-{week}", merchant_external_id="M-0001", amount=2_000_000,
            ordered_on=clock.today() - timedelta(days=7 * week + 2),
        )
        for week in range(52)
    ]  # fmt: skip
    report = call(
        "order_data.order_batch", body=models.OrderBatchInputRequest(orders=orders), keyed=True
    )
    assert report.errors == []
    call(
        "consents.consent_give", merchant.id, keyed=True,
        body=models.ConsentInputRequest(
            codes=list(models.CodesEnum), locale=models.LocaleEnum.ZH_HANS,
            evidence=models.EvidenceInputRequest(ip="203.0.113.7"),
        ),
    )  # fmt: skip
    application = call(
        "applications.application_submit", keyed=True,
        body=models.ApplicationInputRequest(merchant=merchant.id, external_id="APL-1"),
    )  # fmt: skip
    for _ in range(20):
        if application.status != "submitted":
            break
        time.sleep(0.5)
        application = call("applications.application_show", application.id)
    assert application.status == "approved"
    offer = call("offers.offer_read", application.offer, keyed=True)
    line = call(
        "offers.offer_accept", offer.id, keyed=True,
        body=models.AcceptInputRequest(cost_sheet_sha256=offer.cost_sheet_sha256),
    )  # fmt: skip
    quote = call(
        "quotes.quote_make", keyed=True,
        body=models.QuoteInputRequest(line=line.id, amount=1_280_000, order_no="SO-1"),
    ).data[0]  # fmt: skip
    drawdown = call(
        "drawdowns.drawdown_request", keyed=True,
        body=models.DrawdownInputRequest(line=line.id, quote=quote.id, external_id="SO-1"),
    )  # fmt: skip
    call(
        "drawdowns.drawdown_capture", drawdown.id, keyed=True,
        body=models.CaptureInputRequest(amount=1_280_000, external_id="SHIP-1"),
    )  # fmt: skip
    preview = call(
        "repayments.repayment_preview", body=models.PreviewInputRequest(drawdown=drawdown.id)
    )
    call(
        "repayments.repayment_record", keyed=True,
        body=models.RepaymentInputRequest(
            drawdown=drawdown.id, amount=preview.payoff, external_id="PAY-1",
            channel=models.ChannelEnum.BANK_TRANSFER,
        ),
    )  # fmt: skip
    assert call("drawdowns.drawdown_show_by_number", "SO-1").status == "paid_off"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_from_orders_to_paid_off(
    live_server: LiveServer, settings: Settings, generated: Callable[[str], Any]
) -> None:
    settings.COST_SHEET_READ_SECONDS = 0
    at = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=False,
        actor="system:test", at=at,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(label="generated", scopes=ALL, actor="usr_test", at=at)
    models = generated("models")
    client = generated("client").Client(
        base_url=live_server.url, httpx_args={"auth": Signed(key.id, secret)}
    )

    def call(operation: str, *told: str, body: Any = None, keyed: bool = False) -> Any:
        extra: dict[str, Any] = {} if body is None else {"body": body}
        if keyed:
            extra["idempotency_key"] = secrets.token_hex(16)
        answer = generated(f"api.{operation}").sync_detailed(*told, client=client, **extra)
        assert answer.status_code < 300, answer.content.decode()
        assert type(answer.parsed).__name__ != "Problem"
        return answer.parsed

    with client:
        lived(call, models)
