"""A time's events, sent to one endpoint again."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, head, operation
from tenants.errors import BadEventName, EndpointDisabled, ReplayRunning, ReplayTooLarge
from tenants.models import WebhookReplay
from tenants.operations.replays import request_replay
from tenants.queries import replays

TAG = "Webhooks"
_FIELDS: dict[str, Any] = {  # `from` is a word of Python's
    "from": serializers.DateTimeField(
        help_text=gettext_noop("Events that happened at this moment or later.")
    ),
    "to": serializers.DateTimeField(help_text=gettext_noop("And before this one.")),
    "types": serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=100, default=list,
        help_text=gettext_noop(
            "Exact names, or `credit.drawdown.*`; empty: all that the endpoint asks for."
        ),
    ),
}  # fmt: skip
ReplayInput = type("ReplayInput", (StrictSerializer,), _FIELDS)


class ReplayOutput(ObjectOutput):
    endpoint = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    event_names = serializers.ListField(child=serializers.CharField())
    event_count = serializers.IntegerField(
        help_text=gettext_noop("How many were put on their way so far.")
    )
    finished_at = serializers.DateTimeField(allow_null=True)


def body_of(replay: WebhookReplay) -> dict[str, Any]:
    facts = head(
        "webhook_replay",
        replay,
        status=replay.status,
        version=replay.event_count + (1 if replay.finished_at is None else 2),
        created_at=replay.asked_at,
        endpoint=replay.endpoint_id,
        since=replay.since,
        until=replay.until,
        event_names=replay.event_names,
        event_count=replay.event_count,
        finished_at=replay.finished_at,
    )
    return dict(ReplayOutput(facts).data)


@operation(
    "webhook_endpoint-replay",
    tag=TAG,
    summary=gettext_noop("Replay a time to an endpoint"),
    description=gettext_noop(
        "Every event of that time that the endpoint asks for is sent again with its own "
        "`webhook-id`, also what was never delivered because the endpoint was off or new. At most "
        "31 days and 100,000 events. The work goes on after the answer: ask how far it is."
    ),
    status=202,
    answer=ReplayOutput,
    refusals=[NotFound, EndpointDisabled, BadEventName, Invalid, ReplayTooLarge, ReplayRunning],
)
class EndpointReplay(KeyedView):
    scope = "admin"
    input = ReplayInput

    def post(self, request: Request, endpoint_id: str) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            row = request_replay(
                endpoint_id=endpoint_id, since=said["from"], until=said["to"],
                event_names=said["types"], actor=actor_of(request), at=clock.machine_now(),
            )  # fmt: skip
            return 202, body_of(row)

        return self.once(request, act)


@operation(
    "webhook_replay-show",
    tag=TAG,
    summary=gettext_noop("Look up a replay"),
    answer=ReplayOutput,
    refusals=[NotFound],
)
class ReplayShow(ApiView):
    scope = "admin"

    def get(self, request: Request, replay_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(replays.replay(replay_id)))
