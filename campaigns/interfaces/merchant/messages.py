"""消息: the inbox, one message with the way to the page that acts, and the dot in the shell."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from campaigns.operations.messages import read_all_messages, read_message
from campaigns.queries.messages import inbox, letter, unread_count
from platform_app.kernel import clock
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant


@page
@require_safe
def listing(request: MerchantRequest) -> HttpResponseBase:
    """What happened, the newest first."""
    letters = inbox(request.embed.merchant_id)
    context = {
        "tenant": current_tenant(),
        "letters": letters,
        "has_unread": any(not one.is_read for one in letters),
    }
    return render(request, "merchant/campaigns/messages.html", context)


@page
@require_safe
def show(request: MerchantRequest, message_id: str) -> HttpResponseBase:
    """One message; opening it is reading it."""
    row = read_message(message_id=message_id, merchant_id=request.embed.merchant_id, at=clock.now())
    found = letter(row)
    args = [found.page_of] if found.page_of else []
    context = {
        "tenant": current_tenant(),
        "letter": found,
        "to": reverse(f"merchant:{found.page}", args=args),
    }
    return render(request, "merchant/campaigns/message.html", context)


@page
@require_POST
def read_all(request: MerchantRequest) -> HttpResponseBase:
    """Everything is read."""
    read_all_messages(merchant_id=request.embed.merchant_id, at=clock.now())
    return go("message-list")


@page
@require_safe
def unread(request: MerchantRequest) -> HttpResponseBase:
    """How many are unread: the dot that the shell fetches for itself."""
    context = {"count": unread_count(request.embed.merchant_id)}
    return render(request, "merchant/campaigns/_unread.html", context)
