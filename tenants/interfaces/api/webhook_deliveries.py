"""What became of each event on its way to you."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    action,
    head,
    missing,
    operation,
    page_of,
    query,
)
from platform_app.kernel.rest_fields import known_id
from tenants.enums import DeliveryStatus
from tenants.errors import EndpointDisabled
from tenants.interfaces.api.next_actions import delivery_next_action
from tenants.models import WebhookDelivery
from tenants.operations.webhooks import resend
from tenants.queries import webhooks

TAG = "Webhooks"


class DeliveryOutput(ObjectOutput):
    endpoint = serializers.CharField()
    event = serializers.CharField()
    event_type = serializers.CharField()
    attempt_count = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)


def body_of(delivery: WebhookDelivery) -> dict[str, Any]:
    is_waiting = delivery.status == DeliveryStatus.PENDING
    facts = head(
        "webhook_delivery",
        delivery,
        status=delivery.status,
        version=delivery.attempt_count + 1,
        next_action=action(delivery_next_action(delivery)),
        created_at=delivery.created_at,
        endpoint=delivery.endpoint_id,
        event=delivery.event_id,
        event_type=delivery.event_name,
        attempt_count=delivery.attempt_count,
        next_attempt_at=delivery.next_attempt_at if is_waiting else None,
        delivered_at=delivery.delivered_at,
    )
    return dict(DeliveryOutput(facts).data)


@operation(
    "webhook_delivery-list",
    tag=TAG,
    summary=gettext_noop("List webhook deliveries"),
    answer=page_of(DeliveryOutput),
    refusals=[NotFound],
    query=[
        query("endpoint", gettext_noop("Only to this endpoint.")),
        query("status", ", ".join(DeliveryStatus.values)),
        query("type", gettext_noop("Only events of this name.")),
    ],
)
class DeliveryList(ListView):
    scope = "admin"

    def get(self, request: Request) -> Response:
        asked = request.query_params
        endpoint = asked.get("endpoint")
        rows = webhooks.list_deliveries(
            endpoint_id=webhooks.endpoint(endpoint).id if endpoint else None,
            status=asked.get("status", "").replace("\x00", ""),
            event_name=asked.get("type", "").replace("\x00", ""),
        )
        return page(request, rows, body_of)


@operation(
    "webhook_delivery-resend",
    tag=TAG,
    summary=gettext_noop("Have a delivery sent again"),
    description=gettext_noop("The receiver sees the same `webhook-id` as before."),
    answer=DeliveryOutput,
    refusals=[NotFound, EndpointDisabled],
)
class DeliveryResend(KeyedView):
    scope = "admin"

    def post(self, request: Request, delivery_id: str) -> Response:
        known_id("dlv", delivery_id, missing("delivery"))

        def act() -> tuple[int, Any]:
            sent = resend(delivery_id=delivery_id, actor=actor_of(request), at=clock.machine_now())
            return 200, body_of(sent)

        return self.once(request, act)
