"""One merchant of one platform in the stages of its life, each with a visit of its own."""

from datetime import datetime, timedelta

import pytest

from credit.models import CreditLine, Drawdown
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import Visit, visit_of

ORDER_NO = "SO-1001"
ORDER_MINOR = 1_280_000


@pytest.fixture
def merchant(tenant: Tenant, at: datetime) -> Merchant:
    """Its orders became known an hour ago: a decision sees only what was known before it."""
    with tenant_scope(tenant.id):
        return lives.merchant_with_trade("M-1", at - timedelta(hours=1))


@pytest.fixture
def visit(merchant: Merchant, at: datetime) -> Visit:
    return visit_of(merchant, at, locale="en")


@pytest.fixture
def line(merchant: Merchant, at: datetime) -> CreditLine:
    with tenant_scope(merchant.tenant_id):
        return lives.line_of(merchant, at)


@pytest.fixture
def order_visit(merchant: Merchant, line: CreditLine, at: datetime) -> Visit:
    assert line.status == "active"
    return visit_of(
        merchant, at, component="checkout", order_no=ORDER_NO, amount_minor=ORDER_MINOR, locale="en"
    )


@pytest.fixture
def drawn(line: CreditLine, at: datetime) -> Drawdown:
    with tenant_scope(line.tenant_id):
        return lives.drawn(line, ORDER_MINOR, ORDER_NO, at)


@pytest.fixture
def strangers(merchant: Merchant, other_tenant: Tenant, at: datetime) -> list[Visit]:
    """Another merchant of the same platform, and one of another platform."""
    with tenant_scope(merchant.tenant_id):
        neighbor = lives.merchant_with_trade("M-2", at)
        lives.line_of(neighbor, at)
    with tenant_scope(other_tenant.id):
        foreigner = lives.merchant_with_trade("M-1", at)
        lives.line_of(foreigner, at)
    return [
        visit_of(who, at, order_no=ORDER_NO, amount_minor=ORDER_MINOR)
        for who in (neighbor, foreigner)
    ]
