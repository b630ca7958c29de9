"""Asking for a higher limit: answered at once, by the rules of every night."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import LimitCause
from credit.errors import LimitAskedLately, LimitNotHigher, LineNotActive, LineNotFound
from credit.interfaces.api.lines import TAG, rows
from credit.models import LimitReview
from credit.operations.limit_reviews import ask_limit
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    head,
    one,
    operation,
    page_of,
)
from platform_app.kernel.rest_fields import AmountField, known_id


class LimitRequestInput(StrictSerializer):
    amount = AmountField(help_text=gettext_noop("The limit the merchant would like, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)


class LimitRequestOutput(ObjectOutput):
    line = serializers.CharField()
    wanted = serializers.IntegerField(help_text=gettext_noop("What was asked for, in fen."))
    limit_before = serializers.IntegerField(help_text=gettext_noop("In fen."))
    limit = serializers.IntegerField(
        help_text=gettext_noop("The limit after the answer, in fen. Unchanged where it stayed.")
    )
    currency = serializers.CharField()
    decided_on = serializers.DateField()


def body_of(asked: LimitReview) -> dict[str, Any]:
    facts = head(
        "limit_request",
        asked,
        status="raised" if asked.to_minor > asked.from_minor else "stayed",
        version=1,
        created_at=asked.at,
        line=asked.line_id,
        wanted=asked.wanted_minor,
        limit_before=asked.from_minor,
        limit=asked.to_minor,
        currency="CNY",
        decided_on=asked.on,
    )
    return dict(LimitRequestOutput(facts).data)


@operation(
    "limit_request-make",
    tag=TAG,
    summary=gettext_noop("Ask for a higher limit"),
    description=gettext_noop(
        "On the merchant's behalf. The answer is given at once: `raised`, up to what was asked "
        "for, or `stayed`. Asking again on the same day returns the same answer; after that it "
        "takes thirty days."
    ),
    status=201,
    answer=LimitRequestOutput,
    refusals=[NotFound, LineNotActive, LimitNotHigher, LimitAskedLately],
)
class LimitRequestMake(KeyedView):
    scope = "draw"
    input = LimitRequestInput

    def post(self, request: Request, line_id: str) -> Response:
        said = self.body(request)
        known_id("lin", line_id, LineNotFound)

        def act() -> tuple[int, Any]:
            asked = ask_limit(
                line_id=line_id, wanted_minor=said["amount"], actor=actor_of(request),
                at=clock.now(),
            )  # fmt: skip
            return 201, body_of(asked)

        return self.once(request, act)


@operation(
    "limit_request-list",
    tag=TAG,
    summary=gettext_noop("List requests for a higher limit"),
    answer=page_of(LimitRequestOutput),
    refusals=[NotFound],
)
class LimitRequestList(ListView):
    def get(self, request: Request, line_id: str) -> Response:
        line = one(rows(), line_id, LineNotFound)
        found = LimitReview.objects.filter(line=line, cause=LimitCause.ASKED)
        return page(request, found, body_of)
