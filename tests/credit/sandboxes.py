"""A sandbox as tests need it: opened from the platform, with a key of its own."""

from datetime import datetime

from credit.operations.sandboxes import open_sandbox
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit.lives import ACTOR
from tests.tenants.interfaces.api.client import ALL, Partner
from tests.tenants.interfaces.api.conftest import partner_of


def opened(tenant: Tenant, at: datetime) -> Tenant:
    """The sandbox of a platform."""
    with tenant_scope(tenant.id):
        return open_sandbox(actor=ACTOR, at=at)


def partner_in(sandbox: Tenant, at: datetime) -> Partner:
    """A back end with a test key."""
    return partner_of(sandbox, at, ALL)
