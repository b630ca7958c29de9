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
from credit.models import Contract, Offer
from credit.operations.offers import accept_offer, start_reading
from credit.queries.business_day import open_day
from credit.queries.journey import journey
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
    offer = _open_offer(request)
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
    offer = _open_offer(request)
    if offer is None:
        raise OfferNotFound
    return render(request, "merchant/credit/_samples.html", _sampled(request, offer))


@page
@require_POST
def read(request: MerchantRequest) -> HttpResponseBase:
    """The server notes when the cost sheet was opened, then shows it."""
    offer = _open_offer(request)
    if offer is None:
        return go("journey-home")
    start_reading(offer_id=offer.id, at=clock.now())
    return go("offer-sheet")


@page
@require_safe
def sheet(request: MerchantRequest) -> HttpResponseBase:
    """The cost sheet, with the seconds still to be read."""
    offer = _open_offer(request)
    if offer is None or offer.read_started_at is None:
        return go("journey-home")
    return _sheet(request, offer)


@page
@require_POST
def accept(request: MerchantRequest) -> HttpResponseBase:
    """Sign: the line opens."""
    offer = _open_offer(request)
    if offer is None:
        return go("journey-home")
    if request.POST.get("agreed") != "yes":
        return _sheet(request, offer, error=_("Please confirm that you have read the cost sheet."))
    accept_offer(
        offer_id=offer.id,
        cost_sheet_sha256=request.POST.get("cost_sheet_sha256", ""),
        evidence={
            "ip": request.META.get("REMOTE_ADDR", ""),
            "user_agent": request.headers.get("User-Agent", "")[:500],
            "session": request.embed.id,
        },
        actor=f"merchant:{request.embed.merchant_id}",
        at=clock.now(),
    )
    return go("offer-done")


@page
@require_safe
def done(request: MerchantRequest) -> HttpResponseBase:
    """The line is open; what to do next."""
    line = journey(request.embed.merchant_id, at=clock.now()).line
    if line is None:
        return go("journey-home")
    has_order = bool(request.embed.order_no and request.embed.amount_minor)
    context = {"tenant": current_tenant(), "line": line, "has_order": has_order}
    return render(request, "merchant/credit/done.html", context)


@page
@require_safe
def contract(request: MerchantRequest) -> HttpResponseBase:
    """The agreement as it was signed."""
    line = journey(request.embed.merchant_id, at=clock.now()).line
    if line is None:
        raise LineNotFound
    signed = Contract.objects.get(line=line)
    context = {
        "tenant": current_tenant(),
        "contract": signed,
        "paragraphs": [_marked(text) for text in signed.text.splitlines() if text.strip()],
    }
    return render(request, "merchant/credit/contract.html", context)


def _open_offer(request: MerchantRequest) -> Offer | None:
    where = journey(request.embed.merchant_id, at=clock.now())
    return where.offer if where.stage == "approved" else None


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


def _marked(text: str) -> list[tuple[str, bool]]:
    """`plain **weighty** plain` → parts with a mark on the weighty ones."""
    return [(part, index % 2 == 1) for index, part in enumerate(text.split("**")) if part]
