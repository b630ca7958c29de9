"""The event log and its outbox.

`record` writes the event and one `Dispatch` row per interested consumer in the caller's
transaction. A relay hands due dispatches to their consumers, each on its own: a consumer that fails
delays nobody else and is tried again on the ladder below.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from platform_app.kernel import clock, ids, jobs
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.scope import current_tenant_id

RETRY_LADDER: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One thing that happened, in the words of the glossary: `app.noun.past_tense`."""

    name: str
    subject: str
    actor: str
    at: datetime
    merchant_id: str | None = None
    source: str = "operation"
    props: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Who wants events: prefixes of names, and an SQL condition on the tenant (`%(tenant_id)s`)."""

    name: str
    prefixes: tuple[str, ...]
    handle: Callable[[str], None]
    condition_sql: str = "true"

    def wants(self, event_name: str) -> bool:
        return event_name.startswith(self.prefixes)


_consumers: dict[str, Consumer] = {}


def subscribe(consumer: Consumer) -> None:
    """Register a consumer (in an app's `ready`). `handle` gets the event id inside tenant scope."""
    _consumers[consumer.name] = consumer


def consumer(name: str) -> Consumer:
    return _consumers[name]


def record(name: str, **facts: Any) -> str:
    """Record one event (see `NewEvent`) and return its id."""
    return record_all([NewEvent(name=name, **facts)])[0]


def record_all(events: Sequence[NewEvent]) -> list[str]:
    """Record several events in order: one statement for them, one for all their dispatches."""
    if not events:
        return []
    rows = [
        Event(
            name=event.name,
            subject=event.subject,
            merchant_id=event.merchant_id,
            actor=event.actor,
            source=event.source,
            occurred_at=event.at,
            received_at=clock.now(),
            props=event.props,
        )
        for event in events
    ]
    Event.objects.bulk_create(rows)
    _dispatch(rows)
    return [row.id for row in rows]


def _dispatch(rows: Iterable[Event]) -> None:
    """One statement per interested consumer, however many events."""
    wanted = 0
    for c in _consumers.values():
        mine = [row for row in rows if c.wants(row.name)]
        if mine:
            wanted += _insert_dispatches(c, mine)
    if wanted:
        jobs.enqueue("kernel.relay_dispatches")


def _insert_dispatches(c: Consumer, rows: Sequence[Event]) -> int:
    params: dict[str, Any] = {
        "ids": [str(ids.new_uuid()) for _ in rows],
        "events": [str(ids.to_uuid("evt", row.id)) for row in rows],
        "moments": [row.occurred_at for row in rows],
        "tenant_id": str(ids.to_uuid("tnt", current_tenant_id())),
        "consumer": c.name,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_dispatch"
            " (id, tenant_id, consumer, event_id, occurred_at, next_attempt_at)"
            " SELECT n.id, %(tenant_id)s, %(consumer)s, n.event, n.moment, %(now)s"
            " FROM unnest(%(ids)s::uuid[], %(events)s::uuid[], %(moments)s::timestamptz[])"
            f" AS n(id, event, moment) WHERE {c.condition_sql}",
            params,
        )
        return int(cursor.rowcount)


def claim_due(*, limit: int, at: datetime) -> list[Dispatch]:
    """Lock up to `limit` due dispatches of any tenant, skipping those another relay holds."""
    return list(
        Dispatch.objects.select_for_update(skip_locked=True)
        .filter(status="pending", next_attempt_at__lte=at)
        .order_by("next_attempt_at", "id")[:limit]
    )


def settle(dispatch: Dispatch, *, error: str | None, at: datetime) -> None:
    """Write the outcome of one attempt: done, later on the ladder, or failed for good."""
    attempts = dispatch.attempt_count + 1
    if error is None:
        change: dict[str, Any] = {"status": "done"}
    elif attempts > len(RETRY_LADDER):
        change = {"status": "failed", "last_error": error}
    else:
        wait = RETRY_LADDER[attempts - 1]
        change = {"next_attempt_at": at + wait, "last_error": error}
    Dispatch.objects.filter(pk=dispatch.pk).update(attempt_count=attempts, **change)


def ensure_partitions(first: date | None = None, months: int = 4) -> None:
    """Create the partitions of `months` months from `first` (default: last month)."""
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    month = (first or last_month).replace(day=1)
    with connection.cursor() as cursor:
        for _ in range(months):
            cursor.execute("SELECT kernel_ensure_event_partition(%s)", [month])
            month = (month + timedelta(days=32)).replace(day=1)
