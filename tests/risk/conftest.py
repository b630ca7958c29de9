"""One platform with the default policy in force, one merchant, the scope open."""

from collections.abc import Iterator

import pytest

from platform_app.kernel.tenancy import tenant_scope
from risk.queries import champions
from tenants.models import Merchant
from tests.risk.cast import install, new_tenant


@pytest.fixture
def tenant_id(db: None) -> Iterator[str]:
    """Inside the scope of one platform with the default policy in force."""
    champions.forget_versions()
    found = new_tenant("fang-test")
    with tenant_scope(found):
        install()
        yield found


@pytest.fixture
def merchant(tenant_id: str) -> Merchant:
    found: Merchant = Merchant.objects.create(
        tenant_id=tenant_id, external_id="M-1", name="示例服装厂"
    )
    return found
