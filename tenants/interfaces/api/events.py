"""Everything that happened, for a partner that missed a webhook or wants none."""

import json
from typing import Any, Final

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.models import Event
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    head,
    list_of,
    missing,
    operation,
    page_of,
    query,
)
from platform_app.kernel.rest_fields import known_id
from platform_app.kernel.scope import mode_word
from tenants.domain import standard_webhooks
from tenants.errors import NobodyListens
from tenants.interfaces.api.webhook_deliveries import DeliveryOutput
from tenants.interfaces.api.webhook_deliveries import body_of as delivery_body
from tenants.operations.replays import resend_event
from tenants.operations.webhooks import CONSUMER


class EventOutput(ObjectOutput):
    type = serializers.CharField()
    subject = serializers.CharField(help_text=gettext_noop("The id of what it happened to."))
    merchant = serializers.CharField(allow_null=True)
    timestamp = serializers.DateTimeField()
    data = serializers.DictField(help_text=gettext_noop("As in the webhook."))  # type: ignore[assignment]


def body_of(event: Event) -> dict[str, Any]:
    told = _told(event)
    facts = head(
        "event",
        event,
        status="recorded",
        version=told.get("version", 1),
        created_at=event.occurred_at,
        type=event.name,
        subject=event.subject,
        merchant=event.merchant_id,
        timestamp=event.occurred_at,
        data=told["data"],
    )
    shown: Any = EventOutput(facts)
    return dict(shown.data)


def _told(event: Event) -> dict[str, Any]:
    """The webhook's own words, so that both ways tell the same."""
    whose = {"merchant_id": event.merchant_id} if event.merchant_id else {}
    said: dict[str, Any] = json.loads(
        standard_webhooks.body(
            event_id=event.id,
            name=event.name,
            subject=event.subject,
            at=event.occurred_at,
            tenant_id=event.tenant_id,
            mode=mode_word(),
            props={**whose, **event.props},
        )
    )
    return said


PUBLIC: Final = CONSUMER.prefixes


@operation(
    "event-list",
    tag="Events",
    summary=gettext_noop("List events"),
    description=gettext_noop(
        "The same events that webhooks deliver, in order of their ids. A transaction that ran "
        "long may show its event a few seconds late: when you poll, ask again from an id a minute "
        "back and skip the ids you have."
    ),
    answer=page_of(EventOutput),
    query=[query("type", gettext_noop("A name, or a beginning such as `credit.drawdown.*`."))],
)
class EventList(ListView):
    def get(self, request: Request) -> Response:
        public = Q()
        for prefix in PUBLIC:
            public |= Q(name__startswith=prefix)
        rows = Event.objects.filter(public)
        asked = request.query_params.get("type", "").replace("\x00", "")
        if asked.endswith(".*"):
            rows = rows.filter(name__startswith=asked[:-1])
        elif asked:
            rows = rows.filter(name=asked)
        return page(request, rows, body_of)


@operation(
    "event-resend",
    tag="Events",
    summary=gettext_noop("Have an event sent again"),
    description=gettext_noop(
        "To every endpoint that is on and asks for it, with the same `webhook-id`; also to one "
        "that did not exist or was off when it happened."
    ),
    answer=list_of(DeliveryOutput),
    refusals=[NotFound, NobodyListens],
)
class EventResend(KeyedView):
    scope = "admin"

    def post(self, request: Request, event_id: str) -> Response:
        known_id("evt", event_id, missing("event"))

        def act() -> tuple[int, Any]:
            rows = resend_event(event_id=event_id, actor=actor_of(request), at=clock.machine_now())
            return 200, {"data": [delivery_body(row) for row in rows]}

        return self.once(request, act)
