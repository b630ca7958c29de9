"""One cast for every test: two platforms that lend, and a clock that stands still."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from celery._state import _set_task_join_will_block  # type: ignore[attr-defined]  # no stub of it
from django.core.cache import cache

from credit.operations import ledger
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock, crypto
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant

FIRST_DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _fresh_process_caches() -> Iterator[None]:
    yield
    crypto.forget_keys()
    ledger.forget_accounts()
    # Threads that run tasks eagerly at once can leave Celery's flag "inside a task" raised.
    _set_task_join_will_block(False)  # noqa: FBT003 -- Celery's own signature


@pytest.fixture
def at() -> Iterator[datetime]:
    """Ten in the morning in Shanghai on the first business day; `now()` says so too."""
    moment = clock.moment_on(FIRST_DAY, 10)
    with clock.travel(moment):
        yield moment


def _platform(slug: str, name: str, at: datetime) -> Tenant:
    return launch_tenant(
        slug=slug,
        name=name,
        vertical="pet",
        lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000",
        first_day=FIRST_DAY,
        is_virtual=True,
        actor="system:test",
        at=at,
    )


@pytest.fixture
def tenant(db: None, at: datetime) -> Tenant:
    """A pet-supply platform that lends; its scope is not open."""
    return _platform("pets", "萌宠采购网", at)


@pytest.fixture
def other_tenant(db: None, at: datetime) -> Tenant:
    """Another platform, which must never see anything of the first."""
    return _platform("fabrics", "锦绣纺织城", at)


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[Tenant]:
    """The platform with its scope open."""
    with tenant_scope(tenant.id):
        yield tenant


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
