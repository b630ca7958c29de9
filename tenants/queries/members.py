"""The people who work for the open scope's platform."""

from django.db.models import QuerySet

from platform_app.kernel.scope import current_tenant_id
from tenants.models import Member


def list_members() -> QuerySet[Member]:
    """The platform's members by name. Raises NoScope: members are not fenced by the manager."""
    return Member.objects.filter(tenant_id=current_tenant_id()).order_by("name", "id")
