"""A credit life as a partner sees it: only HTTP from here on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.models import CreditLine
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.interfaces.api.conftest import (
    administrator,
    neighbor,
    owner,
    reader,
    stranger,
)

__all__ = ["administrator", "neighbor", "owner", "reader", "stranger"]


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    """Verified, with a year of orders and all consents; orders are known an hour ago."""
    with tenant_scope(tenant.id):
        return lives.merchant_with_trade("M-1", at - timedelta(hours=1))


@pytest.fixture
def line(merchant: Merchant, tenant: Tenant, at: datetime) -> CreditLine:
    with tenant_scope(tenant.id):
        return lives.line_of(merchant, at)


@pytest.fixture
def quoted(owner: Partner, line: CreditLine) -> Callable[..., dict[str, Any]]:
    """Quote an order over HTTP: `quoted("SO-1", 1_000_000)` is the plan of bullet_30."""

    def quote(order_no: str, amount: int) -> dict[str, Any]:
        body = {"line": line.id, "amount": amount, "order_no": order_no, "terms": ["bullet_30"]}
        answer = owner.post("quotes", body)
        assert answer.status_code == 201, answer.json()
        found: dict[str, Any] = answer.json()["data"][0]
        return found

    return quote


@pytest.fixture
def drawn(
    owner: Partner, line: CreditLine, quoted: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    """Authorize an order over HTTP."""

    def draw(order_no: str, amount: int) -> dict[str, Any]:
        quote = quoted(order_no, amount)
        body = {"line": line.id, "quote": quote["id"], "external_id": order_no}
        answer = owner.post("drawdowns", body)
        assert answer.status_code == 201, answer.json()
        found: dict[str, Any] = answer.json()
        return found

    return draw
