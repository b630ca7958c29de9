"""消息: the inbox, one message with the way to the page that acts, and the dot in the shell."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from campaigns.interfaces.merchant.who import role_of
from campaigns.operations.messages import read_all_messages, read_message
from campaigns.queries.messages import has_unread, inbox, letter, unread_count
from platform_app.kernel import clock
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant


@page
@open_to()
@require_safe
def listing(request: MerchantRequest) -> HttpResponseBase:
    """What happened and concerns this user, the newest first."""
    merchant_id, role = request.embed.merchant_id, role_of(request)
    letters = inbox(merchant_id, role=role)
    context = {
        "tenant": current_tenant(),
        "letters": letters,
        "has_unread": has_unread(letters, merchant_id, role=role),
    }
    return render(request, "merchant/campaigns/messages.html", context)


@page
@open_to()
@require_safe
def show(request: MerchantRequest, message_id: str) -> HttpResponseBase:
    """One message; opening it is reading it."""
    row = read_message(
        message_id=message_id, merchant_id=request.embed.merchant_id, role=role_of(request),
        at=clock.now(),
    )  # fmt: skip
    found = letter(row)
    args = [found.page_of] if found.page_of else []
    context = {
        "tenant": current_tenant(),
        "letter": found,
        "to": reverse(f"merchant:{found.page}", args=args),
    }
    return render(request, "merchant/campaigns/message.html", context)


@page
@open_to()
@require_POST
def read_all(request: MerchantRequest) -> HttpResponseBase:
    """Everything that concerns this user is read."""
    read_all_messages(merchant_id=request.embed.merchant_id, role=role_of(request), at=clock.now())
    return go("message-list")


@page
@open_to()
@require_safe
def unread(request: MerchantRequest) -> HttpResponseBase:
    """How many are unread: the dot that the shell fetches for itself."""
    context = {"count": unread_count(request.embed.merchant_id, role=role_of(request))}
    return render(request, "merchant/campaigns/_unread.html", context)
