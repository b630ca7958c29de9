"""The offer, the cost sheet that has to be read, the signature."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credit.domain.terms import ProductTerms
from credit.errors import LineNotFound, OfferNotFound
from credit.interfaces.merchant.samples import option_name, samples
from credit.interfaces.merchant.signing import agreement, open_offer, paragraphs, sign
from credit.models import Offer
from credit.operations.contract_proofs import verify_contract
from credit.operations.offers import start_reading
from credit.queries.agreements import latest_contract
from credit.queries.business_day import open_day
from credit.queries.journey import journey
from credit.queries.signing import signature_of_contract
from platform_app.kernel import clock
from risk.queries.reasons import reasons_for
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant

FIRST_SAMPLE_MINOR = 1_000_000
STEP_MINOR = 10_000
MOST_DIGITS = 15


@page
@require_safe
def show(request: MerchantRequest) -> HttpResponseBase:
    """Limit, price and the options side by side."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    decision = offer.application.decision
    return render(
        request,
        "merchant/credit/offer.html",
        _sampled(request, offer) | {"reasons": reasons_for(decision.reasons)[:3]},
    )


@page
@require_POST
def sample(request: MerchantRequest) -> HttpResponseBase:
    """The options again for the amount the slider stands at."""
    offer = open_offer(request)
    if offer is None:
        raise OfferNotFound
    return render(request, "merchant/credit/_samples.html", _sampled(request, offer))


@page
@require_POST
def read(request: MerchantRequest) -> HttpResponseBase:
    """The server notes when the cost sheet was opened, then shows it."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    start_reading(offer_id=offer.id, at=clock.now())
    return go("offer-sheet")


@page
@require_safe
def sheet(request: MerchantRequest) -> HttpResponseBase:
    """The cost sheet, with the seconds still to be read."""
    offer = open_offer(request)
    if offer is None or offer.read_started_at is None:
        return go("journey-home")
    return _sheet(request, offer)


@page
@require_POST
def accept(request: MerchantRequest) -> HttpResponseBase:
    """The tick, then the signature."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    if request.POST.get("agreed") != "yes":
        return _sheet(request, offer, error=_("Please confirm that you have read the cost sheet."))
    return sign(request, offer)


@page
@require_safe
def done(request: MerchantRequest) -> HttpResponseBase:
    """The line is open; what to do next."""
    line = journey(request.embed.merchant_id, at=clock.now()).line
    if line is None:
        return go("journey-home")
    has_order = bool(request.embed.order_no and request.embed.amount_minor)
    contract = latest_contract(line.id)
    context = {
        "tenant": current_tenant(),
        "line": line,
        "has_order": has_order,
        "signature": signature_of_contract(contract.id) if contract else None,
    }
    return render(request, "merchant/credit/done.html", context)


@page
@require_safe
def contract(request: MerchantRequest) -> HttpResponseBase:
    """The agreement as it was signed."""
    line = journey(request.embed.merchant_id, at=clock.now()).line
    if line is None:
        raise LineNotFound
    proof = verify_contract(line_id=line.id)
    context = {
        "tenant": current_tenant(),
        "contract": proof.contract,
        "proof": proof,
        "paragraphs": paragraphs(proof.contract.text),
    }
    return render(request, "merchant/credit/contract.html", context)


def _sampled(request: MerchantRequest, offer: Offer) -> dict[str, Any]:
    product = ProductTerms.from_json(offer.product_version.terms)
    asked = request.POST.get("amount", "")
    amount = int(asked) if asked.isdecimal() and len(asked) <= MOST_DIGITS else FIRST_SAMPLE_MINOR
    amount = max(product.minimum_minor, min(amount, offer.limit_minor))
    on = open_day()
    return {
        "tenant": current_tenant(),
        "offer": offer,
        "product": product,
        "amount_minor": amount,
        "step_minor": STEP_MINOR,
        "samples": samples(product, _rates(offer), amount, on),
    }


def _rates(offer: Offer) -> dict[str, Decimal]:
    told = offer.option_rates
    return {code: Decimal(told.get(code, offer.annual_rate)) for code in offer.option_codes}


def _sheet(request: MerchantRequest, offer: Offer, error: str = "") -> HttpResponse:
    body = offer.cost_sheet.body
    seconds = settings.COST_SHEET_READ_SECONDS
    read_for = (clock.now() - (offer.read_started_at or clock.now())).total_seconds()
    rows = [{**row, "name": option_name(row["option"])} for row in body["samples"]]
    context = {
        "tenant": current_tenant(),
        "offer": offer,
        "paragraphs": agreement(offer),
        "sheet": body,
        "rows": rows,
        "interest": body["items"][0],
        "penalty": body["contingent"][0],
        "fees": body["items"][1:],
        "late_fees": body["contingent"][1:],
        "seconds": seconds,
        "seconds_left": max(0, seconds - int(read_for)),
        "error": error,
    }
    return render(request, "merchant/credit/sheet.html", context, status=422 if error else 200)
