"""The event log and its outbox.

`record` writes the event and one `Dispatch` row per interested consumer in the caller's
transaction. A relay hands due dispatches to their consumers, each on its own: a consumer that fails
delays nobody else and is tried again on the ladder below.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from platform_app.kernel import clock, ids, jobs
from platform_app.kernel.models import Dispatch
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
    """Record several events in order: one statement for them, one for all their dispatches.

    They travel as one document; a close records thousands.
    """
    if not events:
        return []
    own = [ids.new_uuid() for _ in events]
    rows = [_row(event_id, event) for event_id, event in zip(own, events, strict=True)]
    tenant = str(ids.to_uuid("tnt", current_tenant_id()))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"tenant": tenant, "now": clock.now(), "rows": json.dumps(rows)})
    _dispatch(events, own)
    return [ids.from_uuid("evt", one) for one in own]


_INSERT: Final = """
INSERT INTO kernel_event (tenant_id, id, name, subject, merchant_id, actor, source, occurred_at,
    received_at, props)
SELECT %(tenant)s, n.id, n.name, n.subject, n.merchant, n.actor, n.source, n.at, %(now)s, n.props
FROM json_to_recordset(%(rows)s) AS n(id uuid, name text, subject text, merchant uuid, actor text,
    source text, at timestamptz, props jsonb)
"""


def record_selected(select: str, params: Mapping[str, Any], *, actor: str, at: datetime) -> int:
    """Record an event for each row of a SELECT, in its order; one statement, dispatches included.

    The rows are (name, subject, merchant_id, props) and never leave the database; `select` is a
    constant of the caller's, its parameters are in `params`. Returns how many there were.
    """
    consumers = list(_consumers.values())
    told = [
        f"told_{n} AS (INSERT INTO kernel_dispatch"
        " (id, tenant_id, consumer, event_id, occurred_at, next_attempt_at)"
        f" SELECT uuidv7(), %(tenant_id)s, %(consumer_{n})s, w.id, w.occurred_at, %(now)s"
        f" FROM written w WHERE w.name ^@ ANY(%(prefixes_{n})s) AND {c.condition_sql}"
        " RETURNING 1)"
        for n, c in enumerate(consumers)
    ]
    counts = ["(SELECT count(*) FROM written)"]
    counts += [f"(SELECT count(*) FROM told_{n})" for n in range(len(consumers))]
    values: dict[str, Any] = {
        **params,
        "tenant_id": str(ids.to_uuid("tnt", current_tenant_id())),
        "actor": actor,
        "at": at,
        "now": clock.now(),
    }
    for n, c in enumerate(consumers):
        values[f"consumer_{n}"] = c.name
        values[f"prefixes_{n}"] = list(c.prefixes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join([_WRITTEN.format(select=select), *told])} SELECT {', '.join(counts)}",
            values,
        )
        recorded, *dispatched = cursor.fetchone() or (0,)
    if any(dispatched):
        jobs.enqueue("kernel.relay_dispatches")
    return int(recorded)


_WRITTEN: Final = """found AS ({select}), written AS (
    INSERT INTO kernel_event (tenant_id, id, name, subject, merchant_id, actor, source,
        occurred_at, received_at, props)
    SELECT %(tenant_id)s, uuidv7(), f.name, f.subject, f.merchant_id, %(actor)s, 'operation',
        %(at)s, %(now)s, f.props FROM found f
    RETURNING id, name, occurred_at)"""


def _row(event_id: UUID, event: NewEvent) -> dict[str, Any]:
    merchant = event.merchant_id
    return {
        "id": str(event_id),
        "name": event.name,
        "subject": event.subject,
        "merchant": None if merchant is None else str(ids.to_uuid("mch", merchant)),
        "actor": event.actor,
        "source": event.source,
        "at": event.at.isoformat(),
        "props": event.props,
    }


def _dispatch(events: Sequence[NewEvent], own: Sequence[UUID]) -> None:
    """One statement per interested consumer, however many events."""
    wanted = 0
    for c in _consumers.values():
        mine = [
            (event_id, event.at)
            for event_id, event in zip(own, events, strict=True)
            if c.wants(event.name)
        ]
        if mine:
            wanted += _insert_dispatches(c, mine)
    if wanted:
        jobs.enqueue("kernel.relay_dispatches")


def _insert_dispatches(c: Consumer, rows: Sequence[tuple[UUID, datetime]]) -> int:
    params: dict[str, Any] = {
        "events": "{" + ",".join([str(event_id) for event_id, _ in rows]) + "}",
        "moments": "{" + ",".join([moment.isoformat() for _, moment in rows]) + "}",
        "tenant_id": str(ids.to_uuid("tnt", current_tenant_id())),
        "consumer": c.name,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_dispatch"
            " (id, tenant_id, consumer, event_id, occurred_at, next_attempt_at)"
            " SELECT uuidv7(), %(tenant_id)s, %(consumer)s, n.event, n.moment, %(now)s"
            " FROM unnest(%(events)s::uuid[], %(moments)s::timestamptz[]) AS n(event, moment)"
            f" WHERE {c.condition_sql}",
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
