"""回电: choosing, changing and taking back a time to be called."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.errors import SlotNotOffered
from campaigns.interfaces.merchant.who import actor_of
from campaigns.operations.follow_ups import book_call_back, cancel_call_back
from campaigns.queries import follow_ups as queries
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant


@page
@open_to()
@require_http_methods(["GET", "POST"])
def book(request: MerchantRequest) -> HttpResponseBase:
    """The next five working days with their times; the booked one is marked."""
    merchant_id, at = request.embed.merchant_id, clock.now()
    chosen, words, error = request.POST.get("slot", ""), request.POST.get("words", ""), ""
    if request.method == "POST":
        try:
            slot = queries.slot_of(chosen)
            if slot is None:
                raise SlotNotOffered(field="slot")
            book_call_back(
                merchant_id=merchant_id, slot=slot, words=words,
                actor=actor_of(request), at=at,
            )  # fmt: skip
        except NotFound:
            raise
        except DomainError as refusal:
            error = say(refusal)
        else:
            return go("follow_up-book")
    booked = queries.booked_call_back(merchant_id)
    context = {
        "tenant": current_tenant(),
        "days": queries.choices(at=at),
        "call_back": booked,
        "is_call_owed": queries.is_call_owed(booked, at=at),
        "chosen": queries.slot_of(chosen) or (booked.slot if booked else None),
        "words": words or (booked.words if booked else ""),
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "merchant/campaigns/call_back.html", context, status=status)


@page
@open_to()
@require_POST
def cancel(request: MerchantRequest) -> HttpResponseBase:
    """No call after all."""
    merchant_id = request.embed.merchant_id
    cancel_call_back(merchant_id=merchant_id, actor=actor_of(request), at=clock.now())
    return go("ticket-list")


@page
@open_to()
@require_safe
def slip(request: MerchantRequest) -> HttpResponseBase:
    """The booked time, or the way to choose one: a part of other pages, fetched by them."""
    booked = queries.booked_call_back(request.embed.merchant_id)
    context = {
        "call_back": booked,
        "is_call_owed": queries.is_call_owed(booked, at=clock.now()),
    }
    return render(request, "merchant/campaigns/_call_back.html", context)
