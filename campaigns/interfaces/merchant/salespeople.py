"""The card of whoever brought the merchant, a fragment of the landing page."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns.queries.attributions import attribution_of
from campaigns.queries.salespeople import display_name
from platform_app.kernel import clock
from tenants.access.answers import page
from tenants.access.embed import MerchantRequest


@page
@require_safe
def card(request: MerchantRequest) -> HttpResponseBase:
    """Name, masked phone and what they never ask for; 204 where nobody brought the merchant."""
    held = attribution_of(request.embed.merchant_id, at=clock.now())
    if held is None:
        return HttpResponse(status=204)
    context = {"salesperson": held.salesperson, "name": display_name(held.salesperson)}
    return render(request, "merchant/campaigns/_salesperson.html", context)
