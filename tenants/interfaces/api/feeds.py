"""Feeds: what became of each batch of orders, row by row."""

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel.drf import ApiView, page
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import (
    ListView,
    ObjectOutput,
    Output,
    head,
    missing,
    one,
    operation,
    page_of,
    query,
)
from tenants.models import Feed
from tenants.queries.feeds import list_feeds

TAG = "Order data"


class FeedError(Output):
    index = serializers.IntegerField(help_text=gettext_noop("Position in your list, from 0."))
    path = serializers.CharField(help_text=gettext_noop("JSON pointer to the field."))
    code = serializers.CharField()
    message = serializers.CharField(
        help_text=gettext_noop("In the language of the request that brought the rows.")
    )


class FeedOutput(ObjectOutput):
    received_at = serializers.DateTimeField()
    rows = serializers.IntegerField(help_text=gettext_noop("How many you sent."))
    created = serializers.IntegerField()
    revised = serializers.IntegerField(help_text=gettext_noop("Known orders with new content."))
    repeated = serializers.IntegerField(help_text=gettext_noop("Said before, nothing new."))
    refused = serializers.IntegerField(
        help_text=gettext_noop("Rows not taken in; `errors` says why, several times for some.")
    )
    errors = FeedError(many=True)  # type: ignore[assignment]  # a field, not the property


def body_of(feed: Feed) -> dict[str, Any]:
    facts = head(
        "feed",
        feed,
        status=_status(feed),
        created_at=feed.created_at,
        received_at=feed.received_at,
        rows=feed.row_count,
        created=feed.created_count,
        revised=feed.revised_count,
        repeated=feed.repeated_count,
        refused=feed.refused_count,
        errors=feed.errors,
    )
    return dict(FeedOutput(facts).data)


def _status(feed: Feed) -> str:
    if not feed.refused_count:
        return "taken"
    return "refused" if feed.refused_count == feed.row_count else "partly_taken"


@operation(
    "feed-show",
    tag=TAG,
    summary=gettext_noop("Look up a feed"),
    description=gettext_noop(
        "Every batch of orders is a feed; its id is in the answer of the batch. The status is "
        "`taken`, `partly_taken` or `refused`."
    ),
    answer=FeedOutput,
    refusals=[NotFound],
)
class FeedShow(ApiView):
    def get(self, request: Request, feed_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(one(list_feeds(), feed_id, missing("feed"))))


@operation(
    "feed-list",
    tag=TAG,
    summary=gettext_noop("List feeds"),
    description=gettext_noop("In the order in which they came."),
    answer=page_of(FeedOutput),
    refusals=[Invalid],
    query=[query("received_on", gettext_noop("Only of this day in Shanghai, 2026-12-05."))],
)
class FeedList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("received_on")
        return page(request, list_feeds(on=_day(asked) if asked else None), body_of)


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid(field="received_on")
    return found
