"""邀请: a merchant's own invitation with its rules, and the card whoever was invited sees."""

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from campaigns.domain.invitations import masked_firm
from campaigns.enums import ReferralReason, ReferralStatus
from campaigns.gateways.pictures import qr_data_uri
from campaigns.models import Referral
from campaigns.operations.invitations import issue_link, revoke_link
from campaigns.queries.invitations import inviting
from campaigns.queries.referrals import invitation_told, program_now
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, gettext_noop
from platform_app.kernel.http import say
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant

PLAINLY: Final = timedelta(days=1)
# To whoever was invited; nothing is said of how the inviter stands.
WHY_NOT: Final = {
    ReferralReason.KNOWN: gettext_noop(
        "You have been with us before, so the invitation does not count."
    ),
    ReferralReason.BROUGHT: gettext_noop(
        "Somebody else brought you to us first, so the invitation does not count."
    ),
    ReferralReason.CAP: gettext_noop(
        "Whoever invited you has invited their full number this month; the invitation does not"
        " count."
    ),
    ReferralReason.SAME_FIRM: gettext_noop(
        "Both shops belong to the same people, so the invitation does not count."
    ),
}
ANY_OTHER: Final = gettext_noop("The invitation does not count at the moment.")


@page
@require_safe
def show(request: MerchantRequest) -> HttpResponseBase:
    """Rules, my link and QR code, whom I invited, what I earned."""
    return _show(request, "")


@page
@require_POST
def issue(request: MerchantRequest) -> HttpResponseBase:
    """My link, or a new one: whatever I handed on before no longer counts."""
    merchant_id = request.embed.merchant_id
    try:
        issue_link(merchant_id=merchant_id, actor=f"merchant:{merchant_id}", at=clock.now())
    except DomainError as refusal:
        return _show(request, say(refusal), status=422)
    return go("referral-show")


@page
@require_POST
def revoke(request: MerchantRequest) -> HttpResponseBase:
    """Nobody can come with my link any more."""
    merchant_id = request.embed.merchant_id
    revoke_link(merchant_id=merchant_id, actor=f"merchant:{merchant_id}", at=clock.now())
    return go("referral-show")


@page
@require_safe
def slip(request: MerchantRequest) -> HttpResponseBase:
    """The way to the page from the line's, while the platform takes invitations."""
    merchant_id = request.embed.merchant_id
    program = program_now()
    refusal = _fresh_refusal(invitation_told(merchant_id))
    if program is None and not refusal:
        return HttpResponse(status=204)
    context = {"program": program, "refusal": refusal}
    return render(request, "merchant/campaigns/_invite.html", context)


@page
@require_safe
def card(request: MerchantRequest) -> HttpResponseBase:
    """Who invited, what both get and what the inviter learns; or why it does not count."""
    row = invitation_told(request.embed.merchant_id)
    refusal = _fresh_refusal(row)
    is_running = row is not None and row.status in {ReferralStatus.JOINED, ReferralStatus.HOLDING}
    if row is None or not (is_running or refusal):
        return HttpResponse(status=204)
    context = {"name": masked_firm(row.inviter.name), "row": row, "refusal": refusal}
    return render(request, "merchant/campaigns/_invited.html", context)


def _fresh_refusal(row: Referral | None) -> str:
    """What is said of an invitation that did not count, for a day."""
    if row is None or row.status != ReferralStatus.REFUSED or row.reason == ReferralReason.PERSON:
        return ""
    if clock.now() - row.joined_at > PLAINLY:
        return ""
    return gettext(WHY_NOT.get(ReferralReason(row.reason), ANY_OTHER))


def _show(request: MerchantRequest, error: str, *, status: int = 200) -> HttpResponse:
    found = inviting(request.embed.merchant_id, at=clock.now())
    context = {
        "tenant": current_tenant(),
        "inviting": found,
        "program": found.program,
        "image": qr_data_uri(found.url) if found.url else "",
        "error": error,
    }
    return render(request, "merchant/campaigns/invite.html", context, status=status)
