"""Signing an offer: the agreement to read, the code to confirm with, waiting for a bureau."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credit.errors import ConsentMissing
from credit.models import Offer
from credit.operations.signing import sign_offer
from credit.queries.agreements import NOT_YET, agreement_text
from credit.queries.journey import journey
from credit.queries.signing import OPEN, signature_of_offer
from platform_app.kernel import clock
from platform_app.kernel.http import say
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import StepUpPurpose
from tenants.errors import (
    CodeExpired,
    CodeNeeded,
    CodeSpent,
    CodesTooMany,
    CodeTooSoon,
    CodeWrong,
    FaceCheckNeeded,
)
from tenants.models import StepUp
from tenants.operations.step_up import check_code, send_code
from tenants.queries.step_up import latest_step_up, shown_code
from tenants.queries.tenants import current_tenant


def sign(request: MerchantRequest, offer: Offer) -> HttpResponse:
    """Sign what was read; a merchant with a phone is first sent a code and asked for it."""
    try:
        line = sign_offer(
            offer_id=offer.id,
            cost_sheet_sha256=request.POST.get("cost_sheet_sha256", ""),
            evidence={
                "ip": request.META.get("REMOTE_ADDR", ""),
                "user_agent": request.headers.get("User-Agent", "")[:500],
                "session": request.embed.id,
            },
            visit=request.embed,
            actor=f"merchant:{request.embed.merchant_id}",
            at=clock.now(),
        )
    except ConsentMissing:
        return go("consent-list")
    except FaceCheckNeeded:
        return go("face-show")
    except (CodeNeeded, CodeExpired):
        return go("offer-sign") if _good_code(request, offer) else _send(request, offer)
    return go("offer-done" if line else "offer-signing")


@page
@require_safe
def show(request: MerchantRequest) -> HttpResponseBase:
    """The agreement with its weighty clauses, and the field for the code."""
    offer = open_offer(request)
    if offer is None or offer.read_started_at is None:
        return go("journey-home")
    return _page(request, offer)


@page
@require_POST
def confirm(request: MerchantRequest) -> HttpResponseBase:
    """The code, then the signature."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    try:
        check_code(
            session=request.embed, purpose=StepUpPurpose.SIGN, subject=offer.id,
            code=request.POST.get("code", ""), at=clock.now(),
        )  # fmt: skip
    except (CodeWrong, CodeSpent, CodeExpired, CodeNeeded) as refusal:
        return _page(request, offer, error=say(refusal))
    return sign(request, offer)


@page
@require_POST
def resend(request: MerchantRequest) -> HttpResponseBase:
    """Another code; the one before ends."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    return _send(request, offer)


@page
@require_safe
def waiting(request: MerchantRequest) -> HttpResponseBase:
    """The bureau is signing; the page looks again by itself."""
    where = journey(request.embed.merchant_id, at=clock.now())
    if where.line is not None:
        return go("offer-done")
    if where.offer is None:
        return go("journey-home")
    row = signature_of_offer(where.offer.id)
    context = {
        "tenant": current_tenant(),
        "signature": row,
        "is_waiting": row is not None and row.status in OPEN,
    }
    return render(request, "merchant/credit/signing.html", context)


def open_offer(request: MerchantRequest) -> Offer | None:
    """The offer this visit may sign."""
    where = journey(request.embed.merchant_id, at=clock.now())
    return where.offer if where.stage == "approved" else None


def paragraphs(text: str) -> list[list[tuple[str, bool]]]:
    """`plain **weighty** plain` → parts with a mark on the weighty ones, a paragraph a line."""
    return [
        [(part, index % 2 == 1) for index, part in enumerate(line.split("**")) if part]
        for line in text.splitlines()
        if line.strip()
    ]


def agreement(offer: Offer) -> list[list[tuple[str, bool]]]:
    """The agreement as it would be signed today."""
    return paragraphs(agreement_text(offer, line_id=NOT_YET, on=clock.day_of(clock.now())))


def _send(request: MerchantRequest, offer: Offer) -> HttpResponse:
    """Send a code; who asks too soon keeps the one they have."""
    try:
        send_code(
            session=request.embed, purpose=StepUpPurpose.SIGN, subject=offer.id,
            actor=f"merchant:{request.embed.merchant_id}", at=clock.now(),
        )  # fmt: skip
    except (CodeTooSoon, CodesTooMany) as refusal:
        return _page(request, offer, error=say(refusal))
    return go("offer-sign")


def _good_code(request: MerchantRequest, offer: Offer) -> StepUp | None:
    """The code that can still be entered in this visit."""
    sent = latest_step_up(request.embed, purpose=StepUpPurpose.SIGN, subject=offer.id)
    is_good = sent is not None and sent.used_at is None and clock.now() < sent.expires_at
    return sent if is_good else None


def _page(request: MerchantRequest, offer: Offer, error: str = "") -> HttpResponse:
    sent = _good_code(request, offer)
    context: dict[str, Any] = {
        "tenant": current_tenant(),
        "offer": offer,
        "paragraphs": agreement(offer),
        "sent": sent,
        "shown": shown_code(sent, at=clock.now()) if sent else "",
        "error": error or ("" if sent else _("The code is no longer valid. Ask for a new one.")),
    }
    return render(request, "merchant/credit/sign.html", context, status=422 if error else 200)
