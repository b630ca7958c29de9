"""Where a partner wants to hear of events, and which events become deliveries."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from platform_app.kernel import audit, clock, crypto, events, jobs
from platform_app.kernel.errors import NotFound
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from platform_app.kernel.scope import current_tenant_id, mode_word
from tenants.domain import standard_webhooks as standard
from tenants.enums import DeliveryStatus, EndpointStatus
from tenants.errors import BadEventName, BadUrl, EndpointDisabled, EndpointsTooMany
from tenants.gateways.http_post import NotAllowed, checked
from tenants.models import WebhookDelivery, WebhookEndpoint
from tenants.queries.tenants import current_tenant

SECRET: Final = "webhook.secret"  # noqa: S105 -- the purpose a sealed value is bound to
OVERLAP: Final = timedelta(days=2)
MOST_ENDPOINTS: Final = 20
TEST_EVENT: Final = "tenants.webhook_endpoint.tested"
NAME: Final = re.compile(r"(credit|tenants|campaigns)\.(\*|[a-z_]+\.(\*|[a-z_]+))")


def allow_local() -> bool:
    """Whether http://127.0.0.1 may be posted to: demo, tests and the sandbox."""
    return bool(getattr(settings, "WEBHOOK_ALLOW_LOCAL", False))


@transaction.atomic
def create_endpoint(
    *, url: str, event_names: Sequence[str], actor: str, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """Tell this address of these events (none named: all); its secret is shown here only. Audited.

    Names are exact or end in `.*`. Raises EndpointsTooMany, BadUrl (not https, not public),
    BadEventName.
    """
    _check_room()
    try:
        checked(url, allow_local=allow_local())
    except NotAllowed:
        raise BadUrl(field="url") from None
    for name in event_names:
        if not NAME.fullmatch(name):
            raise BadEventName(field="event_names", name=name[:100])
    secret = standard.new_secret()
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.create(
        url=url,
        event_names=sorted(set(event_names)),
        secret_sealed=crypto.seal(secret, purpose=SECRET),
    )
    _note("create", endpoint, actor=actor, at=at)
    return endpoint, secret


def _check_room() -> None:
    """Each endpoint has a share of the senders: nobody takes them all."""
    if WebhookEndpoint.objects.filter(status=EndpointStatus.ACTIVE).count() >= MOST_ENDPOINTS:
        raise EndpointsTooMany(most=MOST_ENDPOINTS)


@transaction.atomic
def rotate_secret(*, endpoint_id: str, actor: str, at: datetime) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret, shown here only. Audited.

    For `OVERLAP` deliveries carry a signature of both, so a receiver may change over at any moment
    of it; a secret that was being given up before is given up now. Raises NotFound.
    """
    endpoint = locked_endpoint(endpoint_id)
    secret = standard.new_secret()
    endpoint.former_secret_sealed, endpoint.former_until = endpoint.secret_sealed, at + OVERLAP
    endpoint.secret_sealed = crypto.seal(secret, purpose=SECRET)
    endpoint.save(update_fields=["secret_sealed", "former_secret_sealed", "former_until"])
    _note("rotate", endpoint, actor=actor, at=at)
    return endpoint, secret


@transaction.atomic
def send_test(*, endpoint_id: str, actor: str, at: datetime) -> WebhookDelivery:
    """Send an event that means nothing to this endpoint alone, whatever names it asks for. Audited.

    Raises NotFound, EndpointDisabled.
    """
    endpoint = locked_endpoint(endpoint_id)
    if endpoint.status != EndpointStatus.ACTIVE:
        raise EndpointDisabled
    event_id = events.record(TEST_EVENT, subject=endpoint.id, actor=actor, at=at, props={})
    row: WebhookDelivery = WebhookDelivery.objects.create(
        endpoint=endpoint, event_id=event_id, event_name=TEST_EVENT, next_attempt_at=at,
        body=standard.body(
            event_id=event_id, name=TEST_EVENT, subject=endpoint.id, at=at,
            tenant_id=current_tenant_id(), mode=mode_word(), props={},
        ),
    )  # fmt: skip
    _note("test", endpoint, actor=actor, at=at)
    jobs.enqueue("tenants.send_webhooks")
    return row


@transaction.atomic
def disable_endpoint(*, endpoint_id: str, actor: str, at: datetime) -> WebhookEndpoint:
    """Stop telling it. What is still waiting fails, and may be sent again later. Audited, once.

    Raises NotFound.
    """
    endpoint = locked_endpoint(endpoint_id)
    if endpoint.status == EndpointStatus.ACTIVE:
        switch_off(endpoint, reason="by_hand", at=at)
        _note("disable", endpoint, actor=actor, at=at)
    return endpoint


@transaction.atomic
def enable_endpoint(*, endpoint_id: str, actor: str, at: datetime) -> WebhookEndpoint:
    """Tell it of what happens from now on. Audited, once. Raises NotFound, EndpointsTooMany."""
    endpoint = locked_endpoint(endpoint_id)
    if endpoint.status == EndpointStatus.DISABLED:
        _check_room()
        endpoint.status, endpoint.disabled_reason = EndpointStatus.ACTIVE, ""
        endpoint.failing_since, endpoint.told_days = None, 0
        endpoint.save(update_fields=["status", "disabled_reason", "failing_since", "told_days"])
        _note("enable", endpoint, actor=actor, at=at)
    return endpoint


@transaction.atomic
def resend(*, delivery_id: str, actor: str, at: datetime) -> WebhookDelivery:
    """Send a delivery again, whatever became of it, from the first step of the ladder. Audited.

    The receiver sees the same webhook-id. Raises NotFound, EndpointDisabled.
    """
    try:
        row: WebhookDelivery | None = (
            WebhookDelivery.objects.select_for_update().filter(pk=delivery_id).first()
        )
    except ValueError:
        row = None
    if row is None:
        raise NotFound(noun="delivery")
    if row.endpoint.status != EndpointStatus.ACTIVE:
        raise EndpointDisabled
    row.status, row.attempt_count, row.next_attempt_at = DeliveryStatus.PENDING, 0, at
    row.delivered_at = None
    row.save(update_fields=["status", "attempt_count", "next_attempt_at", "delivered_at"])
    audit.record(actor=actor, action="tenants.delivery.resend", subject=row.id, at=at)
    jobs.enqueue("tenants.send_webhooks")
    return row


def switch_off(endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> None:
    """Disable a locked endpoint; its waiting deliveries fail."""
    endpoint.status, endpoint.disabled_reason = EndpointStatus.DISABLED, reason
    endpoint.save(update_fields=["status", "disabled_reason"])
    WebhookDelivery.objects.filter(endpoint_id=endpoint.id, status=DeliveryStatus.PENDING).update(
        status=DeliveryStatus.FAILED, next_attempt_at=at
    )


def make_deliveries(event_id: str) -> None:
    """The outbox consumer: one delivery for each active endpoint that asks for the event, once."""
    event: Event = Event.objects.get(pk=event_id)
    asking = endpoints_asking(event.name)
    if not asking:
        return
    body = body_of(event, mode=current_tenant().mode)
    WebhookDelivery.objects.bulk_create(
        [delivery_of(event, endpoint, body, clock.machine_now()) for endpoint in asking],
        ignore_conflicts=True,
    )
    jobs.enqueue("tenants.send_webhooks")


def endpoints_asking(event_name: str) -> list[WebhookEndpoint]:
    """The active endpoints that ask for events of this name, by id."""
    active = WebhookEndpoint.objects.filter(status=EndpointStatus.ACTIVE).order_by("id")
    return [one for one in active if standard.wants(one.event_names, event_name)]


def body_of(event: Event, *, mode: str) -> str:
    """The body an event is told with, in the words of `mode_word`."""
    whose = {"merchant_id": event.merchant_id} if event.merchant_id else {}
    return standard.body(
        event_id=event.id,
        name=event.name,
        subject=event.subject,
        at=event.occurred_at,
        tenant_id=current_tenant_id(),
        mode=mode,
        props={**whose, **event.props},
    )


def delivery_of(
    event: Event, endpoint: WebhookEndpoint, body: str, at: datetime
) -> WebhookDelivery:
    """A delivery due at `at`, not stored yet."""
    return WebhookDelivery(
        endpoint=endpoint,
        event_id=event.id,
        event_name=event.name,
        body=body,
        next_attempt_at=at,
    )


CONSUMER: Final = Consumer(
    name="tenants.webhooks",
    prefixes=(
        "credit.",
        "tenants.merchant.",
        "tenants.key.",
        "tenants.endpoint.",
        "campaigns.salesperson.",
        "campaigns.pool_member.",
        "campaigns.pool_import.",
        "campaigns.ticket.",
        "campaigns.referral.",
    ),
    handle=make_deliveries,
    condition_sql=(
        "EXISTS (SELECT 1 FROM tenants_webhookendpoint e"
        " WHERE e.tenant_id = %(tenant_id)s::uuid AND e.status = 'active')"
    ),
)


def locked_endpoint(endpoint_id: str) -> WebhookEndpoint:
    try:
        found: WebhookEndpoint | None = (
            WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
        )
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="endpoint")
    return found


def _note(what: str, endpoint: WebhookEndpoint, *, actor: str, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"tenants.endpoint.{what}",
        subject=endpoint.id,
        at=at,
        after={"url": endpoint.url, "event_names": list(endpoint.event_names)},
    )
