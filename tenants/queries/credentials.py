"""A partner's keys."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from platform_app.kernel.errors import NotFound
from tenants.models import Credential


def list_keys() -> QuerySet[Any]:
    """The platform's keys, newest first, revoked ones too, each with its `successor_id`.

    Secrets stay sealed.
    """
    successor = Credential.objects.filter(former=OuterRef("pk")).values("id")[:1]
    return Credential.objects.annotate(successor_id=Subquery(successor)).order_by("-id")


def key(key_id: str) -> Any:
    """One key of the platform, with its `successor_id`. Raises NotFound."""
    try:
        found = list_keys().filter(pk=key_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="key")
    return found
