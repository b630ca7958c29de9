"""One cast for every test: two platforms that lend, and a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from typing import TypeVar

import pytest
from celery._state import _set_task_join_will_block  # type: ignore[attr-defined]  # no stub of it
from django.core.cache import cache
from django.db import connections, transaction
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from credit.operations import ledger
from credit.operations.launch import launch_tenant
from platform_app.kernel import clock, crypto
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant

FIRST_DAY = date(2026, 3, 2)
T = TypeVar("T")
# A machine with other work is slow; that says nothing about a strategy.
settings.register_profile("patient", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _fresh_process_caches() -> Iterator[None]:
    yield
    translation.deactivate()  # a page asked in English leaves its language in the thread
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


def platform(slug: str, at: datetime, name: str = "示例平台") -> Tenant:
    """A pet-supply platform that lends, launched through the front door."""
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


@contextmanager
def frame() -> Iterator[transaction.Atomic]:
    """A transaction that is undone at its end; durable blocks may stand in it."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django does for a TestCase
    with atomic:
        yield atomic
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lasting(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[transaction.Atomic | None]:
    """One transaction around a module's tests: what is built in it once, every test finds again.

    As Django's setUpTestData, for fixtures. None in a module with a test that commits, which must
    build for itself.
    """
    if any(_commits(item) for item in request.session.items if item.path == request.path):
        yield None
        return
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # Every test ends as a TestCase of its own, which closes connections.
        patch.setattr(connections["default"], "close", lambda: None)
        with frame() as outermost:
            yield outermost


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


def lived(act: Callable[[datetime], T]) -> T:
    """What an act at ten on the first business day leaves in a lasting transaction."""
    moment = clock.moment_on(FIRST_DAY, 10)
    with clock.travel(moment):
        left = act(moment)
    connections["default"].check_constraints()  # once, not again in every test
    return left


@pytest.fixture(scope="module")
def pets(lasting: transaction.Atomic | None) -> Tenant | None:
    return lived(lambda at: platform("pets", at, "萌宠采购网")) if lasting else None


@pytest.fixture(scope="module")
def fabrics(lasting: transaction.Atomic | None) -> Tenant | None:
    return lived(lambda at: platform("fabrics", at, "锦绣纺织城")) if lasting else None


@pytest.fixture
def tenant(pets: Tenant | None, db: None, at: datetime) -> Tenant:
    """A pet-supply platform that lends; its scope is not open."""
    return copy(pets) if pets else platform("pets", at, "萌宠采购网")


@pytest.fixture
def other_tenant(fabrics: Tenant | None, db: None, at: datetime) -> Tenant:
    """Another platform, which must never see anything of the first."""
    return copy(fabrics) if fabrics else platform("fabrics", at, "锦绣纺织城")


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[Tenant]:
    """The platform with its scope open."""
    with tenant_scope(tenant.id):
        yield tenant


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
