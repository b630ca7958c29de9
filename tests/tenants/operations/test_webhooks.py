"""Events reach partners: once per endpoint, signed, logged, tried again, given up in the end."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from platform_app.kernel import clock, events
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import AuditRecord, Dispatch, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain import standard_webhooks
from tenants.errors import BadEventName, BadUrl, EndpointDisabled
from tenants.gateways import http_post
from tenants.gateways.http_post import Reply
from tenants.models import Tenant, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.operations import deliveries
from tenants.operations.deliveries import send_due
from tenants.operations.tenants import create_tenant
from tenants.operations.webhooks import (
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    make_deliveries,
    resend,
    rotate_secret,
    send_test,
)
from tenants.queries import webhooks as queries

pytestmark = pytest.mark.django_db


class Receiver:
    """A partner's endpoint on this machine, as slow and as moody as a test wants it."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], str]] = []
        self.answers: dict[str, tuple[int, dict[str, str], float]] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, headers, pause = receiver.answers.get(self.path, (204, {}, 0.0))
                time.sleep(pause)
                receiver.got.append((self.path, dict(self.headers.items()), text))
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.got]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_LOCAL = True
    found = Receiver()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def endpoint(receiver: Receiver, at: datetime, path: str = "/a", *names: str) -> Any:
    return create_endpoint(url=receiver.base + path, event_names=names, actor="usr", at=at)


def happen(at: datetime, name: str = "credit.drawdown.captured", **props: Any) -> str:
    return events.record(name, subject="drw_1", actor="t", at=at, props=props)


def send_at(moment: datetime) -> int:
    return send_due(now=lambda: moment)


def attempts() -> list[tuple[int, int | None]]:
    rows = WebhookAttempt.objects.order_by("id")
    return list(rows.values_list("attempt_no", "status_code"))


def test_an_event_reaches_the_endpoint_signed(
    inside: Tenant, at: datetime, receiver: Receiver
) -> None:
    _, secret = endpoint(receiver, at)
    event_id = happen(at, amount_minor=1280, version=2)
    happen(at, "credit.drawdown.canceled")
    happen(at, "campaigns.coupon.granted")
    now = clock.now()
    with clock.travel(at):
        assert relay_dispatches() == 2
    make_deliveries(event_id)
    assert WebhookDelivery.objects.count() == 2
    WebhookDelivery.objects.exclude(event_id=event_id).delete()
    assert send_due(now=lambda: now) == 1
    path, headers, text = receiver.got[0]
    assert path == "/a"
    assert headers["webhook-id"] == event_id
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert json.loads(text) == {
        "id": event_id, "type": "credit.drawdown.captured",
        "timestamp": "2026-03-02T10:00:00+08:00", "tenant_id": inside.id,
        "mode": "live", "data": {"amount_minor": 1280, "object": "drawdown", "id": "drw_1"},
        "version": 2,
    }  # fmt: skip
    row = WebhookDelivery.objects.get()
    assert (row.status, row.delivered_at, row.attempt_count) == ("delivered", now, 1)
    assert attempts() == [(1, 204)]
    assert send_due(now=lambda: now + timedelta(days=9)) == 0
    assert secret.startswith("whsec_")


@pytest.mark.usefixtures("inside")
def test_the_signature_verifies(at: datetime, receiver: Receiver) -> None:
    _, secret = endpoint(receiver, at)
    make_deliveries(happen(at))
    send_due(now=lambda: datetime.fromtimestamp(time.time(), tz=clock.SHANGHAI))
    _, headers, text = receiver.got[0]
    assert Webhook(secret).verify(text, headers)["type"] == "credit.drawdown.captured"


