"""Coupons of a merchant: those that can be used, and why the others cannot."""

from datetime import date
from functools import partial
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import DiscountReason, DiscountStatus
from credit.models import Discount
from credit.queries.business_day import open_day
from credit.queries.discounts import list_discounts, standing_reason, why_not
from platform_app.kernel.drf import page
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, head, operation, page_of, query
from platform_app.kernel.rest_fields import RateField
from tenants.queries.merchants import merchant

TAG = "Quotes"


class CouponOutput(ObjectOutput):
    merchant = serializers.CharField()
    name = serializers.CharField(help_text=gettext_noop("As the merchant sees it."))
    kind = serializers.CharField(
        help_text=gettext_noop("`free_days`, `part_off` or `amount_off`; only interest is lowered.")
    )
    share = RateField(help_text=gettext_noop("The fraction of the interest it takes off."))
    cap = serializers.IntegerField(help_text=gettext_noop("What it takes off at most, in fen."))
    days = serializers.IntegerField(
        allow_null=True, help_text=gettext_noop("Of the first so many days; null: of all.")
    )
    minimum = serializers.IntegerField(help_text=gettext_noop("Of the order, in fen."))
    products = serializers.ListField(
        child=serializers.CharField(), help_text=gettext_noop("Only these; empty: every product.")
    )
    terms = serializers.ListField(
        child=serializers.CharField(), help_text=gettext_noop("Only these; empty: every term.")
    )
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text=gettext_noop("The last day, inclusive."))
    is_usable = serializers.BooleanField(
        help_text=gettext_noop("Today, for an order that fits its conditions.")
    )
    reason = serializers.CharField(
        allow_null=True, help_text=", ".join(f"`{reason}`" for reason in DiscountReason.values)
    )
    borne = serializers.IntegerField(help_text=gettext_noop("What it came to so far, in fen."))


def body_of(found: Discount, *, on: date, standing: DiscountReason | None) -> dict[str, Any]:
    reason = why_not(found, on=on) or standing
    facts = head(
        "coupon",
        found,
        status=found.status,
        version=found.version,
        created_at=found.granted_at,
        merchant=found.merchant_id,
        name=found.name,
        kind=found.kind,
        share=found.share_rate,
        cap=found.cap_minor,
        days=found.days,
        minimum=found.minimum_minor,
        products=found.product_codes,
        terms=found.option_codes,
        valid_from=found.from_on,
        valid_to=found.last_on,
        is_usable=reason is None,
        reason=reason,
        borne=found.borne_minor,
    )
    return dict(CouponOutput(facts).data)


@operation(
    "coupon-list",
    tag=TAG,
    summary=gettext_noop("List coupons"),
    description=gettext_noop(
        "Name one of the usable in a quote. A merchant that is overdue, or whose line is stopped, "
        "can use none: asked for with `merchant`, the list says so."
    ),
    answer=page_of(CouponOutput),
    refusals=[NotFound, Invalid],
    query=[
        query("merchant", gettext_noop("Only of this merchant.")),
        query("status", ", ".join(DiscountStatus.values)),
    ],
)
class CouponList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params
        on, standing, rows = open_day(), None, Discount.objects.all()
        if asked.get("merchant"):
            whose = merchant(asked["merchant"])
            standing, rows = standing_reason(whose.id, on), list_discounts(whose.id)
        if status := asked.get("status"):
            if status not in DiscountStatus.values:
                raise Invalid(field="status")
            rows = rows.filter(status=status)
        return page(request, rows, partial(body_of, on=on, standing=standing))
