"""Sending what is due, of all platforms: claim with a lease, send without locks, write the outcome.

1. Claim: lock a few due rows per endpoint, skipping those another worker holds, and push their
   next attempt a lease ahead. Commit. A worker that dies loses nothing: the lease runs out.
2. Send: one thread per endpoint, eight at most, no database in them. A slow endpoint holds up its
   own deliveries; the others go on being claimed and sent meanwhile.
3. Write: the attempt, and delivered / later / failed, each in the delivery's tenant's scope.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from platform_app.kernel import clock, crypto, events
from platform_app.kernel.models import DataKey
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.domain import standard_webhooks as standard
from tenants.enums import DeliveryStatus, EndpointStatus
from tenants.gateways.http_post import Reply, post
from tenants.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.operations.webhooks import SECRET, allow_local, switch_off

THREADS: Final = 8
PER_ENDPOINT: Final = 10
LEASE: Final = timedelta(seconds=60)
LAST_START_SECONDS: Final = 35.0  # a send takes up to 20 s more, and must end within the lease
RUN_SECONDS: Final = 300.0
GIVE_UP: Final = timedelta(days=5)
_LOOK_AGAIN_SECONDS: Final = 1.0
UNREADABLE: Final = Reply(None, "", "secret_unreadable", 0)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """All a thread needs to know of one delivery."""

    tenant_id: str
    delivery_id: str
    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    event_id: str
    body: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    parcel: _Parcel
    reply: Reply | None
    at: datetime


def send_due(*, now: Callable[[], datetime] = clock.now) -> int:
    """Send every due delivery of every platform, each once; returns how many were tried.

    Needs no scope. Several workers may run it at the same time.
    """
    count, deadline = 0, time.monotonic() + RUN_SECONDS
    busy: dict[Future[list[_Outcome]], str] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            free = THREADS - len(busy) if time.monotonic() < deadline else 0
            for endpoint_id, parcels in _claim(free, set(busy.values()), now()).items():
                busy[pool.submit(_send, parcels, now)] = endpoint_id
            if not busy:
                return count
            done, _ = wait(busy, timeout=_LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                del busy[future]
                count += sum(_write(outcome) for outcome in future.result())


def _claim(endpoints: int, busy: set[str], at: datetime) -> dict[str, list[_Parcel]]:
    """Take a lease on the oldest due deliveries of up to `endpoints` endpoints not in `busy`."""
    if endpoints <= 0:
        return {}
    with platform_scope():
        due = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=at)
        first = Window(
            RowNumber(), partition_by=F("endpoint_id"), order_by=["next_attempt_at", "id"]
        )
        chosen = (
            due.exclude(endpoint_id__in=busy).annotate(place=first)
            .filter(place__lte=PER_ENDPOINT)
            .order_by("place", "next_attempt_at", "id")
            .values_list("id", flat=True)[: endpoints * PER_ENDPOINT]
        )  # fmt: skip
        rows = due.filter(pk__in=list(chosen)).order_by("next_attempt_at", "id")
        groups: dict[str, list[WebhookDelivery]] = defaultdict(list)
        for row in rows.select_for_update(skip_locked=True):
            if row.endpoint_id in groups or len(groups) < endpoints:
                groups[row.endpoint_id].append(row)
        taken = [row.pk for rows_ in groups.values() for row in rows_]
        WebhookDelivery.objects.filter(pk__in=taken).update(next_attempt_at=at + LEASE)
        found = WebhookEndpoint.objects.in_bulk(list(groups))
        return {key: [_parcel(row, found[key], at) for row in held] for key, held in groups.items()}


def _parcel(row: WebhookDelivery, endpoint: WebhookEndpoint, at: datetime) -> _Parcel:
    return _Parcel(
        row.tenant_id,
        row.id,
        endpoint.id,
        endpoint.url,
        _secrets(endpoint, at),
        row.event_id,
        row.body,
    )


def _secrets(endpoint: WebhookEndpoint, at: datetime) -> tuple[str, ...]:
    """The secret, and the former one while both are in force; none where one cannot be read.

    One platform's unreadable secret must not stop the others: its own deliveries then fail.
    """
    sealed = [endpoint.secret_sealed]
    if endpoint.former_until is not None and at < endpoint.former_until:
        sealed.append(endpoint.former_secret_sealed or b"")
    try:
        return tuple(crypto.unseal(bytes(one), purpose=SECRET) for one in sealed)
    except (InvalidTag, DataKey.DoesNotExist):
        return ()


def _send(parcels: list[_Parcel], now: Callable[[], datetime]) -> list[_Outcome]:
    """One endpoint's share, in order. After a failure or too long, the rest is put back unsent."""
    outcomes: list[_Outcome] = []
    started = time.monotonic()
    for parcel in parcels:
        failed = bool(outcomes) and (
            outcomes[-1].reply is None or not outcomes[-1].reply.is_success
        )
        if failed or time.monotonic() - started > LAST_START_SECONDS:
            outcomes.append(_Outcome(parcel, None, now()))
            continue
        at = now()
        if not parcel.secrets:
            outcomes.append(_Outcome(parcel, UNREADABLE, at))
            continue
        signed = standard.headers(
            *parcel.secrets,
            message_id=parcel.event_id,
            timestamp=int(at.timestamp()),
            body=parcel.body,
        )
        reply = post(parcel.url, headers=signed, body=parcel.body, allow_local=allow_local())
        outcomes.append(_Outcome(parcel, reply, at))
    return outcomes