def test_without_an_active_endpoint_nothing_is_dispatched(
    tenant: Tenant, other_tenant: Tenant, at: datetime, receiver: Receiver
) -> None:
    with tenant_scope(other_tenant.id):
        row, _ = endpoint(receiver, at)
    with tenant_scope(tenant.id):
        happen(at)
        assert not Dispatch.objects.filter(consumer="tenants.webhooks").exists()
        for read in (queries.endpoint, lambda i: enable_endpoint(endpoint_id=i, actor="u", at=at)):
            with pytest.raises(NotFound):
                read(row.id)
        assert list(queries.list_endpoints()) == []
    with pytest.raises(NoScope):
        queries.list_endpoints()


@pytest.mark.usefixtures("inside")
def test_only_what_an_endpoint_asks_for(at: datetime, receiver: Receiver) -> None:
    every, _ = endpoint(receiver, at, "/all")
    some, _ = endpoint(receiver, at, "/some", "credit.repayment.*", "tenants.merchant.pooled")
    happening = [happen(at, "credit.repayment.booked"), happen(at, "credit.line.opened")]
    for event_id in happening * 2:
        make_deliveries(event_id)
    assert queries.list_deliveries(endpoint_id=every.id).count() == 2
    assert queries.list_deliveries(endpoint_id=some.id).get().event_id == happening[0]
    assert queries.list_deliveries(event_name="credit.line.opened", status="pending").count() == 1


@pytest.mark.parametrize(
    ("url", "names", "error"),
    [
        ("http://hooks.example/", [], BadUrl),
        ("https://127.0.0.1/", [], BadUrl),
        ("https://[::ffff:10.0.0.1]/", [], BadUrl),
        ("file:///etc/passwd", [], BadUrl),
        ("http://127.0.0.1:1/", ["drop table"], BadEventName),
    ],
)
@pytest.mark.usefixtures("inside")
def test_a_refused_endpoint_leaves_nothing(
    url: str, names: list[str], error: type[Exception], at: datetime, settings: Any
) -> None:
    settings.WEBHOOK_ALLOW_LOCAL = error is BadEventName
    with pytest.raises(error):
        create_endpoint(url=url, event_names=names, actor="usr", at=at)
    assert WebhookEndpoint.objects.count() == 0
    assert not AuditRecord.objects.filter(action="tenants.endpoint.create").exists()


@pytest.mark.usefixtures("inside")
def test_local_addresses_need_the_setting(at: datetime, settings: Any) -> None:
    settings.WEBHOOK_ALLOW_LOCAL = False
    with pytest.raises(BadUrl):
        create_endpoint(url="http://127.0.0.1:1/", event_names=[], actor="usr", at=at)


@pytest.mark.usefixtures("inside")
def test_failures_climb_the_ladder_and_end(at: datetime, receiver: Receiver) -> None:
    endpoint(receiver, at)
    make_deliveries(happen(at))
    receiver.answers["/a"] = (302, {"Location": f"{receiver.base}/elsewhere"}, 0.0)
    moment = at
    for _ in range(10):
        assert send_at(moment) == 1
        row = WebhookDelivery.objects.get()
        early = max(moment, row.next_attempt_at - timedelta(seconds=1))
        assert (row.status, send_at(early)) in {("pending", 0), ("failed", 0)}
        moment = row.next_attempt_at
    assert (row.status, row.attempt_count) == ("failed", 10)
    assert attempts() == [(n, 302) for n in range(1, 11)]
    assert receiver.paths() == ["/a"] * 10
    assert timedelta(days=2.9) < moment - at < timedelta(days=3.6)


@pytest.mark.usefixtures("inside")
def test_patience_a_receiver_asks_for(at: datetime, receiver: Receiver) -> None:
    endpoint(receiver, at)
    make_deliveries(happen(at))
    receiver.answers["/a"] = (503, {"Retry-After": "120"}, 0.0)
    send_due(now=lambda: at)
    row = WebhookDelivery.objects.get()
    assert (row.status, row.next_attempt_at) == ("pending", at + timedelta(seconds=120))
    assert WebhookEndpoint.objects.get().failing_since == at
    receiver.answers.clear()
    assert send_due(now=lambda: at + timedelta(seconds=120)) == 1
    assert WebhookEndpoint.objects.get().failing_since is None


