"""Goods that came back, and orders that became smaller."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.errors import (
    AmountBelowCaptured,
    AmountNotLower,
    DayBeingClosed,
    DayClosed,
    DrawdownNotAuthorized,
    DrawdownNotFound,
    DrawdownNotServiceable,
    ExternalIdConflict,
    RefundTooLarge,
)
from credit.interfaces.api.drawdowns import TAG, DrawdownOutput, body_now
from credit.models import Drawdown, LoanEvent
from credit.operations.adjustments import adjust_drawdown
from credit.operations.servicing import Act, refund_drawdown
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, head, operation
from platform_app.kernel.rest_fields import AmountField, known_id

VALUE_ON_TEXT = gettext_noop("The day it counts from: the open business day, or an earlier one.")


class RefundInput(StrictSerializer):
    amount = AmountField(help_text=gettext_noop("The price of the goods that came back, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    external_id = serializers.CharField(
        max_length=64, help_text=gettext_noop("Your number of the refund; booked once for ever.")
    )
    value_on = serializers.DateField(required=False, help_text=VALUE_ON_TEXT)


class AdjustInput(StrictSerializer):
    amount = AmountField(help_text=gettext_noop("What the order comes to now, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)


class RefundOutput(ObjectOutput):
    drawdown = serializers.CharField()
    merchant = serializers.CharField()
    amount = serializers.IntegerField()
    interest_back = serializers.IntegerField(
        help_text=gettext_noop("Interest the refunded part had borne; the merchant gets it back.")
    )
    unspent = serializers.IntegerField(
        help_text=gettext_noop("Had been repaid already; it waits for the merchant as overpayment.")
    )
    outstanding = serializers.IntegerField(
        help_text=gettext_noop("Principal not yet repaid, after the refund.")
    )
    currency = serializers.CharField()
    value_on = serializers.DateField()
    booked_on = serializers.DateField()


def body_of(event: LoanEvent) -> dict[str, Any]:
    drawdown = Drawdown.objects.get(pk=event.drawdown_id)
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    facts = head(
        "refund",
        event,
        external_id=event.key,
        status="applied",
        version=drawdown.version,
        created_at=event.at,
        drawdown=drawdown.id,
        merchant=drawdown.merchant_id,
        amount=event.amount_minor,
        interest_back=answer.interest_back.get(event.seq, 0),
        unspent=answer.unspent.get(event.seq, 0),
        outstanding=drawdown.outstanding_principal_minor,
        currency="CNY",
        value_on=event.value_on,
        booked_on=event.booked_on,
    )
    return dict(RefundOutput(facts).data)


@operation(
    "refund-record",
    tag=TAG,
    summary=gettext_noop("Refund goods that came back"),
    description=gettext_noop(
        "Lowers the debt from the last installment on, gives back the interest the refunded part "
        "bore, and comes off your next settlement. What has not shipped yet is canceled or "
        "adjusted instead. When an answer is lost, send the same request again with the same key."
    ),
    status=201,
    answer=RefundOutput,
    refusals=[
        NotFound, DrawdownNotServiceable, RefundTooLarge, DayClosed, DayBeingClosed,
        ExternalIdConflict,
    ],
)  # fmt: skip
class RefundRecord(KeyedView):
    scope = "refund"
    input = RefundInput

    def post(self, request: Request, drawdown_id: str) -> Response:
        said = self.body(request)
        known_id("drw", drawdown_id, DrawdownNotFound)

        def act() -> tuple[int, Any]:
            event = refund_drawdown(
                Act(
                    drawdown_id=drawdown_id, external_id=said["external_id"],
                    actor=actor_of(request), at=clock.now(), value_on=said.get("value_on"),
                ),
                amount_minor=said["amount"],
            )  # fmt: skip
            return 201, body_of(event)

        return self.once(request, act)


@operation(
    "drawdown-adjust",
    tag=TAG,
    summary=gettext_noop("Lower the amount before shipment"),
    description=gettext_noop(
        "The order became smaller: less is held for it. The amount never goes up; draw a larger "
        "order anew."
    ),
    answer=DrawdownOutput,
    refusals=[NotFound, DrawdownNotAuthorized, AmountNotLower, AmountBelowCaptured],
)
class DrawdownAdjust(KeyedView):
    scope = "draw"
    input = AdjustInput

    def post(self, request: Request, drawdown_id: str) -> Response:
        said = self.body(request)
        known_id("drw", drawdown_id, DrawdownNotFound)

        def act() -> tuple[int, Any]:
            drawdown = adjust_drawdown(
                drawdown_id=drawdown_id, amount_minor=said["amount"], actor=actor_of(request),
                at=clock.now(),
            )  # fmt: skip
            return 200, body_now(drawdown)

        return self.once(request, act)
