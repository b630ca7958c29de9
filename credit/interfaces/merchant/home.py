"""The door of a visit, and the landing page with the estimate."""

from typing import Final

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from credit.domain.cost_sheet import SAMPLE_MINOR
from credit.domain.terms import ProductTerms
from credit.interfaces.merchant.samples import samples
from credit.queries.behavior import repayment_facts
from credit.queries.business_day import open_day
from credit.queries.journey import journey, price_range, published_version
from platform_app.kernel import clock
from risk.enums import Outcome
from risk.operations.decisions import prescreen
from risk.queries.reasons import reasons_for
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import EmbedComponent
from tenants.queries.tenants import current_tenant

FIRST_PAGE: Final = {
    "none": "estimate-start",
    "submitted": "application-progress",
    "in_review": "application-progress",
    "action_required": "application-asks",
    "withdrawn": "application-progress",
    "closed": "application-progress",
    "declined": "application-progress",
    "expired": "application-progress",
    "approved": "offer-show",
}
SERVICING: Final = {EmbedComponent.CHECKOUT: "checkout-show", EmbedComponent.BILLS: "bill-list"}


@page
@open_to()
@require_safe
def home(request: MerchantRequest) -> HttpResponseBase:
    """To the page that fits what the platform asked for and how far the merchant is."""
    if request.embed.component == EmbedComponent.HELP:
        return go("ticket-list")
    where = journey(request.embed.merchant_id, at=clock.now())
    if where.stage == "draft" and where.progress is not None:
        return go(where.progress.next_page)
    stage = where.stage
    component = EmbedComponent(request.embed.component)
    return go(FIRST_PAGE.get(stage) or SERVICING.get(component, "line-show"))


@page
@require_safe
def start(request: MerchantRequest) -> HttpResponseBase:
    """What order credit is, what it costs, how it goes."""
    version = published_version()
    product = ProductTerms.from_json(version.terms)
    low, high = price_range()
    example = samples(product, {product.options[0].code: high}, SAMPLE_MINOR, open_day())[0]
    context = {
        "tenant": current_tenant(),
        "journey": journey(request.embed.merchant_id, at=clock.now()),
        "low_rate": low,
        "high_rate": high,
        "example": example,
        "free_days": product.interest_free_days,
        "grace_days": product.grace_days,
    }
    return render(request, "merchant/credit/start.html", context)


@page
@require_POST
def estimate(request: MerchantRequest) -> HttpResponseBase:
    """A likely range from the orders on the platform; no credit bureau is asked."""
    merchant_id, at = request.embed.merchant_id, clock.now()
    on = open_day()
    answer = prescreen(
        merchant_id=merchant_id,
        as_of=at,
        decided_at=at,
        repayment=repayment_facts([merchant_id], on=on)[merchant_id],
        actor=f"merchant:{merchant_id}",
    )
    context = {
        "tenant": current_tenant(),
        "estimate": answer,
        "is_likely": answer.outcome == Outcome.APPROVE,
        "needs_review": answer.outcome == Outcome.REFER,
        "reasons": reasons_for(answer.reasons)[:3],
    }
    return render(request, "merchant/credit/estimate.html", context)
