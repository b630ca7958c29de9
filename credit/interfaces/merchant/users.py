"""Users of a firm: the owner's list, joining by a code, and what is the owner's alone."""

from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit.interfaces.merchant.onboarding import shown
from credit.queries.business_day import open_day
from credit.queries.user_caps import drawn_in_month
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.money import format_yuan, yuan_to_minor
from tenants.access.answers import STRANGER, go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole
from tenants.errors import OwnerStays
from tenants.operations.merchant_users import (
    INVITED_ROLES,
    change_user,
    invite_user,
    join,
    remove_user,
    send_join_code,
)
from tenants.queries.merchant_users import joining, list_users, user_of
from tenants.queries.step_up import shown_code
from tenants.queries.tenants import current_tenant

MOST_YUAN_MINOR: Final = 10**15


@page
@require_http_methods(["GET", "POST"])
def listing(request: MerchantRequest) -> HttpResponseBase:
    """Who may use the line, how much of the month each has drawn, and inviting another."""
    if request.method == "GET":
        return _list(request)
    said = request.POST
    try:
        invite_user(
            merchant_id=request.embed.merchant_id, name=said.get("name", ""),
            phone=said.get("phone", ""), invited_by=request.embed.user_external_id,
            actor=_actor(request), at=clock.now(), **_powers(request),
        )  # fmt: skip
    except DomainError as refusal:
        return _list(request, refusal)
    return go("user-list")


@page
@require_http_methods(["GET", "POST"])
def change(request: MerchantRequest, user_id: str) -> HttpResponseBase:
    """Another role or other caps for one user."""
    user = user_of(request.embed.merchant_id, user_id)
    typed = {
        "role": user.role,
        "drawdown_cap": _yuan(user.drawdown_cap_minor),
        "month_cap": _yuan(user.month_cap_minor),
    }
    if request.method == "GET":
        return _change(request, user, typed)
    try:
        change_user(
            merchant_id=request.embed.merchant_id, user_id=user.id, actor=_actor(request),
            at=clock.now(), **_powers(request),
        )  # fmt: skip
    except DomainError as refusal:
        return _change(request, user, {name: request.POST.get(name, "") for name in typed}, refusal)
    return go("user-list")


@page
@require_POST
def remove(request: MerchantRequest, user_id: str) -> HttpResponseBase:
    """Let a user go."""
    try:
        remove_user(
            merchant_id=request.embed.merchant_id, user_id=user_id, actor=_actor(request),
            at=clock.now(),
        )  # fmt: skip
    except OwnerStays as refusal:
        user = user_of(request.embed.merchant_id, user_id)
        return _change(request, user, {"role": user.role}, refusal)
    return go("user-list")


@page
@open_to(STRANGER)
@require_http_methods(["GET", "POST"])
def joins(request: MerchantRequest) -> HttpResponseBase:
    """The invited number, then a code to it."""
    if request.method == "GET":
        return _join(request)
    try:
        send_join_code(
            session=request.embed, phone=request.POST.get("phone", ""), actor=_actor(request),
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _join(request, refusal)
    return go("user-join")


@page
@open_to(STRANGER)
@require_POST
def confirm(request: MerchantRequest) -> HttpResponseBase:
    """The code: from here on the platform's visitor is this user."""
    try:
        join(
            session=request.embed, code=request.POST.get("code", ""), actor=_actor(request),
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _join(request, refusal)
    return go("journey-home")


@page
@open_to()
@require_safe
def stopped(request: MerchantRequest) -> HttpResponseBase:
    """A page that is not for this user's role, and who can help."""
    context = {"tenant": current_tenant(), "user": request.firm_user}
    return render(request, "merchant/credit/user_stopped.html", context)


def _list(request: MerchantRequest, refusal: DomainError | None = None) -> HttpResponse:
    merchant_id = request.embed.merchant_id
    users = list_users(merchant_id)
    is_capped = any(user.month_cap_minor is not None for user in users)
    drawn = drawn_in_month(merchant_id, open_day()) if is_capped else {}
    return shown(
        request, "merchant/credit/users.html", refusal, typed=request.POST, roles=_roles(),
        rows=[(user, drawn.get(user.phone_index, 0)) for user in users],
    )  # fmt: skip


def _change(
    request: MerchantRequest, user: Any, typed: dict[str, str], refusal: DomainError | None = None
) -> HttpResponse:
    return shown(
        request, "merchant/credit/user.html", refusal, user=user, typed=typed, roles=_roles()
    )


def _join(request: MerchantRequest, refusal: DomainError | None = None) -> HttpResponse:
    at, sent = clock.now(), joining(request.embed)
    is_good = sent is not None and at < sent.expires_at and "again" not in request.GET
    return shown(
        request, "merchant/credit/user_join.html", refusal, typed=request.POST,
        sent=sent if is_good else None, is_named=bool(request.embed.user_external_id),
        digits=shown_code(sent, at=at) if sent else "",
    )  # fmt: skip


def _powers(request: MerchantRequest) -> dict[str, Any]:
    """Role and caps as typed; caps of whoever is no buyer are not asked for."""
    role = request.POST.get("role", "")
    is_buyer = role == MerchantUserRole.BUYER
    return {
        "role": role,
        "drawdown_cap_minor": _cap(request, "drawdown_cap") if is_buyer else None,
        "month_cap_minor": _cap(request, "month_cap") if is_buyer else None,
    }


def _cap(request: MerchantRequest, field: str) -> int | None:
    text = request.POST.get(field, "").strip()
    if not text:
        return None
    try:
        return min(yuan_to_minor(text), MOST_YUAN_MINOR)
    except ValueError:
        raise Invalid(field=field) from None


def _yuan(minor: int | None) -> str:
    return "" if minor is None else format_yuan(minor)


def _roles() -> list[tuple[str, str]]:
    return [(str(role), str(role.label)) for role in INVITED_ROLES]


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"
