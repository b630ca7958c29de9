"""The platform whose scope is open, its trade's preset, and the list of all platforms."""

from django.db.models import QuerySet

from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import current_tenant_id
from tenants.domain import verticals as presets
from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.values import Vertical


def current_tenant() -> Tenant:
    """The platform of the open scope. Raises NoScope without one."""
    return Tenant.objects.get(pk=current_tenant_id())


def tenant_by_slug(slug: str) -> Tenant:
    """Raises NotFound."""
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(noun="tenant")
    return found


def list_tenants() -> QuerySet[Tenant]:
    """Every platform we work with, by name: for our own staff and the nightly driver."""
    return Tenant.objects.filter(status=TenantStatus.ACTIVE).order_by("name", "id")


def vertical(key: str) -> Vertical:
    """The preset of a trade. Raises UnknownVertical."""
    return presets.vertical(key)


def list_verticals() -> list[Vertical]:
    """The ten presets in the order they are offered."""
    return list(presets.VERTICALS.values())
