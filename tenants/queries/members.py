"""The people who work for the open scope's platform."""

from collections.abc import Iterable

from django.db.models import QuerySet

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from tenants.models import Member


def list_members() -> QuerySet[Member]:
    """The platform's members by name. Raises NoScope: members are not fenced by the manager."""
    return Member.objects.filter(tenant_id=current_tenant_id()).order_by("name", "id")


def member_names(actors: Iterable[str]) -> dict[str, str]:
    """The names of members among the actors, ours included: one statement, or none."""
    members = {one for one in actors if _is_member(one)}
    if not members:
        return {}
    return dict(Member.objects.filter(pk__in=members).values_list("id", "name"))


def _is_member(actor: str) -> bool:
    """Others act as well: merchants, the system, keys."""
    try:
        ids.to_uuid("usr", actor)
    except ValueError:
        return False
    return True
