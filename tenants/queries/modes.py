"""Whether a platform rehearses or does business: everything that differs by it asks here."""

from typing import Final

from django.db.models import Exists, OuterRef

from tenants.models import Tenant
from tenants.queries.tenants import current_tenant

# For a row of a platform's own, in the statement that reads it anyway.
IN_TEST_MODE: Final = Exists(Tenant.objects.filter(pk=OuterRef("tenant_id"), is_virtual=True))


def in_test_mode() -> bool:
    """Whether the platform of the open scope is in test mode."""
    return current_tenant().is_virtual
