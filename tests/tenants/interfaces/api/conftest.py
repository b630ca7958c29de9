"""Callers of the partner API: the owner, another platform, a key that may do nothing here."""

from collections.abc import Sequence
from datetime import datetime

import pytest

import credit.tasks
import platform_app.celery  # noqa: F401 -- the app the jobs are handed to
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.credentials import create_hmac_key
from tests.tenants.interfaces.api.client import ALL, Partner, Stranger

assert credit.tasks.decide_application.name == "credit.decide_application"


def partner_of(tenant: Tenant, at: datetime, scopes: Sequence[str] = ALL) -> Partner:
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(label="back end", scopes=scopes, actor="usr_test", at=at)
    return Partner(key.id, secret)


@pytest.fixture
def owner(tenant: Tenant, at: datetime) -> Partner:
    """The platform's own key with every scope."""
    return partner_of(tenant, at)


@pytest.fixture
def neighbor(other_tenant: Tenant, at: datetime) -> Partner:
    """Another platform's key with every scope."""
    return partner_of(other_tenant, at)


@pytest.fixture
def stranger() -> Partner:
    return Stranger()


@pytest.fixture
def reader(tenant: Tenant, at: datetime) -> Partner:
    return partner_of(tenant, at, ["read"])


@pytest.fixture
def administrator(tenant: Tenant, at: datetime) -> Partner:
    """A key that may not even read."""
    return partner_of(tenant, at, ["admin"])
