"""The settlement account on an open line: shown masked, changed with a code and a day's wait."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from credit.interfaces.merchant.accounts import FIELDS
from credit.interfaces.merchant.onboarding import shown
from credit.queries.journey import journey
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import AccountChangeStatus, AccountKind, MerchantKind, StepUpPurpose
from tenants.models import AccountChange
from tenants.operations.account_changes import (
    WAIT,
    confirm_account_change,
    enter_account_change,
    stop_account_change,
)
from tenants.operations.step_up import send_code
from tenants.queries.account_changes import open_change
from tenants.queries.onboarding import account_of
from tenants.queries.step_up import latest_step_up, shown_code


@page
@require_http_methods(["GET", "POST"])
def show(request: MerchantRequest) -> HttpResponseBase:
    """The account on record, the change that waits, or the fields for another one."""
    if journey(request.embed.merchant_id, at=clock.now()).line is None:
        return go("journey-home")
    if request.method == "GET":
        return _page(request)
    said = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        change = enter_account_change(
            merchant_id=request.embed.merchant_id, actor=_actor(request), at=clock.now(), **said
        )
    except DomainError as refusal:
        return _page(request, refusal, typed=said)
    return _send(request, change)


@page
@require_http_methods(["GET", "POST"])
def confirm(request: MerchantRequest) -> HttpResponseBase:
    """What was entered, masked, and the field for the code."""
    change = open_change(request.embed.merchant_id)
    if change is None or change.status != AccountChangeStatus.ENTERED:
        return go("account-show")
    if request.method == "GET":
        return _code_page(request, change)
    try:
        confirm_account_change(
            session=request.embed, code=request.POST.get("code", ""), actor=_actor(request),
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _code_page(request, change, refusal)
    return go("account-show")


@page
@require_POST
def resend(request: MerchantRequest) -> HttpResponseBase:
    """Another code; the one before ends."""
    change = open_change(request.embed.merchant_id)
    if change is None or change.status != AccountChangeStatus.ENTERED:
        return go("account-show")
    return _send(request, change)


@page
@require_POST
def stop(request: MerchantRequest) -> HttpResponseBase:
    """Drop the change: nobody needs a code to leave everything as it is."""
    stop_account_change(
        merchant_id=request.embed.merchant_id, actor=_actor(request), at=clock.now()
    )
    return go("account-show")


def _send(request: MerchantRequest, change: AccountChange) -> HttpResponse:
    try:
        send_code(
            session=request.embed, purpose=StepUpPurpose.ACCOUNT, subject=change.id,
            actor=_actor(request), at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _code_page(request, change, refusal)
    return go("account-confirm")


def _page(
    request: MerchantRequest, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    merchant = request.embed.merchant
    is_alone = merchant.kind == MerchantKind.NATURAL_PERSON
    start = {
        "kind": AccountKind.CARD if is_alone else AccountKind.CORPORATE,
        "holder_name": "" if is_alone else merchant.name,
    }
    change = open_change(merchant.id)
    context = {
        "known": account_of(merchant.id),
        "waiting": change if change and change.status == AccountChangeStatus.WAITING else None,
        "typed": start, "is_alone": is_alone, "hours": int(WAIT.total_seconds() // 3600), **more,
    }  # fmt: skip
    return shown(request, "merchant/credit/account_change.html", refusal, **context)


def _code_page(
    request: MerchantRequest, change: AccountChange, refusal: DomainError | None = None
) -> HttpResponse:
    at = clock.now()
    sent = latest_step_up(request.embed, purpose=StepUpPurpose.ACCOUNT, subject=change.id)
    is_good = sent is not None and sent.used_at is None and at < sent.expires_at
    return shown(
        request, "merchant/credit/account_code.html", refusal, change=change,
        sent=sent if is_good else None, digits=shown_code(sent, at=at) if sent else "",
        hours=int(WAIT.total_seconds() // 3600),
    )  # fmt: skip


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"
