"""Drawdowns: reserve, ship, give back, look up."""

from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.errors import (
    CaptureTooLarge,
    CaptureTooLate,
    DiscountNotUsable,
    DrawdownNotAuthorized,
    DrawdownNotFound,
    ExternalIdConflict,
    LineInsufficient,
    LineNotActive,
    LineNotFound,
    MerchantCapReached,
    MerchantOverdue,
    NoFundingSource,
    QuoteExpired,
    QuoteNotFound,
    QuoteOfAnotherLine,
    UserDrawdownCap,
    UserMayNotDraw,
    UserMonthCap,
)
from credit.models import Drawdown
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.funding import refusals_kept
from credit.queries.business_day import open_day
from credit.queries.status import days_past_due, drawdown_next_action, is_overdue
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, action, head, operation
from platform_app.kernel.rest_fields import AmountField, IdField, known_id
from risk.errors import EntityLimitReached, ExposureFull
from tenants.errors import UserUnknown

TAG = "Drawdowns"


class DrawdownInput(StrictSerializer):
    line = IdField("lin", LineNotFound)
    quote = IdField("quo", QuoteNotFound)
    external_id = serializers.CharField(
        max_length=64,
        help_text=gettext_noop(
            "Your number; fences the drawdown for ever: never a new one to retry."
        ),
    )
    placed_by = serializers.CharField(
        max_length=64, default="", allow_blank=True,
        help_text=gettext_noop(
            "Your id of the person who ordered. Once the firm has invited users, the person has to "
            "be one of them, and the caps hold."
        ),
    )  # fmt: skip


class CaptureInput(StrictSerializer):
    amount = AmountField(help_text=gettext_noop("What was shipped, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    external_id = serializers.CharField(
        max_length=64, help_text=gettext_noop("Your number of the shipment.")
    )
    final = serializers.BooleanField(
        default=True, help_text=gettext_noop("Nothing more will be shipped: release the rest.")
    )


class DrawdownOutput(ObjectOutput):
    line = serializers.CharField()
    merchant = serializers.CharField()
    quote = serializers.CharField()
    order_no = serializers.CharField()
    placed_by = serializers.CharField(allow_null=True, help_text=gettext_noop("As you told us."))
    term = serializers.CharField()
    amount = serializers.IntegerField(help_text=gettext_noop("Authorized, in fen."))
    captured = serializers.IntegerField()
    outstanding = serializers.IntegerField(help_text=gettext_noop("Principal not yet repaid."))
    currency = serializers.CharField()
    value_on = serializers.DateField(allow_null=True)
    maturity_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField(help_text=gettext_noop("Past due and past grace."))
    days_past_due = serializers.IntegerField()
    paid_off_on = serializers.DateField(allow_null=True)


def body_now(drawdown: Drawdown) -> dict[str, Any]:
    """As seen on the open business day, which matters only once something was due."""
    return body_of(drawdown, open_day() if drawdown.oldest_unpaid_on else date.min)


def body_of(drawdown: Drawdown, on: date) -> dict[str, Any]:
    """As seen on the business date `on`."""
    facts = head(
        "drawdown",
        drawdown,
        external_id=drawdown.external_id,
        status=drawdown.status,
        version=drawdown.version,
        next_action=action(drawdown_next_action(drawdown, on)),
        created_at=drawdown.authorized_at,
        line=drawdown.line_id,
        merchant=drawdown.merchant_id,
        quote=drawdown.quote_id,
        order_no=drawdown.order_no,
        placed_by=drawdown.placed_by or None,
        term=drawdown.option_code,
        amount=drawdown.authorized_minor,
        captured=drawdown.captured_minor,
        outstanding=drawdown.outstanding_principal_minor,
        currency="CNY",
        value_on=drawdown.value_on,
        maturity_on=drawdown.maturity_on,
        is_overdue=is_overdue(drawdown, on),
        days_past_due=days_past_due(drawdown, on),
        paid_off_on=drawdown.paid_off_on,
    )
    return dict(DrawdownOutput(facts).data)


@operation(
    "drawdown-request",
    tag=TAG,
    summary=gettext_noop("Draw an order"),
    description=gettext_noop(
        "Reserves the quoted amount on the line; nothing is owed until you capture. When an answer "
        "is lost, send the same request again with the same key, or GET it by your number."
    ),
    status=201,
    answer=DrawdownOutput,
    refusals=[
        NotFound, QuoteOfAnotherLine, QuoteExpired, LineNotActive, MerchantOverdue,
        LineInsufficient, MerchantCapReached, UserUnknown, UserMayNotDraw, UserDrawdownCap,
        UserMonthCap, NoFundingSource, ExternalIdConflict, ExposureFull, EntityLimitReached,
        DiscountNotUsable,
    ],
)  # fmt: skip
class DrawdownRequest(KeyedView):
    scope = "draw"
    input = DrawdownInput

    def post(self, request: Request) -> Response:
        said, actor, at = self.body(request), actor_of(request), clock.now()

        def act() -> tuple[int, Any]:
            drawdown = request_drawdown(
                line_id=said["line"],
                quote_id=said["quote"],
                external_id=said["external_id"],
                placed_by=said["placed_by"],
                actor=actor,
                at=at,
            )
            return 201, body_now(drawdown)

        with refusals_kept(line_id=said["line"], quote_id=said["quote"], actor=actor, at=at):
            return self.once(request, act)


@operation(
    "drawdown-capture",
    tag=TAG,
    summary=gettext_noop("Capture a shipment"),
    description=gettext_noop(
        "What was shipped becomes a loan from today on. Up to the held amount, in one or several "
        "captures, the further ones before the first due date."
    ),
    status=201,
    answer=DrawdownOutput,
    refusals=[NotFound, DrawdownNotAuthorized, CaptureTooLarge, CaptureTooLate, ExternalIdConflict],
)
class DrawdownCapture(KeyedView):
    scope = "draw"
    input = CaptureInput

    def post(self, request: Request, drawdown_id: str) -> Response:
        said = self.body(request)
        known_id("drw", drawdown_id, DrawdownNotFound)

        def act() -> tuple[int, Any]:
            drawdown = capture_drawdown(
                drawdown_id=drawdown_id,
                amount_minor=said["amount"],
                external_id=said["external_id"],
                is_final=said["final"],
                actor=actor_of(request),
                at=clock.now(),
            )
            return 201, body_now(drawdown)

        return self.once(request, act)


@operation(
    "drawdown-cancel",
    tag=TAG,
    summary=gettext_noop("Cancel what is still held"),
    description=gettext_noop(
        "Before any capture the drawdown ends; after one, what was captured is repaid as planned."
    ),
    answer=DrawdownOutput,
    refusals=[NotFound, DrawdownNotAuthorized],
)
class DrawdownCancel(KeyedView):
    scope = "draw"

    def post(self, request: Request, drawdown_id: str) -> Response:
        known_id("drw", drawdown_id, DrawdownNotFound)

        def act() -> tuple[int, Any]:
            drawdown = cancel_drawdown(
                drawdown_id=drawdown_id, actor=actor_of(request), at=clock.now()
            )
            return 200, body_now(drawdown)

        return self.once(request, act)