@pytest.mark.usefixtures("inside")
def test_after_a_failure_the_rest_is_put_back(at: datetime, receiver: Receiver) -> None:
    endpoint(receiver, at)
    receiver.answers["/a"] = (500, {}, 0.0)
    for _ in range(3):
        make_deliveries(happen(at))
    assert send_due(now=lambda: at) == 1
    assert attempts() == [(1, 500)]
    waiting = WebhookDelivery.objects.filter(attempt_count=0)
    assert [row.next_attempt_at for row in waiting] == [at + timedelta(seconds=5)] * 2


@pytest.mark.usefixtures("inside")
def test_gone_switches_the_endpoint_off(at: datetime, receiver: Receiver) -> None:
    row, _ = endpoint(receiver, at)
    receiver.answers["/a"] = (410, {}, 0.0)
    for _ in range(2):
        make_deliveries(happen(at))
    send_due(now=lambda: at)
    row.refresh_from_db()
    assert (row.status, row.disabled_reason) == ("disabled", "gone")
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"failed"}
    assert Event.objects.get(name="tenants.endpoint.disabled").props == {"reason": "gone"}
    delivery = WebhookDelivery.objects.order_by("id")[0]
    with pytest.raises(EndpointDisabled):
        resend(delivery_id=delivery.id, actor="usr", at=at)


@pytest.mark.usefixtures("inside")
def test_five_days_of_failure_switch_it_off(at: datetime, receiver: Receiver) -> None:
    row, _ = endpoint(receiver, at)
    receiver.answers["/a"] = (500, {}, 0.0)
    WebhookEndpoint.objects.update(failing_since=at - timedelta(days=5) + timedelta(seconds=1))
    make_deliveries(happen(at))
    send_due(now=lambda: at)
    row.refresh_from_db()
    assert row.status == "active"
    WebhookDelivery.objects.update(next_attempt_at=at)
    send_due(now=lambda: at + timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.status, row.disabled_reason) == ("disabled", "failing_five_days")
    enable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    row.refresh_from_db()
    assert (row.status, row.failing_since) == ("active", None)


