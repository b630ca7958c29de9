"""Paying the order the visit was opened for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from credit.domain.terms import ProductTerms
from credit.errors import DiscountNotUsable, DrawdownNotFound, QuoteNotFound
from credit.interfaces.merchant.samples import option_name
from credit.models import CreditLine, Drawdown, Quote
from credit.operations.drawdowns import request_drawdown
from credit.operations.funding import refusals_kept
from credit.operations.quotes import make_quotes
from credit.queries.business_day import open_day
from credit.queries.coupon_choices import CouponChoice, coupon_choices
from credit.queries.journey import journey, order_drawdown
from credit.queries.user_caps import cap_short
from platform_app.kernel import clock
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole
from tenants.models import EmbedSession
from tenants.queries.tenants import current_tenant

WITHOUT: Final = "none"


@page
@open_to(MerchantUserRole.BUYER)
@require_http_methods(["GET", "POST"])
def show(request: MerchantRequest) -> HttpResponseBase:
    """The order, what is available, and the ways to pay it."""
    embed, at = request.embed, clock.now()
    where = journey(embed.merchant_id, at=at)
    if where.line is None or not (embed.order_no and embed.amount_minor):
        return go("journey-home" if where.line is None else "line-show")
    paid = order_drawdown(embed.merchant_id, embed.order_no)
    if paid is not None:
        return go("drawdown-show", paid.id)
    if request.method == "POST":
        return go("checkout-confirm", _own_quote(request, request.POST.get("quote", "")).id)
    line = where.line
    product = ProductTerms.from_json(line.product_version.terms)
    missing = max(0, embed.amount_minor - line.available_minor)
    is_payable = where.stage == "active" and not missing
    is_payable = is_payable and embed.amount_minor >= product.minimum_minor
    day = open_day()
    user, amount_minor = request.firm_user, embed.amount_minor
    short = cap_short(user, amount_minor=amount_minor, on=day) if is_payable else None
    is_payable = is_payable and short is None
    choices = coupon_choices(line, amount_minor=embed.amount_minor, on=day) if is_payable else []
    chosen = _chosen(choices, request.GET.get("coupon", ""))
    quotes: list[Quote] = []
    if is_payable:
        try:
            quotes = _quotes(line, embed, chosen, at)
        except DiscountNotUsable:  # no term that it is for can be had now: pay without it
            chosen, quotes = None, _quotes(line, embed, None, at)
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "line": line,
        "embed": embed,
        "missing_minor": missing,
        "minimum_minor": product.minimum_minor,
        "is_too_small": embed.amount_minor < product.minimum_minor,
        "cap_short": short,
        "coupons": choices,
        "chosen": chosen,
        "plans": [_plan(quote) for quote in quotes],
    }
    return render(request, "merchant/credit/checkout.html", context)


@page
@open_to(MerchantUserRole.BUYER)
@require_http_methods(["GET", "POST"])
def confirm(request: MerchantRequest, quote_id: str) -> HttpResponseBase:
    """Amount, due dates and total once more; confirming reserves the amount for the order."""
    embed, at = request.embed, clock.now()
    quote = _own_quote(request, quote_id)
    if request.method == "GET":
        context = {"tenant": current_tenant(), "embed": embed, "plan": _plan(quote)}
        return render(request, "merchant/credit/confirm.html", context)
    actor = f"merchant:{embed.merchant_id}"
    with refusals_kept(line_id=quote.line_id, quote_id=quote.id, actor=actor, at=at):
        drawdown = request_drawdown(
            line_id=quote.line_id, quote_id=quote.id, external_id=_external_id(embed),
            placed_by=embed.user_external_id, actor=actor, at=at,
        )  # fmt: skip
    return go("drawdown-show", drawdown.id)


@page
@open_to()
@require_safe
def drawdown(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """What became of the order: reserved, shipped, repaid, canceled."""
    found = own_drawdown(request, drawdown_id)
    context = {
        "tenant": current_tenant(),
        "drawdown": found,
        "plan": _plan(Quote.objects.get(pk=found.quote_id)),
        "return_url": request.embed.return_url,
    }
    return render(request, "merchant/credit/drawdown.html", context)


def own_drawdown(request: MerchantRequest, drawdown_id: str) -> Drawdown:
    """The visiting merchant's drawdown. Raises DrawdownNotFound for anybody else's."""
    try:
        found: Drawdown | None = Drawdown.objects.filter(
            pk=drawdown_id, merchant_id=request.embed.merchant_id
        ).first()
    except ValueError:
        found = None
    if found is None:
        raise DrawdownNotFound
    return found


def _own_quote(request: MerchantRequest, quote_id: str) -> Quote:
    embed = request.embed
    try:
        found: Quote | None = Quote.objects.filter(
            pk=quote_id,
            merchant_id=embed.merchant_id,
            order_no=embed.order_no,
            amount_minor=embed.amount_minor,
        ).first()
    except ValueError:
        found = None
    if found is None:
        raise QuoteNotFound(field="quote")
    return found


def _chosen(choices: Sequence[CouponChoice], wanted: str) -> CouponChoice | None:
    """The coupon asked for, none where that was asked for, else the best."""
    usable = [one for one in choices if one.reason is None]
    if wanted == WITHOUT or not usable:
        return None
    return next((one for one in usable if one.discount.id == wanted), usable[0])


def _quotes(
    line: CreditLine, embed: EmbedSession, chosen: CouponChoice | None, at: datetime
) -> list[Quote]:
    """The quotes already made for this order and coupon while they hold, else new ones."""
    standing = Quote.objects.filter(
        line=line,
        order_no=embed.order_no,
        amount_minor=embed.amount_minor,
        value_on=open_day(),
        expires_at__gt=at,
    ).order_by("id")
    made = {
        (quote.option_code, quote.discount_id): quote
        for quote in standing
        if quote.order == embed.order
    }
    wanted = [
        (code, chosen.discount.id if chosen and code in chosen.saved_minor else None)
        for code in line.offer.option_codes
    ]
    if all(one in made for one in wanted):
        return [made[one] for one in wanted]
    return make_quotes(
        line_id=line.id,
        amount_minor=embed.amount_minor,
        order_no=embed.order_no,
        option_codes=None,
        at=at,
        discount_id=chosen.discount.id if chosen else None,
        order=embed.order,
    )


def _external_id(embed: EmbedSession) -> str:
    """One drawdown per order: two open pages cannot pay it twice; after a cancel it is free."""
    ended = Drawdown.objects.filter(
        merchant_id=embed.merchant_id,
        order_no=embed.order_no,
        status__in=["canceled", "expired"],
    ).count()
    return f"{embed.order_no}:{ended}"


def _plan(quote: Quote) -> dict[str, Any]:
    rows = [
        {
            **row,
            "due_on": date.fromisoformat(row["due_on"]),
            "amount_minor": row["principal_minor"]
            + row["interest_minor"]
            - row.get("discount_minor", 0),
        }
        for row in quote.plan
    ]
    return {
        "quote": quote,
        "name": option_name(quote.option_code),
        "rows": rows,
        "first": rows[0],
        "last": rows[-1],
        "is_single": len(rows) == 1,
        "total_minor": quote.total_minor,
    }
