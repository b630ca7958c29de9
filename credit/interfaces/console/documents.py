"""Papers for people at a desk: find them, issue them, take them away with a line in the audit."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from credit.enums import DocumentKind, DrawdownStatus
from credit.interfaces.console.forms import DocumentFilter, StatementForm
from credit.models import CreditLine, Document, Drawdown
from credit.operations.documents import (
    issue_contract,
    issue_notice,
    issue_payoff_certificate,
    issue_receipt,
    issue_statement,
    record_download,
)
from credit.queries import portfolio
from credit.queries.documents import document, list_documents
from credit.queries.status import is_overdue
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page
from tenants.queries.merchants import list_merchants

READERS = (Role.OWNER, Role.OPERATOR, Role.FINANCE)
_ISSUE = {
    DocumentKind.RECEIPT: issue_receipt,
    DocumentKind.PAYOFF_CERTIFICATE: issue_payoff_certificate,
    DocumentKind.OVERDUE_NOTICE: issue_notice,
}


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every paper, newest first."""
    filters = DocumentFilter(request.GET)
    rows = list_documents(search=filters.value("search"), kind=filters.value("kind"))
    context = {"filters": filters, "page": page(request, rows)}
    return render(request, "console/credit/documents.html", context)


@require_GET
@console_view(*READERS)
def download(request: ConsoleRequest, document_id: str) -> HttpResponse:
    """The bytes as they were issued."""
    try:
        found = document(document_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    record_download(document=found, actor=request.member.id, at=clock.now())
    return as_file(found)


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def of_drawdown(request: ConsoleRequest, drawdown_id: str) -> HttpResponse:
    """The papers of one drawdown; a POST issues one more."""
    try:
        drawdown = portfolio.drawdown(drawdown_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    if request.method == "POST":
        issue = _ISSUE.get(request.POST.get("kind", ""))  # type: ignore[call-overload]
        if issue is None:
            raise Http404
        _try(request, issue, drawdown_id=drawdown.id)
        return HttpResponseRedirect(reverse("console:drawdown-documents", args=[drawdown.id]))
    context = {
        "drawdown": drawdown,
        "kinds": _possible(drawdown),
        "page": page(request, list_documents(drawdown_id=drawdown.id)),
    }
    return render(request, "console/credit/drawdown_documents.html", context)


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def of_merchant(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """The papers of one merchant; a POST issues a statement, or the agreement of a line."""
    try:
        merchant = list_merchants().filter(pk=merchant_id).first()
    except ValueError:
        merchant = None
    if merchant is None:
        raise Http404
    lines = list(CreditLine.objects.filter(merchant=merchant).order_by("id"))
    last_month = portfolio.business_today().replace(day=1) - timedelta(days=1)
    is_statement = request.method == "POST" and "line" not in request.POST
    form = StatementForm(
        request.POST if is_statement else None,
        initial={"from_on": last_month.replace(day=1), "to_on": last_month},
    )
    if is_statement and form.is_valid():
        _try(request, issue_statement, merchant_id=merchant.id, **form.cleaned_data)
    elif request.POST.get("line") in {line.id for line in lines}:
        _try(request, issue_contract, line_id=request.POST["line"])
    if request.method == "POST" and not form.errors:
        return HttpResponseRedirect(reverse("console:merchant-documents", args=[merchant.id]))
    context = {
        "merchant": merchant,
        "lines": lines,
        "form": form,
        "page": page(request, list_documents(merchant_id=merchant.id)),
    }
    status = 422 if form.errors else 200
    return render(request, "console/credit/merchant_documents.html", context, status=status)


def as_file(found: Document) -> HttpResponse:
    """A paper as a download, named so that people find it again."""
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = str(content_disposition_header(True, found.file_name))  # noqa: FBT003 -- Django's signature
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _try(request: ConsoleRequest, issue: Any, **facts: Any) -> None:
    try:
        found = issue(actor=request.member.id, at=clock.now(), **facts)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        said = _("{kind} {number} is ready.")
        messages.success(request, said.format(kind=found.get_kind_display(), number=found.number))


def _possible(drawdown: Drawdown) -> list[DocumentKind]:
    """What can be issued as things stand."""
    found = []
    if drawdown.captured_minor:
        found.append(DocumentKind.RECEIPT)
    if drawdown.status == DrawdownStatus.PAID_OFF:
        found.append(DocumentKind.PAYOFF_CERTIFICATE)
    if is_overdue(drawdown, portfolio.business_today()):
        found.append(DocumentKind.OVERDUE_NOTICE)
    return found
