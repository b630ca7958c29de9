"""Papers for the merchant: statements by month, the note and certificate of a drawdown."""

from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from credit.enums import DrawdownStatus
from credit.errors import DocumentNotFound, LineNotFound, PeriodInvalid
from credit.interfaces.merchant.checkout import own_drawdown
from credit.models import CreditLine, Drawdown
from credit.operations.documents import (
    issue_contract,
    issue_payoff_certificate,
    issue_receipt,
    issue_statement,
)
from credit.queries.business_day import open_day
from credit.queries.documents import document, list_documents
from platform_app.kernel import clock
from tenants.access.answers import go, open_to, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole
from tenants.queries.tenants import current_tenant

SHOWN: Final = 30
MONTHS: Final = 6


@page
@open_to(MerchantUserRole.FINANCE)
@require_safe
def listing(request: MerchantRequest) -> HttpResponseBase:
    """What was issued, newest first, and what can be asked for."""
    merchant_id = request.embed.merchant_id
    context = {
        "tenant": current_tenant(),
        "documents": list_documents(merchant_id=merchant_id)[:SHOWN],
        "months": _months(merchant_id, open_day()),
        "has_line": CreditLine.objects.filter(merchant_id=merchant_id).exists(),
    }
    return render(request, "merchant/credit/documents.html", context)


@page
@open_to(MerchantUserRole.FINANCE)
@require_safe
def download(request: MerchantRequest, document_id: str) -> HttpResponseBase:
    """One's own paper, as it was issued."""
    found = document(document_id)
    if found.merchant_id != request.embed.merchant_id:
        raise DocumentNotFound
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = str(content_disposition_header(True, found.file_name))  # noqa: FBT003 -- Django's signature
    return response


@page
@open_to(MerchantUserRole.FINANCE)
@require_POST
def statement(request: MerchantRequest) -> HttpResponseBase:
    """The statement of one closed month (`2026-03`)."""
    try:
        first = date.fromisoformat(f"{request.POST.get('month', '')}-01")
    except ValueError:
        raise PeriodInvalid(field="month") from None
    issue_statement(
        merchant_id=request.embed.merchant_id, from_on=first, to_on=_end(first),
        actor=_actor(request), at=clock.now(),
    )  # fmt: skip
    return go("document-list")


@page
@require_POST
def contract(request: MerchantRequest) -> HttpResponseBase:
    """The agreement of the merchant's latest line."""
    lines = CreditLine.objects.filter(merchant_id=request.embed.merchant_id).order_by("-id")
    line_id = lines.values_list("id", flat=True).first()
    if line_id is None:
        raise LineNotFound
    issue_contract(line_id=line_id, actor=_actor(request), at=clock.now())
    return go("document-list")


@page
@open_to(MerchantUserRole.FINANCE)
@require_POST
def of_drawdown(request: MerchantRequest, drawdown_id: str) -> HttpResponseBase:
    """The note of a drawdown; the certificate once it is paid off."""
    drawdown = own_drawdown(request, drawdown_id)
    is_paid_off = drawdown.status == DrawdownStatus.PAID_OFF
    issue = issue_payoff_certificate if is_paid_off else issue_receipt
    issue(drawdown_id=drawdown.id, actor=_actor(request), at=clock.now())
    return go("document-list")


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"


def _months(merchant_id: str, today: date) -> list[date]:
    """The first days of the closed months since the first drawdown, latest first."""
    drawdowns = Drawdown.objects.filter(merchant_id=merchant_id, value_on__isnull=False)
    since = drawdowns.order_by("value_on").values_list("value_on", flat=True).first()
    months: list[date] = []
    month = _before(today.replace(day=1))
    while since and _end(month) >= since and len(months) < MONTHS:
        months.append(month)
        month = _before(month)
    return months


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
