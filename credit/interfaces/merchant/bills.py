"""The line, its bills, and repaying them."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit.enums import RepaymentChannel, SuspensionReason
from credit.errors import DrawdownNotFound, DrawdownNotRepaying
from credit.interfaces.merchant.changes import changes, moved_from
from credit.interfaces.merchant.checkout import own_drawdown
from credit.interfaces.merchant.samples import option_name
from credit.models import Drawdown, Repayment
from credit.operations.booking import happening
from credit.operations.repayments import record_repayment
from credit.queries.business_day import open_day
from credit.queries.journey import RUNNING, journey, list_bills, list_drawdowns
from credit.queries.lines import temporary_limits
from credit.queries.loan_events import loan_events
from credit.queries.payoff import Payoff, count_periods, payoff
from credit.queries.plans import derived
from credit.queries.previews import figures as figures_of
from credit.queries.previews import payment
from platform_app.kernel import clock, ids
from platform_app.kernel.money import format_yuan, yuan_to_minor
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole
from tenants.models import Tenant
from tenants.queries.tenants import current_tenant

CHOICES = ("due", "all", "other")


@page
@open_to()
@require_safe
def line(request: MerchantRequest) -> HttpResponseBase:
    """Available, used and reserved; the next bill; the latest orders."""
    embed = request.embed
    where = journey(embed.merchant_id, at=clock.now())
    if where.line is None:
        return go("journey-home")
    found = where.line
    base = max(found.total_minor, found.used_minor + found.held_minor, 1)
    active = [one for one in temporary_limits(found.id) if one.status == "active"]
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "line": found,
        "reason": dict(SuspensionReason.choices).get(found.status_reason, ""),
        "temporary_until": min((one.until_on for one in active), default=None),
        "bar": _bar(found.used_minor / base, found.held_minor / base),
        "bill": list_bills(embed.merchant_id).first(),
        "drawdowns": list_drawdowns(embed.merchant_id)[:5],
        "has_order": bool(embed.order_no and embed.amount_minor),
        "return_url": embed.return_url,
        "as_of": clock.now(),
    }
    return render(request, "merchant/credit/line.html", context)


@page
@open_to()
@require_safe
def bills(request: MerchantRequest) -> HttpResponseBase:
    """What is to be paid, month by month, and what was paid off."""
    merchant_id = request.embed.merchant_id
    where = journey(merchant_id, at=clock.now())
    rows = list(list_bills(merchant_id))
    months = [
        (month, list(group)) for month, group in groupby(rows, lambda r: r.due_on.replace(day=1))
    ]
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "months": months,
        "on": open_day(),
        "total_minor": sum(row.owed_minor for row in rows),
        "paid_off": list_drawdowns(merchant_id).filter(status="paid_off")[:10],
    }
    return render(request, "merchant/credit/bills.html", context)


@page
@open_to()
@require_safe
def bill(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """One drawdown: its installments, and what has been paid."""
    drawdown = own_drawdown(request, drawdown_id)
    if not drawdown.captured_minor:
        return go("drawdown-show", drawdown.id)
    events = loan_events(drawdown.id)
    answer = derived(drawdown, [happening(one) for one in events], as_of=open_day())
    moved = moved_from(drawdown, answer)
    figures = figures_of(answer)
    context = {
        "tenant": current_tenant(),
        "drawdown": drawdown,
        "option": option_name(drawdown.option_code),
        "annual_rate": drawdown.terms["annual_rate"],
        "on": answer.as_of,
        "figures": figures,
        "rows": [(row, moved.get(row.seq)) for row in figures.rows],
        "changes": changes(events, answer),
        "repayments": Repayment.objects.filter(drawdown=drawdown).order_by("-id"),
        "is_running": drawdown.status in RUNNING,
    }
    return render(request, "merchant/credit/bill.html", context)


@page
@open_to(MerchantUserRole.FINANCE)
@require_safe
def settle(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """Paying everything off today: what it takes, what it saves, until when it holds."""
    drawdown = own_drawdown(request, drawdown_id)
    if drawdown.status not in RUNNING:
        return go("bill-show", drawdown.id)
    tenant, figures = current_tenant(), payoff(drawdown)
    planned = figures.payoff_minor + figures.saved_minor
    context = {
        "tenant": tenant,
        "drawdown": drawdown,
        "annual_rate": drawdown.terms["annual_rate"],
        "figures": figures,
        "planned_minor": planned,
        "is_simulated": is_simulated(tenant),
        "key": f"{request.embed.id}:{ids.new_id('pay')}",
    }
    return render(request, "merchant/credit/settle.html", context)


@page
@open_to(MerchantUserRole.FINANCE)
@require_http_methods(["GET", "POST"])
def repay(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """Choose how much, see what it does, pay."""
    drawdown = own_drawdown(request, drawdown_id)
    if drawdown.status not in RUNNING:
        return go("bill-show", drawdown.id)
    if request.method == "GET":
        return _repay_page(request, drawdown, "all" if _is_single(drawdown) else "due")
    if not is_simulated(current_tenant()):
        raise DrawdownNotRepaying
    choice = _choice(request)
    amount, error = _amount(payoff(drawdown), choice, request.POST.get("other", ""))
    key = request.POST.get("key", "")
    if error or not key.startswith(f"{request.embed.id}:"):
        return _repay_page(request, drawdown, choice, error=error, status=422)
    repayment = record_repayment(
        drawdown_id=drawdown.id,
        amount_minor=amount,
        external_id=key[:100],
        channel=RepaymentChannel.BANK_TRANSFER,
        value_on=None,
        actor=f"merchant:{request.embed.merchant_id}",
        at=clock.now(),
    )
    return go("repayment-show", repayment.id)


@page
@open_to(MerchantUserRole.FINANCE)
@require_POST
def preview(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """What the chosen amount would pay."""
    drawdown = own_drawdown(request, drawdown_id)
    context = _preview(drawdown, _choice(request), request.POST.get("other", ""))
    return render(request, "merchant/credit/_repay_preview.html", context)


@page
@open_to(MerchantUserRole.FINANCE)
@require_safe
def repayment(request: MerchantRequest, repayment_id: str) -> HttpResponseBase:
    """The payment was booked: what it paid, what is left."""
    try:
        found = (
            Repayment.objects.select_related("drawdown")
            .filter(pk=repayment_id, merchant_id=request.embed.merchant_id)
            .first()
        )
    except ValueError:
        found = None
    if found is None:
        raise DrawdownNotFound
    drawdown = found.drawdown
    context = {
        "tenant": current_tenant(),
        "repayment": found,
        "drawdown": drawdown,
        "figures": payoff(drawdown),
        "is_paid_off": drawdown.status == "paid_off",
        "is_simulated": is_simulated(current_tenant()),
        "return_url": request.embed.return_url,
    }
    return render(request, "merchant/credit/repayment.html", context)


def is_simulated(tenant: Tenant) -> bool:
    """Whether the page may book a payment without a bank behind it: never for a live partner."""
    return tenant.is_virtual or bool(settings.REPAYMENT_SIMULATED)


def _repay_page(
    request: MerchantRequest, drawdown: Drawdown, choice: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    tenant, figures = current_tenant(), payoff(drawdown)
    context = _preview(drawdown, choice, request.POST.get("other", "")) | {
        "tenant": tenant,
        "choice": choice,
        "other": request.POST.get("other", ""),
        "error": error,
        "is_simulated": is_simulated(tenant),
        "is_single": _is_single(drawdown, figures),
        "key": request.POST.get("key") or f"{request.embed.id}:{ids.new_id('pay')}",
    }
    return render(request, "merchant/credit/repay.html", context, status=status)


def _preview(drawdown: Drawdown, choice: str, other: str) -> dict[str, Any]:
    figures = payoff(drawdown)
    amount, error = _amount(figures, choice, other)
    return {
        "drawdown": drawdown,
        "figures": figures,
        "amount_minor": amount,
        "preview": payment(drawdown, amount) if amount else None,
        "saved_minor": figures.saved_minor if amount == figures.payoff_minor else 0,
        "hint": error if other.strip() else "",
        "is_simulated": is_simulated(current_tenant()),
    }


def _choice(request: MerchantRequest) -> str:
    choice = request.POST.get("choice", "")
    return choice if choice in CHOICES else "due"


def _amount(figures: Payoff, choice: str, other: str) -> tuple[int, str]:
    """Fen to pay and nothing, or 0 and what is wrong."""
    if choice != "other":
        return (figures.payoff_minor if choice == "all" else figures.due_minor), ""
    try:
        amount = yuan_to_minor(other)
    except ValueError:
        return 0, _("Enter an amount in yuan, such as 1,280.00.")
    if amount <= 0:
        return 0, _("Enter an amount above zero.")
    if amount > figures.payoff_minor:
        text = _("¥{amount} pays everything off; more is not needed.")
        return 0, text.format(amount=format_yuan(figures.payoff_minor))
    return amount, ""


def _is_single(drawdown: Drawdown, figures: Payoff | None = None) -> bool:
    """Whether paying the running installment is the same as paying everything."""
    return count_periods((figures or payoff(drawdown)).rows) == 1


def _bar(used: float, held: float) -> dict[str, str]:
    """Percentages for the drawing (attributes of an SVG: the CSP allows no inline style)."""
    return {
        "used": f"{used * 100:.2f}%",
        "held_from": f"{used * 100:.2f}%",
        "held": f"{held * 100:.2f}%",
    }