@pytest.mark.usefixtures("inside")
def test_switching_off_and_on_by_hand(at: datetime, receiver: Receiver) -> None:
    row, _ = endpoint(receiver, at)
    make_deliveries(happen(at))
    for _ in range(2):
        disable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    assert send_due(now=lambda: at) == 0
    make_deliveries(happen(at))
    delivery = WebhookDelivery.objects.get()
    assert delivery.status == "failed"
    for _ in range(2):
        enable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    resend(delivery_id=delivery.id, actor="usr", at=at)
    assert send_due(now=lambda: at) == 1
    resend(delivery_id=delivery.id, actor="usr", at=at)
    assert send_due(now=lambda: at) == 1
    assert attempts() == [(1, 204), (2, 204)]
    assert [a.attempt_no for a in queries.list_attempts(delivery.id)] == [1, 2]
    assert {headers["webhook-id"] for _, headers, _ in receiver.got} == {delivery.event_id}
    actions = AuditRecord.objects.order_by("position").values_list("action", flat=True)
    assert [a for a in actions if a.startswith(("tenants.endpoint", "tenants.delivery"))] == [
        "tenants.endpoint.create", "tenants.endpoint.disable", "tenants.endpoint.enable",
        "tenants.delivery.resend", "tenants.delivery.resend",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        resend(delivery_id="dlv_1", actor="usr", at=at)


def test_a_slow_endpoint_does_not_hold_up_another(
    tenant: Tenant, other_tenant: Tenant, at: datetime, receiver: Receiver
) -> None:
    with tenant_scope(tenant.id):
        endpoint(receiver, at, "/slow")
        receiver.answers["/slow"] = (204, {}, 1.5)
        for _ in range(3):
            make_deliveries(happen(at))
    with tenant_scope(other_tenant.id):
        endpoint(receiver, at, "/quick")
        for _ in range(12):
            make_deliveries(happen(at))
    assert send_due(now=lambda: at) == 15
    assert receiver.paths().index("/slow") == 12
    assert sorted(receiver.paths()) == ["/quick"] * 12 + ["/slow"] * 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_everything_once(at: datetime, receiver: Receiver) -> None:
    tenant = create_tenant(slug="race", name="示例", vertical="pet", actor="t", at=at)
    with tenant_scope(tenant.id):
        for path in ("/a", "/b", "/c"):
            endpoint(receiver, at, path)
        for _ in range(20):
            make_deliveries(happen(at))  # sent at once by the job that follows the commit
        WebhookDelivery.objects.update(status="pending", next_attempt_at=at)
    receiver.got.clear()
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(send_due(now=lambda: at))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 60
    assert sorted(receiver.paths()) == ["/a"] * 20 + ["/b"] * 20 + ["/c"] * 20
    with tenant_scope(tenant.id):
        assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered"}


@pytest.mark.usefixtures("inside")
def test_reading_endpoints_and_deliveries(at: datetime, receiver: Receiver) -> None:
    row, _ = endpoint(receiver, at)
    make_deliveries(happen(at))
    delivery = WebhookDelivery.objects.get()
    assert queries.endpoint(row.id) == row
    assert queries.delivery(delivery.id).endpoint == row
    for gone in ("dlv_1", delivery.id[:-1] + ("0" if delivery.id[-1] != "0" else "1")):
        with pytest.raises(NotFound):
            queries.delivery(gone)
    for gone in ("whe_1", row.id[:-1] + ("0" if row.id[-1] != "0" else "1")):
        with pytest.raises(NotFound):
            queries.endpoint(gone)
    with pytest.raises(NotFound):
        disable_endpoint(endpoint_id="whe_1", actor="usr", at=at)


@pytest.mark.usefixtures("inside")
def test_a_dead_worker_loses_nothing(at: datetime, receiver: Receiver) -> None:
    row, _ = endpoint(receiver, at)
    make_deliveries(happen(at))
    assert list(deliveries._claim(8, set(), at)) == [row.id]
    assert deliveries._claim(8, set(), at) == {}
    assert deliveries._claim(0, set(), at + deliveries.LEASE) == {}
    assert deliveries._claim(8, {row.id}, at + deliveries.LEASE) == {}
    assert send_at(at + deliveries.LEASE - timedelta(seconds=1)) == 0
    assert send_at(at + deliveries.LEASE) == 1


@pytest.mark.usefixtures("inside")
def test_what_was_made_while_it_was_switched_off_is_not_sent(
    at: datetime, receiver: Receiver
) -> None:
    row, _ = endpoint(receiver, at)
    make_deliveries(happen(at))
    disable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    WebhookDelivery.objects.update(status="pending")  # as one that committed after it
    assert send_due(now=lambda: at) == 0
    assert (WebhookDelivery.objects.get().status, receiver.got) == ("failed", [])
    assert queries.waiting_by_age(at=at).given_up == 1
    assert queries.waiting_by_age(at=at + timedelta(days=1)).given_up == 0


@pytest.mark.usefixtures("inside")
def test_what_is_given_up_counts_from_its_last_attempt(at: datetime, receiver: Receiver) -> None:
    endpoint(receiver, at)
    make_deliveries(happen(at))
    WebhookDelivery.objects.update(status="failed", next_attempt_at=at + timedelta(days=3))
    WebhookDelivery.objects.update(created_at=at - timedelta(days=3))
    assert queries.waiting_by_age(at=at + timedelta(days=3)).given_up == 1


@pytest.mark.usefixtures("inside")
def test_an_answer_that_comes_after_switching_off_is_still_written(
    at: datetime, receiver: Receiver
) -> None:
    row, _ = endpoint(receiver, at)
    make_deliveries(happen(at))
    parcel = deliveries._claim(8, set(), at)[row.id][0]
    disable_endpoint(endpoint_id=row.id, actor="usr", at=at)
    outcome = deliveries._Outcome(parcel, Reply(500, "", "", 1), at)
    assert deliveries._write([outcome]) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempt_count, attempts()) == ("failed", 1, [(1, 500)])
    assert queries.endpoint(row.id).failing_since is None


