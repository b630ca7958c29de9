"""Sending again: one event to everybody who asks for it, or a time's events to one endpoint.

A replay walks the event log in batches, each a transaction that moves `last_event_id` with it: a
worker that dies is followed by another, and no event is sent a third time. What was never delivered
gets its delivery now; what was, starts the ladder anew with the same webhook-id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from platform_app.kernel import audit, clock, jobs
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import mode_word
from tenants.enums import DeliveryStatus, EndpointStatus, ReplayStatus
from tenants.errors import (
    BadEventName,
    EndpointDisabled,
    NobodyListens,
    ReplayRunning,
    ReplayTooLarge,
)
from tenants.models import WebhookDelivery, WebhookEndpoint, WebhookReplay
from tenants.operations.deliveries import LEASE
from tenants.operations.webhooks import (
    CONSUMER,
    NAME,
    body_of,
    delivery_of,
    endpoints_asking,
    locked_endpoint,
)
from tenants.queries import replays as queries

LONGEST: Final = timedelta(days=31)
BATCH: Final = 200


@transaction.atomic
def resend_event(*, event_id: str, actor: str, at: datetime) -> list[WebhookDelivery]:
    """Send an event again to every active endpoint that asks for it, with its own id. Audited.

    An endpoint that never heard of it does now. Raises NotFound, also for an event that is told to
    nobody; NobodyListens.
    """
    try:
        event: Event | None = Event.objects.filter(pk=event_id).first()
    except ValueError:
        event = None
    if event is None or not CONSUMER.wants(event.name):
        raise NotFound(noun="event")
    asking = endpoints_asking(event.name)
    if not asking:
        raise NobodyListens
    for endpoint in asking:
        locked_endpoint(endpoint.id)
        _send_again(endpoint, [event], at)
    audit.record(actor=actor, action="tenants.event.resend", subject=event.id, at=at)
    jobs.enqueue("tenants.send_webhooks")
    rows = WebhookDelivery.objects.filter(event_id=event.id, endpoint__in=asking)
    return list(rows.order_by("endpoint_id"))


@transaction.atomic
def request_replay(
    *,
    endpoint_id: str,
    since: datetime,
    until: datetime,
    event_names: Sequence[str],
    actor: str,
    at: datetime,
) -> WebhookReplay:
    """Have a job send the events of [since, until) again to one endpoint. Audited, once.

    The same wish again, while it is being done, is the same replay. Raises NotFound,
    EndpointDisabled, BadEventName, Invalid (an empty time), ReplayTooLarge, ReplayRunning.
    """
    endpoint = locked_endpoint(endpoint_id)
    names = sorted(set(event_names))
    wanted = {"since": since, "until": until, "event_names": names}
    running: WebhookReplay | None = WebhookReplay.objects.filter(
        endpoint=endpoint, status=ReplayStatus.WAITING
    ).first()
    if running is not None:
        if {name: getattr(running, name) for name in wanted} != wanted:
            raise ReplayRunning
        return running
    count_replay(endpoint=endpoint, since=since, until=until, event_names=names)
    if endpoint.status != EndpointStatus.ACTIVE:
        raise EndpointDisabled
    row: WebhookReplay = WebhookReplay.objects.create(
        endpoint=endpoint, actor=actor, asked_at=at, **wanted
    )
    said = {"from": since.isoformat(), "to": until.isoformat(), "types": names}
    audit.record(
        actor=actor, action="tenants.endpoint.replay", subject=endpoint.id, at=at, after=said
    )
    jobs.enqueue("tenants.replay_webhooks", tenant_id=endpoint.tenant_id, replay_id=row.id)
    return row


def count_replay(
    *, endpoint: WebhookEndpoint, since: datetime, until: datetime, event_names: Sequence[str]
) -> int:
    """How many events that would be. Raises BadEventName, Invalid, ReplayTooLarge."""
    for name in event_names:
        if not NAME.fullmatch(name):
            raise BadEventName(field="types", name=name[:100])
    if since >= until:
        raise Invalid(field="to")
    rows = _events(endpoint, since, until, event_names)
    count = 0 if until - since > LONGEST else queries.how_many(rows)
    if until - since > LONGEST or count > queries.MOST:
        raise ReplayTooLarge(field="from", days=LONGEST.days, most=queries.MOST)
    return count


def work_replay(*, replay_id: str) -> int:
    """Go on with a replay until it is done; returns how many events this run sent again.

    Several workers may: each batch is one's own. An endpoint switched off meanwhile stops it.
    """
    count = 0
    while (done := _next_batch(replay_id, clock.machine_now())) is not None:
        count += done
    return count


def unfinished() -> QuerySet[Any]:
    """Replays that wait or whose worker died."""
    return WebhookReplay.objects.filter(status=ReplayStatus.WAITING)


@transaction.atomic
def _next_batch(replay_id: str, at: datetime) -> int | None:
    row: WebhookReplay = WebhookReplay.objects.select_for_update().get(pk=replay_id)
    if row.status != ReplayStatus.WAITING:
        return None
    endpoint = locked_endpoint(row.endpoint_id)
    if endpoint.status != EndpointStatus.ACTIVE:
        _finish(row, ReplayStatus.STOPPED, at)
        return None
    rows = _events(endpoint, row.since, row.until, row.event_names).order_by("id")
    if row.last_event_id is not None:
        rows = rows.filter(pk__gt=row.last_event_id)
    events: list[Event] = list(rows[:BATCH])
    if not events:
        _finish(row, ReplayStatus.DONE, at)
        return None
    _send_again(endpoint, events, at)
    row.last_event_id, row.event_count = events[-1].id, row.event_count + len(events)
    row.save(update_fields=["last_event_id", "event_count"])
    jobs.enqueue("tenants.send_webhooks")
    return len(events)


def _send_again(endpoint: WebhookEndpoint, events: Sequence[Event], at: datetime) -> None:
    """Make every event of these due for a locked endpoint, by the delivery it has or a new one.

    One that waits for its next try is due now too, and stays where it is on the ladder.
    """
    mine = WebhookDelivery.objects.filter(
        endpoint=endpoint, event_id__in=[event.id for event in events]
    )
    mine.exclude(status=DeliveryStatus.PENDING).update(
        status=DeliveryStatus.PENDING, attempt_count=0, next_attempt_at=at, delivered_at=None
    )
    mine.filter(next_attempt_at__gt=at + LEASE).update(next_attempt_at=at)  # none under way
    WebhookDelivery.objects.bulk_create(
        [delivery_of(event, endpoint, body_of(event, mode=mode_word()), at) for event in events],
        ignore_conflicts=True,
    )


def _finish(row: WebhookReplay, status: str, at: datetime) -> None:
    row.status, row.finished_at = status, at
    row.save(update_fields=["status", "finished_at"])


def _events(
    endpoint: WebhookEndpoint, since: datetime, until: datetime, event_names: Sequence[str]
) -> QuerySet[Any]:
    return queries.events_to_replay(
        endpoint=endpoint, public=CONSUMER.prefixes, since=since, until=until,
        event_names=event_names,
    )  # fmt: skip
