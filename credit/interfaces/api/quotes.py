"""Quotes: the price of one order for each term."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.errors import (
    AmountTooSmall,
    CapExceeded,
    CapUnknown,
    DiscountNotFound,
    DiscountNotUsable,
    LineNotActive,
    LineNotFound,
    TermNotOffered,
)
from credit.models import Quote
from credit.operations.quotes import make_quotes
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.http import say
from platform_app.kernel.rest import (
    KeyedView,
    ObjectOutput,
    Output,
    action,
    head,
    operation,
)
from platform_app.kernel.rest_fields import AmountField, IdField, RateField
from tenants.access.order_details import OrderDetailsInput, lines_differ, stored
from tenants.errors import LinesDiffer


class QuoteInput(StrictSerializer):
    line = IdField("lin", LineNotFound)
    amount = AmountField(help_text=gettext_noop("Of the order, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    order_no = serializers.CharField(
        max_length=64, help_text=gettext_noop("The final order number, never a cart's.")
    )
    terms = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=20, required=False,
        help_text=gettext_noop("Only these terms; all that the line offers when left out."),
    )  # fmt: skip
    coupon = IdField(
        "dsc", DiscountNotFound, required=False,
        help_text=gettext_noop(
            "A coupon of the merchant. It lowers the terms it is for and is kept for the order "
            "when one of those is drawn."
        ),
    )  # fmt: skip

    order = OrderDetailsInput(
        required=False,
        help_text=gettext_noop(
            "The buyer's numbers, the invoice and the lines; shown with the drawdown."
        ),
    )


class QuoteRowOutput(Output):
    seq = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    discount = serializers.IntegerField(help_text=gettext_noop("What a coupon bears of it."))
    amount = serializers.IntegerField(
        help_text=gettext_noop("Principal and interest less the discount, in fen.")
    )


class QuoteDiscountOutput(Output):
    coupon = serializers.CharField()
    amount = serializers.IntegerField(help_text=gettext_noop("Off the interest, in fen."))
    apr_simple_without = RateField()
    apr_irr_without = RateField()


class QuoteOutput(ObjectOutput):
    line = serializers.CharField()
    merchant = serializers.CharField()
    order_no = serializers.CharField()
    term = serializers.CharField()
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    interest = serializers.IntegerField(help_text=gettext_noop("In all, when paid as planned."))
    annual_rate = RateField()
    apr_simple = RateField(help_text=gettext_noop("Of what the merchant pays, a coupon counted."))
    apr_irr = RateField(help_text=gettext_noop("Compound, from the merchant's own cash flows."))
    discount = QuoteDiscountOutput(
        allow_null=True, help_text=gettext_noop("What the coupon does; null without one.")
    )
    value_on = serializers.DateField(help_text=gettext_noop("The day the plan counts from."))
    schedule = QuoteRowOutput(many=True)
    expires_at = serializers.DateTimeField()


class QuoteWarningOutput(Output):
    code = serializers.CharField(help_text=gettext_noop("Stable, as that of a refusal."))
    message = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    message_en = serializers.CharField()
    lines_diff = serializers.IntegerField(
        help_text=gettext_noop("Fen that the lines are above the total, or below it: negative.")
    )


class QuoteListOutput(Output):
    data = QuoteOutput(many=True)  # type: ignore[assignment]  # a field, not the property
    warnings = QuoteWarningOutput(
        many=True,
        help_text=gettext_noop("What does not add up in `order`; nothing is refused for it."),
    )


def body_of(quote: Quote) -> dict[str, Any]:
    until = quote.expires_at.astimezone(clock.SHANGHAI).isoformat()
    draw = NextAction("partner", "draw", gettext_noop("Draw it before it expires."), until)
    return head(
        "quote",
        quote,
        status="open",
        next_action=action(draw),
        created_at=quote.quoted_at,
        line=quote.line_id,
        merchant=quote.merchant_id,
        order_no=quote.order_no,
        term=quote.option_code,
        amount=quote.amount_minor,
        currency="CNY",
        interest=quote.interest_minor,
        annual_rate=quote.terms["annual_rate"],
        apr_simple=quote.apr_simple,
        apr_irr=quote.apr_compound,
        discount=_discount(quote),
        value_on=quote.value_on,
        schedule=planned_rows(quote),
        expires_at=quote.expires_at,
    )


def _discount(quote: Quote) -> dict[str, Any] | None:
    if quote.discount_id is None:
        return None
    return {
        "coupon": quote.discount_id,
        "amount": quote.discount_minor,
        "apr_simple_without": quote.plain_apr_simple,
        "apr_irr_without": quote.plain_apr_compound,
    }


def _warning(one: LinesDiffer) -> dict[str, Any]:
    return {
        "code": one.code,
        "message": say(one),
        "message_en": say(one, "en"),
        "lines_diff": one.facts["lines_minor"] - one.facts["amount_minor"],
    }


def planned_rows(quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "seq": row["seq"],
            "due_on": row["due_on"],
            "principal": row["principal_minor"],
            "interest": row["interest_minor"],
            "discount": (off := row.get("discount_minor", 0)),
            "amount": row["principal_minor"] + row["interest_minor"] - off,
        }
        for row in quote.plan
    ]


@operation(
    "quote-make",
    tag="Quotes",
    summary=gettext_noop("Quote an order"),
    description=gettext_noop(
        "One quote for each term, exactly as it would be booked. A quote holds nothing: whether "
        "the line still covers it, and the coupon is still free, is decided when it is drawn."
    ),
    status=201,
    answer=QuoteListOutput,
    refusals=[
        NotFound, LineNotActive, AmountTooSmall, TermNotOffered, CapExceeded, CapUnknown,
        DiscountNotUsable,
    ],
)  # fmt: skip
class QuoteMake(KeyedView):
    scope = "draw"
    input = QuoteInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        order = stored(said.get("order"))

        def act() -> tuple[int, Any]:
            quotes = make_quotes(
                line_id=said["line"],
                amount_minor=said["amount"],
                order_no=said["order_no"],
                option_codes=said.get("terms"),
                at=clock.now(),
                discount_id=said.get("coupon"),
                order=order,
            )
            facts = {
                "data": [body_of(quote) for quote in quotes],
                "warnings": [
                    _warning(one) for one in lines_differ(order, amount_minor=said["amount"])
                ],
            }
            return 201, QuoteListOutput(facts).data

        return self.once(request, act)
