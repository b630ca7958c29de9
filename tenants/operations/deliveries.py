"""Sending what is due, of all platforms: claim with a lease, send without locks, write the outcome.

1. Claim: lock a few due rows per endpoint, skipping those another worker holds, and push their
   next attempt a lease ahead. Commit. A worker that dies loses nothing: the lease runs out.
2. Send: one thread per endpoint, eight at most, no database in them. A slow endpoint holds up its
   own deliveries; the others go on being claimed and sent meanwhile.
3. Write: every attempt, and delivered / later / failed, one endpoint's share in one transaction.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.models import Count, Min

from platform_app.kernel import clock, crypto, ids
from platform_app.kernel.models import DataKey
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.domain import request_masks
from tenants.domain import standard_webhooks as standard
from tenants.enums import DeliveryStatus, EndpointStatus
from tenants.gateways.http_post import Reply, Send, line_to
from tenants.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.operations.endpoint_health import judge
from tenants.operations.webhooks import SECRET, allow_local

THREADS: Final = 8
PER_ENDPOINT: Final = 50
LEASE: Final = timedelta(seconds=60)
LAST_START_SECONDS: Final = 35.0  # a send takes up to 20 s more, and must end within the lease
RUN_SECONDS: Final = 300.0
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
                count += _write(future.result())


def _claim(endpoints: int, busy: set[str], at: datetime) -> dict[str, list[_Parcel]]:
    """Take a lease on the oldest due deliveries of up to `endpoints` endpoints not in `busy`."""
    if endpoints <= 0:
        return {}
    with platform_scope():
        due = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=at)
        waiting = due.exclude(endpoint_id__in=busy).values("endpoint_id")
        turns = waiting.annotate(first=Min("next_attempt_at")).order_by("first", "endpoint_id")
        groups: dict[str, list[WebhookDelivery]] = {}
        for turn in turns[:endpoints]:
            mine = due.filter(endpoint_id=turn["endpoint_id"]).order_by("next_attempt_at", "id")
            held = list(mine.select_for_update(skip_locked=True)[:PER_ENDPOINT])
            if held:
                groups[turn["endpoint_id"]] = held
        taken = [row.pk for rows_ in groups.values() for row in rows_]
        WebhookDelivery.objects.filter(pk__in=taken).update(next_attempt_at=at + LEASE)
        found = WebhookEndpoint.objects.in_bulk(list(groups))
        off = [key for key in groups if found[key].status != EndpointStatus.ACTIVE]
        if off:  # made while somebody was switching it off
            due_of_off = WebhookDelivery.objects.filter(pk__in=taken, endpoint_id__in=off)
            due_of_off.update(status=DeliveryStatus.FAILED, next_attempt_at=at)
        return {
            key: [_parcel(row, found[key], at) for row in held]
            for key, held in groups.items()
            if key not in off
        }


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
    with line_to(parcels[0].url, allow_local=allow_local()) as send:
        for parcel in parcels:
            before = outcomes[-1].reply if outcomes else None
            failed = bool(outcomes) and (before is None or not before.is_success)
            if failed or time.monotonic() - started > LAST_START_SECONDS:
                outcomes.append(_Outcome(parcel, None, now()))
                continue
            at = now()
            outcomes.append(_Outcome(parcel, _tell(parcel, send, at), at))
    return outcomes


def _tell(parcel: _Parcel, send: Send, at: datetime) -> Reply:
    if not parcel.secrets:
        return UNREADABLE
    signed = standard.headers(
        *parcel.secrets,
        message_id=parcel.event_id,
        timestamp=int(at.timestamp()),
        body=parcel.body,
    )
    return send(signed, parcel.body)


def _write(outcomes: list[_Outcome]) -> int:
    """What became of one endpoint's share, in one transaction; returns how many were tried."""
    parcel = outcomes[0].parcel
    with tenant_scope(parcel.tenant_id), transaction.atomic():
        endpoint: WebhookEndpoint = WebhookEndpoint.objects.select_for_update().get(
            pk=parcel.endpoint_id
        )
        mine = WebhookDelivery.objects.filter(
            pk__in=[outcome.parcel.delivery_id for outcome in outcomes]
        )
        rows = {row.pk: row for row in mine.select_for_update().order_by("pk")}
        tried = [
            (rows[outcome.parcel.delivery_id], reply, outcome.at)
            for outcome in outcomes
            if (reply := outcome.reply) is not None
        ]
        _log(tried)
        for row, reply, at in tried:
            _settle(row, reply, at)
        for outcome in outcomes:
            if outcome.reply is None:
                rows[outcome.parcel.delivery_id].next_attempt_at = outcome.at + standard.LADDER[1]
        _store(list(rows.values()))
        for _row, reply, at in tried:  # last: switching off fails whatever still waits
            judge(endpoint, reply, at)
    return len(tried)


def _store(rows: list[WebhookDelivery]) -> None:
    """One statement for the whole share: `bulk_update` takes longer than the sending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tenants_webhookdelivery AS d SET status = v.status,"
            " attempt_count = v.attempt_count, next_attempt_at = v.next_attempt_at,"
            " delivered_at = v.delivered_at"
            " FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::timestamptz[], %s::timestamptz[])"
            " AS v(id, status, attempt_count, next_attempt_at, delivered_at) WHERE d.id = v.id",
            [
                [str(ids.to_uuid("dlv", row.id)) for row in rows],
                [str(row.status) for row in rows],
                [row.attempt_count for row in rows],
                [row.next_attempt_at for row in rows],
                [row.delivered_at for row in rows],
            ],
        )


def _settle(row: WebhookDelivery, reply: Reply, at: datetime) -> None:
    row.attempt_count += 1
    if reply.is_success:
        row.status, row.delivered_at = DeliveryStatus.DELIVERED, at
    elif row.status == DeliveryStatus.PENDING:
        _postpone(row, reply, at)


def _log(tried: list[tuple[WebhookDelivery, Reply, datetime]]) -> None:
    """Every attempt, numbered on from those of earlier rounds of the ladder."""
    before = WebhookAttempt.objects.filter(delivery__in=[row for row, _, _ in tried])
    made = dict(before.values_list("delivery_id").annotate(Count("pk")))
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(
            delivery=row,
            attempt_no=made.get(row.pk, 0) + 1,
            at=at,
            status_code=reply.status_code,
            response_excerpt=request_masks.masked_text(reply.excerpt),
            error=reply.error,
            duration_ms=reply.duration_ms,
        )
        for row, reply, at in tried
    )


def _postpone(row: WebhookDelivery, reply: Reply, at: datetime) -> None:
    pause = standard.wait_after(row.attempt_count, delivery_id=row.id)
    if pause is None or reply.status_code == standard.GONE:
        row.status = DeliveryStatus.FAILED
        return
    row.next_attempt_at = at + max(pause, standard.retry_after(reply.retry_after, at=at))
