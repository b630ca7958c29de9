"""Orders by the batch: taken in, and reported row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tenants.models import Feed
from tenants.operations.trade import import_orders
from tenants.values import ImportCounts, OrderRow


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch that was taken in: its report, and whether it said nothing that was not known."""

    feed: Feed
    counts: ImportCounts
    is_repeated: bool


@transaction.atomic
def take_feed(
    *,
    rows: Sequence[OrderRow],
    errors: Sequence[dict[str, Any]],
    sha256: str,
    actor: str,
    at: datetime,
) -> Taken:
    """Take in the good rows of a batch and keep its report; `errors` name the rows refused.

    The same batch again, from which nothing is new, is told by the report of the first time. One
    that brings something (a row refused then and good now, an order changed in between) is a feed
    of its own. Raises FutureOrder.
    """
    counts = import_orders(rows=rows, known_at=at, actor=actor)
    if not counts.created and not counts.revised:
        before = Feed.objects.filter(sha256=sha256).order_by("-id").first()
        if before is not None:
            return Taken(before, counts, is_repeated=True)
    refused = len({one["index"] for one in errors})
    feed: Feed = Feed.objects.create(
        sha256=sha256,
        received_at=at,
        actor=actor,
        row_count=len(rows) + refused,
        created_count=counts.created,
        revised_count=counts.revised,
        repeated_count=counts.repeated,
        refused_count=refused,
        errors=list(errors),
    )
    return Taken(feed, counts, is_repeated=False)
