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
    """Record several events in order, with all their dispatches, in one statement.

    They travel as one document; a close records thousands.
    """
    if not events:
        return []
    own = [ids.new_uuid_text() for _ in events]
    rows = [_row(event_id, event) for event_id, event in zip(own, events, strict=True)]
    params: dict[str, Any] = {
        "tenant_id": str(ids.to_uuid("tnt", current_tenant_id())),
        "now": clock.now(),
        "due": clock.machine_now(),
        "rows": json.dumps(rows),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(dispatches=_dispatches(events, own, params)), params)
        if cursor.rowcount:
            jobs.enqueue("kernel.relay_dispatches")
    return [ids.from_uuid("evt", UUID(one)) for one in own]


_INSERT: Final = """
WITH said AS (
    INSERT INTO kernel_event (tenant_id, id, name, subject, merchant_id, actor, source,
        occurred_at, received_at, props)
    SELECT %(tenant_id)s::uuid, e.id, e.name, e.subject, e.merchant_id, e.actor, e.source, e.at,
        %(now)s, e.props
    FROM json_to_recordset(%(rows)s) AS e(id uuid, name text, subject text, merchant_id uuid,
        actor text, source text, at timestamptz, props jsonb)
)
INSERT INTO kernel_dispatch (id, tenant_id, consumer, event_id, occurred_at, next_attempt_at)
SELECT uuidv7(), %(tenant_id)s::uuid, d.consumer, d.event, d.at, %(due)s FROM ({dispatches}) AS d
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
        f" SELECT uuidv7(), %(tenant_id)s, %(consumer_{n})s, w.id, w.occurred_at, %(due)s"
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
        "due": clock.machine_now(),
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


_NOBODY: Final = """SELECT NULL::text AS consumer, NULL::uuid AS event, NULL::timestamptz AS at
    WHERE false"""


def _dispatches(events: Sequence[NewEvent], own: Sequence[str], params: dict[str, Any]) -> str:
    """Which event goes to which consumer, as SQL over arrays put into `params`."""
    parts = [_NOBODY]
    for no, c in enumerate(_consumers.values()):
        mine = [
            (one, event.at) for one, event in zip(own, events, strict=True) if c.wants(event.name)
        ]
        if not mine:
            continue
        params[f"consumer_{no}"] = c.name
        params[f"events_{no}"] = "{" + ",".join([one for one, _ in mine]) + "}"
        params[f"moments_{no}"] = "{" + ",".join([at.isoformat() for _, at in mine]) + "}"
        parts.append(
            f"SELECT %(consumer_{no})s, n.event, n.at"
            f" FROM unnest(%(events_{no})s::uuid[], %(moments_{no})s::timestamptz[])"
            f" AS n(event, at) WHERE {c.condition_sql}"
        )
    return " UNION ALL ".join(parts)


def _row(event_id: str, event: NewEvent) -> dict[str, Any]:
    merchant = event.merchant_id
    return {
        "id": event_id,
        "name": event.name,
        "subject": event.subject,
        "merchant_id": None if merchant is None else str(ids.to_uuid("mch", merchant)),
        "actor": event.actor,
        "source": event.source,
        "at": event.at.isoformat(),
        "props": event.props,
    }


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
