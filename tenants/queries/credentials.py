"""A partner's keys."""

from typing import Any

from django.db.models import QuerySet

from tenants.models import Credential


def list_keys() -> QuerySet[Any]:
    """The platform's keys, newest first, revoked ones too. Secrets stay sealed."""
    return Credential.objects.order_by("-id")
