"""What the reviewer asks for, handing it in, and taking the application back."""

from typing import Any

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from credit.enums import AskKind, AskStatus
from credit.interfaces.merchant.onboarding import shown
from credit.models import ApplicationAsk
from credit.operations.asks import answer_ask, resubmit_application
from credit.operations.withdrawals import OPEN, withdraw_application
from credit.queries.asks import list_asks
from credit.queries.journey import journey
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.operations.drafts import discard_draft
from tenants.queries.onboarding import draft

WAITING = (AskStatus.OPEN, AskStatus.ANSWERED)


@page
@require_http_methods(["GET", "POST"])
def asks(request: MerchantRequest) -> HttpResponseBase:
    """Every request with its place to answer; one button hands all of it in."""
    merchant_id = request.embed.merchant_id
    where = journey(merchant_id, at=clock.now())
    if where.stage != "action_required" or where.application is None:
        return go("journey-home")
    found = [one for one in list_asks(where.application.id) if one.status in WAITING]
    typed = draft(merchant_id, "asks")
    refusal = None
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        refusal = _handed_in(request, found, typed)
        if refusal is None:
            discard_draft(merchant_id=merchant_id, step="asks")
            return go("application-progress")
    context = {
        "journey": where,
        "rows": [_row(number, one, typed) for number, one in enumerate(found, start=1)],
    }
    return shown(request, "merchant/credit/asks.html", refusal, **context)


@page
@require_http_methods(["GET", "POST"])
def withdraw(request: MerchantRequest) -> HttpResponseBase:
    """Taking it back: what that means, then one button."""
    merchant_id = request.embed.merchant_id
    where = journey(merchant_id, at=clock.now())
    if where.application is None or where.application.status not in OPEN:
        return go("journey-home")
    if request.method == "GET":
        return shown(request, "merchant/credit/withdraw.html", journey=where)
    withdraw_application(
        application_id=where.application.id, reason=request.POST.get("reason", ""),
        actor=f"merchant:{merchant_id}", at=clock.now(),
    )  # fmt: skip
    return go("application-progress")


def _row(number: int, ask: ApplicationAsk, typed: dict[str, str]) -> dict[str, Any]:
    name = f"answer_{number}"
    return {"ask": ask, "name": name, "typed": typed.get(name) or ask.answer}


def _handed_in(
    request: MerchantRequest, found: list[ApplicationAsk], typed: dict[str, str]
) -> DomainError | None:
    by: dict[str, Any] = {"actor": f"merchant:{request.embed.merchant_id}", "at": clock.now()}
    try:
        for number, one in enumerate(found, start=1):
            words = typed.get(f"answer_{number}", "")
            if one.kind == AskKind.ANSWER and words.strip() != one.answer:
                answer_ask(
                    application_id=one.application_id, ask_id=one.id, answer=words,
                    attachment_id=None, **by,
                )  # fmt: skip
        resubmit_application(application_id=found[0].application_id, **by)
    except DomainError as refusal:
        return refusal
    return None
