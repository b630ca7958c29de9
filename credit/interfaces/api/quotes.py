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
from platform_app.kernel.rest import (
    KeyedView,
    ObjectOutput,
    Output,
    action,
    head,
    list_of,
    operation,
)
from platform_app.kernel.rest_fields import AmountField, IdField, RateField


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


QuoteList = list_of(QuoteOutput)


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
    answer=QuoteList,
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

        def act() -> tuple[int, Any]:
            quotes = make_quotes(
                line_id=said["line"],
                amount_minor=said["amount"],
                order_no=said["order_no"],
                option_codes=said.get("terms"),
                at=clock.now(),
                discount_id=said.get("coupon"),
            )
            return 201, QuoteList({"data": [body_of(quote) for quote in quotes]}).data

        return self.once(request, act)
