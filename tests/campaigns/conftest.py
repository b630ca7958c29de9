"""One light platform with its scope open, for what needs no lending."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from platform_app.kernel import clock, crypto
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns.sellers import SHOP
from tests.risk.cast import NOW


@pytest.fixture
def now() -> Iterator[datetime]:
    with clock.travel(NOW):
        yield NOW


@pytest.fixture
def here(db: None, now: datetime) -> Iterator[Tenant]:
    found: Tenant = Tenant.objects.create(
        slug="sells", name="锦绣纺织城", vertical="textile", embed_origins=[SHOP]
    )
    with tenant_scope(found.id):
        crypto.create_data_key()
        yield found


@pytest.fixture
def shop(here: Tenant) -> Merchant:
    found: Merchant = Merchant.objects.create(external_id="M-1", name="示例服装厂")
    return found


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