def _write(outcome: _Outcome) -> int:
    parcel, reply, at = outcome.parcel, outcome.reply, outcome.at
    with tenant_scope(parcel.tenant_id), transaction.atomic():
        endpoint: WebhookEndpoint = WebhookEndpoint.objects.select_for_update().get(
            pk=parcel.endpoint_id
        )
        row: WebhookDelivery = WebhookDelivery.objects.select_for_update().get(
            pk=parcel.delivery_id
        )
        if reply is None:
            row.next_attempt_at = at + standard.LADDER[1]
            row.save(update_fields=["next_attempt_at"])
            return 0
        _log(row, reply, at)
        row.attempt_count += 1
        if reply.is_success:
            row.status, row.delivered_at = DeliveryStatus.DELIVERED, at
        elif row.status == DeliveryStatus.PENDING:
            _postpone(row, reply, at)
        row.save()
        _judge(endpoint, reply, at)
    return 1


def _log(row: WebhookDelivery, reply: Reply, at: datetime) -> None:
    WebhookAttempt.objects.create(
        delivery=row,
        attempt_no=WebhookAttempt.objects.filter(delivery=row).count() + 1,
        at=at,
        status_code=reply.status_code,
        response_excerpt=reply.excerpt,
        error=reply.error,
        duration_ms=reply.duration_ms,
    )


def _postpone(row: WebhookDelivery, reply: Reply, at: datetime) -> None:
    pause = standard.wait_after(row.attempt_count, delivery_id=row.id)
    if pause is None or reply.status_code == standard.GONE:
        row.status = DeliveryStatus.FAILED
        return
    row.next_attempt_at = at + max(pause, standard.retry_after(reply.retry_after, at=at))


def _judge(endpoint: WebhookEndpoint, reply: Reply, at: datetime) -> None:
    """Remember since when an endpoint fails; give it up when it says so or after five days."""
    if endpoint.status != EndpointStatus.ACTIVE:
        return
    if reply.is_success:
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        return
    if endpoint.failing_since is None:
        endpoint.failing_since = at
        endpoint.save(update_fields=["failing_since"])
    if reply.status_code == standard.GONE:
        _give_up(endpoint, "gone", at)
    elif at - endpoint.failing_since >= GIVE_UP:
        _give_up(endpoint, "failing_five_days", at)


def _give_up(endpoint: WebhookEndpoint, reason: str, at: datetime) -> None:
    switch_off(endpoint, reason=reason)
    events.record(
        "tenants.endpoint.disabled",
        subject=endpoint.id,
        actor="system",
        at=at,
        props={"reason": reason},
    )
