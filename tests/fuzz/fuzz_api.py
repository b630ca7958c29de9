"""`make fuzz`: schemathesis against our running server, every operation, signed as a partner signs.

No 5xx, no status or content the document does not name, every answer of the documented shape, and
nothing accepted that the document forbids. Half of the ids are those of a real line with a real
drawdown, so that requests get past "not found". Not part of `make test`: it takes minutes.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from pytest_django.live_server_helper import LiveServer
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from credit.models import Application, Offer
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.operations.credentials import create_hmac_key
from tenants.operations.feeds import take_feed
from tenants.operations.webhooks import create_endpoint
from tests.campaigns import coupons, pools
from tests.campaigns.sellers import seller
from tests.credit import lives
from tests.tenants.interfaces.api.client import ALL

pytestmark = pytest.mark.django_db  # asks for the test database; what is made stays committed
SCHEMA = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.yaml")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance, negative_data_rejection,
    missing_required_header,
]  # fmt: skip
# Its rows are refused one by one, in an answer that is a 200.
ROW_BY_ROW = {"/api/v1/orders:batch"}


class Signed(AuthBase):
    """Signs exactly the bytes that leave."""

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id, self.secret = key_id, secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = urlsplit(str(request.url))
        target = f"{url.path}?{url.query}" if url.query else url.path
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        timestamp, nonce = int(clock.now().timestamp()), secrets.token_hex(16)
        message = f"{request.method}\n{target}\n{timestamp}\n{nonce}\n".encode() + raw + b"\n"
        digest = hmac.new(self.secret.encode(), message, hashlib.sha256).digest()
        request.headers["Authorization"] = (
            f'BT-HMAC-SHA256 key_id="{self.key_id}",nonce="{nonce}",timestamp="{timestamp}",'
            f'signature="{base64.b64encode(digest).decode()}"'
        )
        return request


class World:
    """One platform in which something of each kind exists."""

    def __init__(self) -> None:
        at = clock.now() - timedelta(minutes=10)
        day = clock.day_of(at)
        tenant = launch_tenant(
            slug=f"fuzz-{secrets.token_hex(4)}", name="测试采购网", vertical="pet",
            lender_name="示例小额贷款有限公司", lender_phone="400-000-0000",
            first_day=day, is_virtual=True, actor="system:test", at=at,
        )  # fmt: skip
        with tenant_scope(tenant.id):
            key, secret = create_hmac_key(label="fuzz", scopes=ALL, actor="x", at=at)
            merchant = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
            line = lives.line_of(merchant, at)
            drawdown = lives.drawn(line, 100_000, "SO-1", at + timedelta(minutes=1))
            repayment = lives.repaid(drawdown, 1_000, "R-1", at + timedelta(minutes=2))
            endpoint, _ = create_endpoint(
                url="https://8.8.8.8/hooks", event_names=["credit.drawdown.*"], actor="x", at=at
            )
            self.ids = {
                "merchant": merchant.id, "line": line.id, "drawdown": drawdown.id,
                "quote": drawdown.quote_id, "endpoint": endpoint.id, "repayment": repayment.id,
                "application": Application.objects.get().id, "offer": Offer.objects.get().id,
                "code": seller("S-1", at).code,
                "batch": coupons.batch("B-1", at, from_on=day, last_on=day).id,
                "feed": take_feed(rows=[], errors=[], sha256="x", actor="x", at=at).feed.id,
                "pool_import": pools.pooled(at, "M-1,示例店,,A,,").id,
                "pool_member": pools.member("M-1").id,
            }  # fmt: skip
        self.auth = Signed(key.id, secret)

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        """Real ids in place of those made up."""
        return {
            name: self.ids.get(name.removesuffix("_id"), value) if isinstance(value, str) else value
            for name, value in values.items()
        }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock():
        yield World()


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    assert world.ids
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck), derandomize=True,
)  # fmt: skip
def test_it_answers_as_documented(case: schemathesis.Case[Any], world: World, address: str) -> None:
    is_meant_well = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if is_meant_well and secrets.randbelow(4):
        case.path_parameters = world.told(case.path_parameters or {})
        if isinstance(case.body, dict):
            case.body = world.told(case.body)
    is_unsigned = not is_meant_well and "Authorization" not in (case.headers or {})
    auth = None if is_unsigned else world.auth
    checks = [
        check for check in CHECKS
        if check is not negative_data_rejection or case.path not in ROW_BY_ROW
    ]  # fmt: skip
    case.call_and_validate(base_url=address, checks=checks, auth=auth, timeout=30)
