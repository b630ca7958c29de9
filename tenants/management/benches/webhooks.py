"""Webhooks to twenty endpoints, one of which always fails, beside a plain loop of an HTTP client.

The loop posts the same signed bodies to the same addresses over kept connections and writes nothing
down. Ours claims, signs, sends, logs every attempt and climbs the ladder; what is left in the
tables is counted to the row.
"""

import multiprocessing
import platform
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from multiprocessing.context import ForkProcess
from typing import Any, Final

import django
import urllib3
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Count

from platform_app.kernel import clock, events
from platform_app.kernel.events import NewEvent
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain import standard_webhooks as standard
from tenants.enums import EndpointStatus
from tenants.models import Tenant, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.operations.deliveries import send_due
from tenants.operations.tenants import create_tenant
from tenants.operations.webhooks import (
    body_of,
    create_endpoint,
    delivery_of,
    disable_endpoint,
)

ENDPOINTS: Final = 20
BROKEN: Final = 0
SECRET: Final = "whsec_" + "A" * 43 + "="
SLUG: Final = "bench-hooks-"
_ACTOR: Final = "system:bench"


def run(size: int) -> dict[str, Any]:
    """`size` events, spread evenly over the endpoints; ratio = ours per second over the loop's."""
    if size < ENDPOINTS:
        msg = f"--size must be at least {ENDPOINTS}"
        raise CommandError(msg)
    settings.WEBHOOK_ALLOW_LOCAL = True
    _put_away()  # what a run that was killed left behind
    port, receiver = _receiver()
    try:
        urls = [f"http://127.0.0.1:{port}/{no}" for no in range(ENDPOINTS)]
        tenant = _platform()
        bodies = _prepare(tenant, urls, size)
        baseline = _loop(bodies)
        started = time.perf_counter()
        tried = send_due()
        seconds = time.perf_counter() - started
        _check(tenant, size, tried)
    finally:
        receiver.terminate()
        receiver.join()
        _put_away()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()
    good = size - _share(size, BROKEN)
    ours, loop = good / seconds, len(bodies) / baseline
    return {
        "name": "webhooks", "size": size, "endpoints": ENDPOINTS, "delivered": good,
        "tried": tried, "seconds": round(seconds, 3), "per_second": round(ours, 1),
        "baseline_seconds": round(baseline, 3), "baseline_per_second": round(loop, 1),
        "ratio": round(ours / loop, 3), "checked": True,
        "versions": {
            "python": platform.python_version(), "django": django.__version__,
            "postgresql": str(server[0]) if server else "", "urllib3": version("urllib3"),
        },
    }  # fmt: skip


def _share(size: int, no: int) -> int:
    """How many of the events are endpoint number `no`'s."""
    return len(range(no, size, ENDPOINTS))


def _platform() -> Tenant:
    at = clock.now()
    slug = f"{SLUG}{int(at.timestamp())}"
    tenant = create_tenant(slug=slug, name="bench", vertical="pet", actor=_ACTOR, at=at)
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=True)
    return tenant


def _put_away() -> None:
    """Nothing of a bench is sent later: its endpoints are switched off."""
    at = clock.now()
    for tenant in Tenant.objects.filter(slug__startswith=SLUG).order_by("id"):
        with tenant_scope(tenant.id):
            for endpoint in WebhookEndpoint.objects.filter(status=EndpointStatus.ACTIVE):
                disable_endpoint(endpoint_id=endpoint.id, actor=_ACTOR, at=at)


def _prepare(tenant: Tenant, urls: list[str], size: int) -> list[tuple[str, str, str]]:
    """Events and deliveries that are due; answers (url, event id, body) of each."""
    at = clock.now()
    with tenant_scope(tenant.id):
        endpoints = [
            create_endpoint(url=url, event_names=["credit.bench.none"], actor=_ACTOR, at=at)[0]
            for url in urls
        ]
        told = [
            NewEvent(
                name="tenants.bench.happened", subject=f"drw_{no}", actor=_ACTOR, at=at,
                props={"amount_minor": 1_280_000, "version": no},
            )
            for no in range(size)
        ]  # fmt: skip
        ids = events.record_all(told)
        found = Event.objects.in_bulk(ids)
        rows = []
        for no, event_id in enumerate(ids):
            event = found[event_id]
            rows.append(
                delivery_of(event, endpoints[no % ENDPOINTS], body_of(event, mode="live"), at)
            )
        WebhookDelivery.objects.bulk_create(rows, batch_size=2_000)
    return [(urls[no % ENDPOINTS], row.event_id, row.body) for no, row in enumerate(rows)]


def _loop(bodies: list[tuple[str, str, str]]) -> float:
    """Sign and post everything that is answered well, one after another; seconds."""
    good = [one for no, one in enumerate(bodies) if no % ENDPOINTS != BROKEN]
    started = time.perf_counter()
    with urllib3.PoolManager() as client:
        for url, event_id, body in good:
            signed = standard.headers(
                SECRET, message_id=event_id, timestamp=int(time.time()), body=body
            )
            if client.request("POST", url, body=body.encode(), headers=signed).status != 204:  # noqa: PLR2004
                msg = "the receiver refused the loop"
                raise CommandError(msg)
    seconds = time.perf_counter() - started
    return seconds * len(bodies) / len(good)


def _check(tenant: Tenant, size: int, tried: int) -> None:
    """Everything good delivered with one attempt each; the broken endpoint tried, not flooded."""
    with tenant_scope(tenant.id):
        rows = WebhookDelivery.objects.values_list("status", "endpoint__url")
        counts = {key[:2]: key[2] for key in rows.annotate(Count("pk"))}
        attempts = WebhookAttempt.objects.filter(status_code=204)
        logged = attempts.count()
        once = attempts.values("delivery_id").distinct().count()
        failed = WebhookAttempt.objects.exclude(status_code=204).count()
    for (status, url), count in counts.items():
        no = int(url.rsplit("/", 1)[1])
        wanted = "pending" if no == BROKEN else "delivered"
        if (status, count) != (wanted, _share(size, no)):
            msg = f"{url}: {count} {status}, not {_share(size, no)} {wanted}"
            raise CommandError(msg)
    good = size - _share(size, BROKEN)
    if not logged == once == good or tried != good + failed or not failed:
        msg = f"{logged} attempts of {once} deliveries logged, {failed} failed, {tried} tried"
        raise CommandError(msg)


def _receiver() -> tuple[int, ForkProcess]:
    """A server of its own process: 204 for everybody but the broken endpoint."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening,))
    process.start()
    port: int = listening.getsockname()[1]
    listening.close()
    return port, process


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if self.path == f"/{BROKEN}" else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


def _serve(listening: socket.socket) -> None:
    server = ThreadingHTTPServer(listening.getsockname(), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_address = listening.getsockname()
    threading.current_thread().name = "receiver"
    server.serve_forever()
