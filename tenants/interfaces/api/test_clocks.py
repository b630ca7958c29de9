"""The clock of a sandbox."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ListView, ObjectOutput, head, operation, page_of
from tenants.errors import (
    ClockAdvancing,
    ClockBackwards,
    ClockExists,
    ClockNotFound,
    ClockTooFar,
    TestOnly,
)
from tenants.models import TestClock
from tenants.operations.test_clocks import create_clock, request_advance
from tenants.queries.sandboxes import clock_by_id, clocks
from tenants.queries.tenants import current_tenant

TAG = "Sandbox"


class ClockInput(StrictSerializer):
    name = serializers.CharField(max_length=80)
    frozen_time = serializers.DateTimeField(
        required=False, allow_null=True, default=None,
        help_text=gettext_noop("Not before now; left out, the clock shows the present moment."),
    )  # fmt: skip


class AdvanceInput(StrictSerializer):
    to = serializers.DateTimeField(
        help_text=gettext_noop("Later than what the clock shows, by 62 days at most.")
    )


class ClockOutput(ObjectOutput):
    name = serializers.CharField()
    frozen_time = serializers.DateTimeField(
        help_text=gettext_noop("What the clock shows; while it advances, how far it has come.")
    )
    advance_to = serializers.DateTimeField(
        allow_null=True, help_text=gettext_noop("Where it is going; null when it is ready.")
    )
    error = serializers.CharField(
        allow_null=True, help_text=gettext_noop("Why it stands still; advance it to try again.")
    )


def body_of(row: TestClock) -> dict[str, Any]:
    facts = head(
        "test_clock",
        row,
        status=row.status,
        version=row.version,
        created_at=row.created_at,
        name=row.name,
        frozen_time=current_tenant().running.moment(),
        advance_to=row.advance_to,
        error=row.error or None,
    )
    return dict(ClockOutput(facts).data)


@operation(
    "test_clock-create",
    tag=TAG,
    summary=gettext_noop("Give the sandbox a clock"),
    description=gettext_noop(
        "With a test key only. A sandbox has one clock, and keeps it: from then on its business "
        "days end when you advance it, never by themselves. The clock goes on within its day, and "
        "stops a moment before midnight. Objects, events and pages of the sandbox carry its time; "
        "the timestamp of a signature is always real time."
    ),
    status=201,
    answer=ClockOutput,
    refusals=[TestOnly, ClockExists, ClockBackwards, ClockTooFar],
)
class ClockCreate(KeyedView):
    scope = "admin"
    input = ClockInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            return 201, body_of(create_clock(**said, actor=actor_of(request)))

        return self.once(request, act)


@operation(
    "test_clock-list",
    tag=TAG,
    summary=gettext_noop("List test clocks"),
    description=gettext_noop("One at most; none on a live platform."),
    answer=page_of(ClockOutput),
)
class ClockList(ListView):
    def get(self, request: Request) -> Response:
        return page(request, clocks(), body_of)


@operation(
    "test_clock-show",
    tag=TAG,
    summary=gettext_noop("Look up a test clock"),
    description=gettext_noop("While its status is `advancing`, ask again every second or two."),
    answer=ClockOutput,
    refusals=[NotFound],
)
class ClockShow(ApiView):
    def get(self, request: Request, clock_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(clock_by_id(clock_id)))


@operation(
    "test_clock-advance",
    tag=TAG,
    summary=gettext_noop("Advance the test clock"),
    description=gettext_noop(
        "Answered at once; a worker then lives every day up to `to`: closes, interest, due dates, "
        "grace, overdue, reminders, statements, collection, offers and holds that run out, each at "
        "its hour. Webhooks leave in the order in which things happened."
    ),
    status=202,
    answer=ClockOutput,
    refusals=[TestOnly, ClockNotFound, ClockAdvancing, ClockBackwards, ClockTooFar],
)
class ClockAdvance(KeyedView):
    scope = "admin"
    input = AdvanceInput

    def post(self, request: Request, clock_id: str) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            row = request_advance(clock_id=clock_id, to=said["to"], actor=actor_of(request))
            return 202, body_of(row)

        return self.once(request, act)
