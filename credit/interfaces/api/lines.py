"""Credit lines: what can still be drawn."""

from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import LineStatus
from credit.errors import LineNotFound
from credit.models import CreditLine
from credit.queries.status import line_next_action
from platform_app.kernel.drf import ApiView, page
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.models import Event
from platform_app.kernel.rest import (
    ListView,
    ObjectOutput,
    action,
    head,
    one,
    operation,
    page_of,
    query,
)
from platform_app.kernel.rest_fields import RateField
from tenants.queries.merchants import merchant as find_merchant

TAG = "Credit lines"


class LineOutput(ObjectOutput):
    merchant = serializers.CharField()
    product = serializers.CharField()
    offer = serializers.CharField()
    limit = serializers.IntegerField(help_text=gettext_noop("In fen."))
    temporary = serializers.IntegerField(
        help_text=gettext_noop("Temporary limits of today, on top of `limit`.")
    )
    temporary_changes_on = serializers.DateField(
        allow_null=True,
        help_text=gettext_noop("The next day a temporary limit starts or ends, or null."),
    )
    used = serializers.IntegerField(help_text=gettext_noop("Captured principal not yet repaid."))
    held = serializers.IntegerField(help_text=gettext_noop("Authorized, not captured."))
    available = serializers.IntegerField(help_text=gettext_noop("What can be drawn now."))
    currency = serializers.CharField()
    annual_rate = RateField()
    status_reason = serializers.CharField(allow_null=True)
    activated_at = serializers.DateTimeField()


def rows() -> QuerySet[Any]:
    return CreditLine.objects.select_related("product")


def body_of(line: CreditLine) -> dict[str, Any]:
    facts = head(
        "credit_line",
        line,
        status=line.status,
        version=line.version,
        next_action=action(line_next_action(line)),
        created_at=line.activated_at,
        merchant=line.merchant_id,
        product=line.product.code,
        offer=line.offer_id,
        limit=line.limit_minor,
        temporary=line.temporary_minor,
        temporary_changes_on=line.limit_changes_on,
        used=line.used_minor,
        held=line.held_minor,
        available=line.available_minor,
        currency="CNY",
        annual_rate=line.annual_rate,
        status_reason=line.status_reason or None,
        activated_at=line.activated_at,
    )
    return dict(LineOutput(facts).data)


@operation(
    "credit_line-show",
    tag=TAG,
    summary=gettext_noop("Look up a credit line"),
    answer=LineOutput,
    refusals=[NotFound],
)
class LineShow(ApiView):
    def get(self, request: Request, line_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(one(rows(), line_id, LineNotFound)))


@operation(
    "credit_line-list",
    tag=TAG,
    summary=gettext_noop("List credit lines"),
    answer=page_of(LineOutput),
    refusals=[NotFound, Invalid],
    query=[
        query("merchant", gettext_noop("Only of this merchant.")),
        query("status", ", ".join(LineStatus.values)),
        query(
            "updated_since",
            gettext_noop(
                "RFC 3339. Every line that may have changed since then, sometimes one that has not."
            ),
        ),
    ],
)
class LineList(ListView):
    def get(self, request: Request) -> Response:
        asked, found = request.query_params, rows()
        if asked.get("merchant"):
            found = found.filter(merchant_id=find_merchant(asked["merchant"]).id)
        if asked.get("status"):
            found = found.filter(status=asked["status"].replace("\x00", ""))
        if asked.get("updated_since"):
            found = found.filter(merchant_id__in=_touched_since(asked["updated_since"]))
        return page(request, found, body_of)


def _touched_since(text: str) -> QuerySet[Any]:
    """Merchants of whom credit recorded anything since: what changes a line records an event."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(field="updated_since")
    told = Event.objects.filter(name__startswith="credit.", received_at__gte=moment)
    return told.exclude(merchant_id=None).values("merchant_id")
