"""Offers: read the cost sheet, then accept."""

from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import OfferStatus
from credit.errors import (
    ConsentMissing,
    CostSheetChanged,
    CostSheetUnread,
    OfferClosed,
    OfferNotFound,
    SignatureUnderWay,
    SignsOnPages,
)
from credit.interfaces.api.lines import LineOutput
from credit.interfaces.api.lines import body_of as line_body
from credit.interfaces.api.lines import rows as lines
from credit.models import Offer
from credit.operations.offers import start_reading
from credit.operations.signing import sign_offer
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, action, head, one, operation
from platform_app.kernel.rest_fields import RateField, known_id

TAG = "Offers"


class AcceptInput(StrictSerializer):
    cost_sheet_sha256 = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", help_text=gettext_noop("Of the cost sheet the merchant has read.")
    )


class OfferOutput(ObjectOutput):
    application = serializers.CharField()
    merchant = serializers.CharField()
    limit = serializers.IntegerField(help_text=gettext_noop("In fen."))
    currency = serializers.CharField()
    annual_rate = RateField()
    terms = serializers.ListField(
        child=serializers.CharField(), help_text=gettext_noop("What may be chosen in a quote.")
    )
    cost_sheet = serializers.DictField(
        help_text=gettext_noop("Every cost of the credit; show all of it before it is accepted.")
    )
    cost_sheet_sha256 = serializers.CharField()
    read_started_at = serializers.DateTimeField(allow_null=True)
    readable_for_seconds = serializers.IntegerField(
        help_text=gettext_noop("How long it has to be open before it can be accepted.")
    )
    expires_at = serializers.DateTimeField()


def body_of(offer: Offer, at: datetime) -> dict[str, Any]:
    status = _status(offer, at)
    facts = head(
        "offer",
        offer,
        status=status,
        version=1 + (offer.read_started_at is not None) + (status != OfferStatus.OPEN),
        next_action=action(_next_action(offer, status)),
        created_at=offer.offered_at,
        application=offer.application_id,
        merchant=offer.merchant_id,
        limit=offer.limit_minor,
        currency="CNY",
        annual_rate=offer.annual_rate,
        terms=offer.option_codes,
        cost_sheet=offer.cost_sheet.body,
        cost_sheet_sha256=offer.cost_sheet.sha256,
        read_started_at=offer.read_started_at,
        readable_for_seconds=settings.COST_SHEET_READ_SECONDS,
        expires_at=offer.expires_at,
    )
    return dict(OfferOutput(facts).data)


def _status(offer: Offer, at: datetime) -> str:
    """Expiry is a matter of time, not of a stored word."""
    if offer.status == OfferStatus.OPEN and at >= offer.expires_at:
        return OfferStatus.EXPIRED.value
    return str(offer.status)


def _next_action(offer: Offer, status: str) -> NextAction | None:
    if status != OfferStatus.OPEN:
        return None
    until = offer.expires_at.astimezone(clock.SHANGHAI).isoformat()
    if offer.read_started_at is None:
        return NextAction(
            "merchant", "read_cost_sheet", gettext_noop("Open the cost sheet and read it."), until
        )
    return NextAction(
        "merchant", "accept_offer", gettext_noop("Read the cost sheet and accept the offer."), until
    )


@operation(
    "offer-show",
    tag=TAG,
    summary=gettext_noop("Look up an offer with its cost sheet"),
    answer=OfferOutput,
    refusals=[NotFound],
)
class OfferShow(ApiView):
    def get(self, request: Request, offer_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        offer = one(Offer.objects.select_related("cost_sheet"), offer_id, OfferNotFound)
        return Response(body_of(offer, clock.now()))


@operation(
    "offer-read",
    tag=TAG,
    summary=gettext_noop("Start the reading clock"),
    description=gettext_noop(
        "Call it when the cost sheet is opened before the merchant's eyes; the first call counts."
    ),
    answer=OfferOutput,
    refusals=[NotFound],
)
class OfferRead(KeyedView):
    scope = "draw"

    def post(self, request: Request, offer_id: str) -> Response:
        known_id("ofr", offer_id, OfferNotFound)
        at = clock.now()

        def act() -> tuple[int, Any]:
            return 200, body_of(start_reading(offer_id=offer_id, at=at), at)

        return self.once(request, act)


@operation(
    "offer-accept",
    tag=TAG,
    summary=gettext_noop("Accept an offer"),
    description=gettext_noop(
        "Signs the agreement and opens the credit line. Accepting twice answers the same line."
    ),
    status=201,
    answer=LineOutput,
    refusals=[
        NotFound,
        OfferClosed,
        CostSheetUnread,
        CostSheetChanged,
        ConsentMissing,
        SignatureUnderWay,
        SignsOnPages,
    ],
)
class OfferAccept(KeyedView):
    scope = "draw"
    input = AcceptInput

    def post(self, request: Request, offer_id: str) -> Response:
        said = self.body(request)
        known_id("ofr", offer_id, OfferNotFound)

        def act() -> tuple[int, Any]:
            line = sign_offer(
                offer_id=offer_id,
                cost_sheet_sha256=said["cost_sheet_sha256"],
                evidence={"channel": "api", "key": actor_of(request)},
                visit=None,
                actor=actor_of(request),
                at=clock.now(),
            )
            if line is None:
                raise SignatureUnderWay
            return 201, line_body(lines().get(pk=line.id))

        return self.once(request, act)