@pytest.mark.usefixtures("inside")
def test_a_body_is_kept_shortened_and_a_dripping_one_cut_off(
    at: datetime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(receiver, at)
    receiver.answers["/a"] = (200, {"Content-Length": "9"}, 0.0)  # promises more than it sends
    monkeypatch.setattr(http_post, "READ_SECONDS", 0.3)
    make_deliveries(happen(at))
    assert send_at(at) == 1
    assert WebhookDelivery.objects.get().status == "delivered"
    receiver.answers["/a"] = (200, {}, 0.6)
    make_deliveries(happen(at))
    assert send_at(at) == 1
    slow = WebhookAttempt.objects.order_by("-id")[0]
    assert slow.status_code is None
    assert "ReadTimeoutError" in slow.error


@pytest.mark.usefixtures("inside")
def test_a_rotated_secret_is_signed_beside_the_former_one_for_two_days(
    at: datetime, receiver: Receiver
) -> None:
    row, former = endpoint(receiver, at)
    _, secret = rotate_secret(endpoint_id=row.id, actor="usr", at=at)
    assert secret != former
    row.refresh_from_db()
    assert row.former_until == at + timedelta(days=2)
    signers = []
    for moment in (at, at + timedelta(days=2) - timedelta(seconds=1), at + timedelta(days=2)):
        event_id = happen(at)
        make_deliveries(event_id)
        WebhookDelivery.objects.filter(event_id=event_id).update(next_attempt_at=moment)
        send_due(now=partial(datetime.fromtimestamp, moment.timestamp(), clock.SHANGHAI))
        _, headers, text = receiver.got[-1]
        wanted = {
            name: standard_webhooks.sign(
                one, message_id=event_id, timestamp=int(moment.timestamp()), body=text
            )
            for name, one in (("new", secret), ("former", former))
        }
        given = headers["webhook-signature"].split()
        signers.append([name for one in given for name, told in wanted.items() if told == one])
    assert signers == [["new", "former"], ["new", "former"], ["new"]]
    audited = AuditRecord.objects.get(action="tenants.endpoint.rotate")
    assert secret not in str(audited.after)
    with pytest.raises(NotFound):
        rotate_secret(endpoint_id="whe_nobody", actor="usr", at=at)


@pytest.mark.usefixtures("inside")
def test_rotating_twice_gives_the_first_secret_up(at: datetime, receiver: Receiver) -> None:
    row, first = endpoint(receiver, at)
    rotate_secret(endpoint_id=row.id, actor="usr", at=at)
    rotate_secret(endpoint_id=row.id, actor="usr", at=at)
    make_deliveries(happen(at))
    send_due(now=lambda: datetime.fromtimestamp(time.time(), tz=clock.SHANGHAI))
    _, headers, text = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(text, headers)


@pytest.mark.usefixtures("inside")
def test_a_test_event_goes_to_one_endpoint_whatever_it_asks_for(
    at: datetime, receiver: Receiver
) -> None:
    endpoint(receiver, at, "/every")
    some, _ = endpoint(receiver, at, "/some", "credit.repayment.*")
    sent = send_test(endpoint_id=some.id, actor="usr", at=at)
    assert [row.id for row in WebhookDelivery.objects.all()] == [sent.id]
    send_due(now=lambda: at)
    [(path, headers, text)] = receiver.got
    assert (path, headers["webhook-id"]) == ("/some", sent.event_id)
    assert json.loads(text)["type"] == "tenants.webhook_endpoint.tested"
    disable_endpoint(endpoint_id=some.id, actor="usr", at=at)
    with pytest.raises(EndpointDisabled):
        send_test(endpoint_id=some.id, actor="usr", at=at)
    assert WebhookDelivery.objects.count() == 1
