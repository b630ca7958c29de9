"""Grace and overdue: what is owed today, what a day more costs, and ways out."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit.enums import DisputeReason
from credit.interfaces.merchant.checkout import own_drawdown
from credit.models import Drawdown
from credit.operations.disputes import open_dispute
from credit.operations.extensions import ask_extension
from credit.operations.promises import make_promise
from credit.queries.business_day import open_day
from credit.queries.collections import disputes, extensions, promises
from credit.queries.delinquency import PastDue, collection_rules, past_due
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Forbidden, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.money import yuan_to_minor
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole
from tenants.queries.tenants import current_tenant

CHOICES_OF_DAYS: Final = (7, 15, 30)


@page
@open_to(MerchantUserRole.FINANCE)
@require_safe
def show(request: MerchantRequest) -> HttpResponseBase:
    """Everything past due of the visiting merchant; without any, the bills."""
    rows = _rows(request)
    return _page(request, rows) if rows else go("bill-list")


@page
@open_to(MerchantUserRole.FINANCE)
@require_POST
def promise(request: MerchantRequest) -> HttpResponseBase:
    """The merchant names an amount and a day."""
    rows = _rows(request)
    if not rows:
        return go("bill-list")
    typed = {name: request.POST.get(name, "").strip() for name in ("amount", "by_on")}
    try:
        amount, by_on = yuan_to_minor(typed["amount"]), date.fromisoformat(typed["by_on"])
    except ValueError:
        text = _("Enter an amount in yuan and a day, such as 1,280.00 and 2026-12-05.")
        return _page(request, rows, typed=typed, error=text)
    try:
        make_promise(
            merchant_id=request.embed.merchant_id,
            amount_minor=amount,
            by_on=by_on,
            note="",
            actor=_actor(request),
            at=clock.now(),
        )
    except DomainError as refused:
        return _page(request, rows, typed=typed, error=say(refused))
    return go("overdue-show")


@page
@require_http_methods(["GET", "POST"])
def extension(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """Ask for more days for one order; a person answers."""
    drawdown = own_drawdown(request, drawdown_id)
    longest = collection_rules().extension_days
    context: dict[str, Any] = {
        "drawdown": drawdown,
        "choices": [days for days in CHOICES_OF_DAYS if days <= longest] or [longest],
        "longest": longest,
        "days": request.POST.get("days", ""),
        "words": request.POST.get("words", ""),
    }
    if request.method == "POST":
        try:
            ask_extension(
                drawdown_id=drawdown.id,
                days=_number(request.POST.get("days", "")),
                words=request.POST.get("words", ""),
                actor=_actor(request),
                at=clock.now(),
            )
        except DomainError as refused:
            return _form(request, "extension", drawdown, context, refused)
        return go("overdue-show")
    return _form(request, "extension", drawdown, context, None)


@page
@require_http_methods(["GET", "POST"])
def dispute(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """Say what is wrong with an order; reminders and calls rest until it is answered."""
    drawdown = own_drawdown(request, drawdown_id)
    reason = request.POST.get("reason", "")
    context: dict[str, Any] = {
        "drawdown": drawdown,
        "reasons": DisputeReason.choices,
        "reason": reason,
        "words": request.POST.get("words", ""),
    }
    if request.method == "POST":
        try:
            open_dispute(
                drawdown_id=drawdown.id,
                reason=_reason(reason),
                words=request.POST.get("words", ""),
                actor=_actor(request),
                at=clock.now(),
            )
        except DomainError as refused:
            return _form(request, "dispute", drawdown, context, refused)
        return go("overdue-show")
    return _form(request, "dispute", drawdown, context, None)


def _rows(request: MerchantRequest) -> list[PastDue]:
    return past_due(on=open_day(), merchant_ids=[request.embed.merchant_id])


def _page(
    request: MerchantRequest,
    rows: Sequence[PastDue],
    *,
    typed: dict[str, str] | None = None,
    error: str = "",
) -> HttpResponse:
    merchant_id = request.embed.merchant_id
    drawdowns = Drawdown.objects.filter(pk__in=[row.drawdown_id for row in rows])
    lenders = {one.funding_source for one in drawdowns.select_related("funding_source")}
    late = any(row.is_overdue for row in rows)
    graces = [row.grace_until_on for row in rows if not row.is_overdue]
    context = {
        "tenant": current_tenant(),
        "on": open_day(),
        "rows": rows,
        "is_overdue": late,
        "dpd": max(row.dpd for row in rows),
        "owed_minor": sum(row.owed_minor for row in rows),
        "penalty_minor": sum(row.penalty_minor for row in rows),
        "a_day_minor": sum(row.penalty_a_day_minor for row in rows if row.is_overdue),
        "later_minor": sum(row.penalty_a_day_minor for row in rows if not row.is_overdue),
        "grace_until_on": min(graces, default=None),
        "promises": [one for one in promises(merchant_id) if one.status == "open"],
        "disputes": [one for one in disputes(merchant_id) if one.status == "open"],
        "extensions": [one for one in extensions(merchant_id) if one.status == "asked"],
        "lenders": sorted(lenders, key=lambda one: one.name),
        "typed": typed or {},
        "error": error,
    }
    return render(request, "merchant/credit/overdue.html", context, status=422 if error else 200)


def _form(
    request: MerchantRequest,
    name: str,
    drawdown: Drawdown,
    context: dict[str, Any],
    refused: DomainError | None,
) -> HttpResponse:
    """The form, with what was refused said in place."""
    if isinstance(refused, NotFound | Forbidden):
        raise refused
    context |= {
        "tenant": current_tenant(),
        "rows": past_due(on=open_day(), drawdown_ids=[drawdown.id]),
        "error": say(refused) if refused else "",
        "wrong": refused.field if refused else None,
    }
    status = 422 if refused else 200
    return render(request, f"merchant/credit/{name}.html", context, status=status)


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"


def _number(text: str) -> int:
    """Days as typed; what is no number is none, which the operation refuses."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0  # noqa: PLR2004


def _reason(text: str) -> DisputeReason:
    return DisputeReason(text) if text in DisputeReason.values else DisputeReason.OTHER
