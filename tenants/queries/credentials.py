"""A partner's keys."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from platform_app.kernel.errors import NotFound
from tenants.models import Credential


def list_keys() -> QuerySet[Any]:
    """The platform's keys, newest first, revoked ones too, each with its `successor_id`.

    Secrets stay sealed.
    """
    successor = Credential.objects.filter(former=OuterRef("pk")).values("id")[:1]
    return Credential.objects.annotate(successor_id=Subquery(successor)).order_by("-id")


def keys_in_force(at: datetime) -> QuerySet[Any]:
    """The keys that open something at a moment; not those that wait for a second person."""
    ends = Q(not_after=None) | Q(not_after__gt=at)
    rows = Credential.objects.filter(ends, not_before__lte=at, revoked_at=None)
    return rows.filter(awaits_second=False)


def key(key_id: str) -> Any:
    """One key of the platform, with its `successor_id`. Raises NotFound."""
    try:
        found = list_keys().filter(pk=key_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="key")
    return found
