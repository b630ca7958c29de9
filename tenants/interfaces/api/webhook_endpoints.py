"""Where you want to hear of events."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    action,
    head,
    operation,
    page_of,
)
from tenants.enums import EndpointStatus
from tenants.errors import BadEventName, BadUrl, EndpointDisabled, EndpointsTooMany
from tenants.interfaces.api.next_actions import endpoint_next_action
from tenants.interfaces.api.webhook_deliveries import DeliveryOutput
from tenants.interfaces.api.webhook_deliveries import body_of as delivery_body
from tenants.models import WebhookEndpoint
from tenants.operations.webhooks import (
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    rotate_secret,
    send_test,
)
from tenants.queries import webhooks

TAG = "Webhooks"
NAMES_TEXT = gettext_noop("Exact names, or `credit.drawdown.*`; an empty list asks for all.")


class EndpointInput(StrictSerializer):
    url = serializers.CharField(
        max_length=2000, help_text=gettext_noop("https, reachable on the public internet.")
    )
    event_names = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=100, default=list,
        help_text=NAMES_TEXT,
    )  # fmt: skip


class EndpointChange(StrictSerializer):
    status = serializers.ChoiceField(choices=EndpointStatus.values)


class EndpointOutput(ObjectOutput):
    url = serializers.CharField()
    event_names = serializers.ListField(child=serializers.CharField(), help_text=NAMES_TEXT)
    disabled_reason = serializers.CharField(allow_null=True)


class NewEndpointOutput(EndpointOutput):
    secret = serializers.CharField(
        allow_null=True,
        help_text=gettext_noop("Shown in the first answer only; null when it is repeated."),
    )


def facts_of(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return head(
        "webhook_endpoint",
        endpoint,
        status=endpoint.status,
        next_action=action(endpoint_next_action(endpoint)),
        created_at=endpoint.created_at,
        url=endpoint.url,
        event_names=endpoint.event_names,
        disabled_reason=endpoint.disabled_reason or None,
    )


def body_of(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return dict(EndpointOutput(facts_of(endpoint)).data)


@operation(
    "webhook_endpoint-create",
    tag=TAG,
    summary=gettext_noop("Add a webhook endpoint"),
    description=gettext_noop(
        "Deliveries follow Standard Webhooks 1.0. The secret is shown once and stored sealed."
    ),
    status=201,
    answer=NewEndpointOutput,
    refusals=[BadUrl, BadEventName, EndpointsTooMany],
)
class EndpointCreate(KeyedView):
    scope = "admin"
    input = EndpointInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        shown: list[str] = []

        def act() -> tuple[int, Any]:
            endpoint, secret = create_endpoint(
                **said, actor=actor_of(request), at=clock.machine_now()
            )
            shown.append(secret)
            return 201, NewEndpointOutput({**facts_of(endpoint), "secret": None}).data

        response = self.once(request, act)
        if shown:  # the stored answer never holds it; a transaction tried again made another
            response.data = {**response.data, "secret": shown[-1]}
        return response


@operation(
    "webhook_endpoint-rotate",
    tag=TAG,
    summary=gettext_noop("Rotate a webhook secret"),
    description=gettext_noop(
        "The new secret is shown once. For two days deliveries carry a signature of the new and of "
        "the former one: change over within them."
    ),
    answer=NewEndpointOutput,
    refusals=[NotFound],
)
class EndpointRotate(KeyedView):
    scope = "admin"

    def post(self, request: Request, endpoint_id: str) -> Response:
        shown: list[str] = []

        def act() -> tuple[int, Any]:
            endpoint, secret = rotate_secret(
                endpoint_id=endpoint_id, actor=actor_of(request), at=clock.machine_now()
            )
            shown.append(secret)
            return 200, NewEndpointOutput({**facts_of(endpoint), "secret": None}).data

        response = self.once(request, act)
        if shown:  # the stored answer never holds it; a transaction tried again made another
            response.data = {**response.data, "secret": shown[-1]}
        return response


@operation(
    "webhook_endpoint-test",
    tag=TAG,
    summary=gettext_noop("Send a test event"),
    description=gettext_noop(
        "An event that means nothing, `tenants.webhook_endpoint.tested`, to this endpoint alone. "
        "How it was answered is in its delivery."
    ),
    status=201,
    answer=DeliveryOutput,
    refusals=[NotFound, EndpointDisabled],
)
class EndpointTest(KeyedView):
    scope = "admin"

    def post(self, request: Request, endpoint_id: str) -> Response:
        def act() -> tuple[int, Any]:
            row = send_test(
                endpoint_id=endpoint_id, actor=actor_of(request), at=clock.machine_now()
            )
            return 201, delivery_body(row)

        return self.once(request, act)


@operation(
    "webhook_endpoint-list",
    tag=TAG,
    summary=gettext_noop("List webhook endpoints"),
    answer=page_of(EndpointOutput),
)
class EndpointList(ListView):
    scope = "admin"

    def get(self, request: Request) -> Response:
        return page(request, webhooks.list_endpoints(), body_of)


@operation(
    "webhook_endpoint-show",
    tag=TAG,
    summary=gettext_noop("Look up a webhook endpoint"),
    answer=EndpointOutput,
    refusals=[NotFound],
)
class EndpointShow(ApiView):
    scope = "admin"

    def get(self, request: Request, endpoint_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(webhooks.endpoint(endpoint_id)))


@operation(
    "webhook_endpoint-change",
    tag=TAG,
    summary=gettext_noop("Switch a webhook endpoint off or on"),
    description=gettext_noop(
        "An endpoint is never deleted, because its deliveries stay on record. What was waiting "
        "when it was switched off is not sent later by itself."
    ),
    answer=EndpointOutput,
    refusals=[NotFound, EndpointsTooMany],
)
class EndpointPatch(ApiView):
    scope = "admin"
    input = EndpointChange

    def patch(self, request: Request, endpoint_id: str) -> Response:
        wanted = self.body(request)["status"]
        change = enable_endpoint if wanted == EndpointStatus.ACTIVE else disable_endpoint
        endpoint = change(endpoint_id=endpoint_id, actor=actor_of(request), at=clock.machine_now())
        return Response(body_of(endpoint))
