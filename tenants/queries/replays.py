"""Which events a replay would send again, and how far replays have come."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet

from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import Event
from tenants.models import WebhookEndpoint, WebhookReplay

MOST: Final = 100_000


def replay(replay_id: str) -> WebhookReplay:
    """One replay, its endpoint with it. Raises NotFound."""
    try:
        found: WebhookReplay | None = (
            WebhookReplay.objects.select_related("endpoint").filter(pk=replay_id).first()
        )
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="replay")
    return found


def list_replays() -> QuerySet[Any]:
    """Replays, newest first, their endpoints with them."""
    return WebhookReplay.objects.select_related("endpoint").order_by("-id")


def events_to_replay(
    *,
    endpoint: WebhookEndpoint,
    public: Sequence[str],
    since: datetime,
    until: datetime,
    event_names: Sequence[str],
) -> QuerySet[Any]:
    """Events of [since, until) that are `public`, that the endpoint asks for, and that are named.

    An empty list of names asks for all, as with an endpoint.
    """
    rows = Event.objects.filter(occurred_at__gte=since, occurred_at__lt=until)
    rows = rows.filter(_named([f"{prefix}*" for prefix in public]))
    return rows.filter(_named(endpoint.event_names)).filter(_named(event_names))


def how_many(rows: QuerySet[Any]) -> int:
    """How many there are; counting stops just above `MOST`."""
    return rows.order_by()[: MOST + 1].count()


def _named(names: Sequence[str]) -> Q:
    parts = [
        Q(name__startswith=name[:-1]) if name.endswith("*") else Q(name=name) for name in names
    ]
    return reduce(or_, parts, Q())
