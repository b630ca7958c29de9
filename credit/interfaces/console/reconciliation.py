"""Reconciliation for the finance desk: breaks and their approval, files, bank statements."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credit.interfaces.console.money_forms import (
    BankFileForm,
    BreakFilter,
    FileFilter,
    FlowFilter,
    ReasonForm,
)
from credit.models import FundingSource
from credit.operations import breaks as operations
from credit.operations.bank_flows import BankFileReport, check_bank_file, import_bank_file
from credit.operations.reconciliation_files import take_file
from credit.queries import breaks, portfolio
from credit.queries.bank_flows import list_flows, statement_until
from credit.queries.reconciliation_files import list_files
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.ids import to_uuid
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page
from tenants.models import Member

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Breaks by age; without a filter the open ones."""
    filters = BreakFilter(request.GET)
    on = portfolio.business_today()
    rows = breaks.list_breaks(status=filters.value("status"), kind=filters.value("kind"))
    found = page(request, rows)
    owners = _names(row.owner for row in found.rows)
    ages = breaks.ages(on)
    context = {
        "filters": filters,
        "page": found,
        "rows": [
            (row, (on - row.opened_on).days, owners.get(row.owner, row.owner))
            for row in found.rows
        ],
        "ages": ages,
        "open_count": sum(count for _first, _last, count, _fen in ages),
        "until": statement_until(),
    }  # fmt: skip
    return render(request, "console/credit/reconciliation.html", context)


@require_POST
@console_view(*READERS)
def compare(request: ConsoleRequest) -> HttpResponse:
    """Match and compare now."""
    counts = operations.reconcile(actor=request.member.id, at=clock.now())
    text = _("Compared: {opened} breaks opened, {resolved} resolved.")
    messages.success(request, text.format(**counts))
    return redirect("console:break-list")


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def detail(request: ConsoleRequest, break_id: str) -> HttpResponse:
    """One break: what each side says, and what may be done about it."""
    try:
        row = breaks.reconciliation_break(break_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        try:
            _act(request, row.id)
        except DomainError as refusal:
            form.add_error(None, say(refusal))
        else:
            return redirect("console:break-detail", row.id)
    people = _names([row.owner, row.write_off_asked_by, row.write_off_approved_by])
    context = {
        "row": row,
        "form": form,
        "names": {key: people.get(getattr(row, key), getattr(row, key)) for key in _PEOPLE},
        "difference_minor": row.found_minor - row.expected_minor,
        "age": (portfolio.business_today() - row.opened_on).days,
        "is_open": row.status in breaks.OPEN,
        "may_approve": row.write_off_asked_by not in {"", request.member.id},
    }
    status = 422 if form.non_field_errors() else 200
    return render(request, "console/credit/break.html", context, status=status)


_PEOPLE = ("owner", "write_off_asked_by", "write_off_approved_by")


def _act(request: ConsoleRequest, break_id: str) -> None:
    """The button that was pressed."""
    about: dict[str, Any] = {
        "break_id": break_id, "actor": request.member.id, "at": clock.now(),
    }  # fmt: skip
    reason = request.POST.get("reason", "")
    match request.POST.get("act"):
        case "take":
            operations.take_break(**about)
        case "explain":
            operations.explain_break(explanation=reason, **about)
        case "ask_write_off":
            operations.ask_write_off(reason=reason, **about)
        case "write_off":
            operations.write_off_break(**about)
        case _:
            raise Http404


@require_GET
@console_view(*READERS)
def files(request: ConsoleRequest) -> HttpResponse:
    """Files of batches and days, every revision."""
    filters = FileFilter(request.GET)
    rows = list_files(kind=filters.value("kind"), on=filters.value("on") or None)
    context = {"filters": filters, "page": page(request, rows)}
    return render(request, "console/credit/files.html", context)


@require_GET
@console_view(*READERS)
def download(request: ConsoleRequest, file_id: str) -> HttpResponse:
    """The bytes as they were written; who took them is on record."""
    try:
        row = take_file(file_id=file_id, actor=request.member.id, at=clock.now())
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    answer = HttpResponse(bytes(row.content), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
    answer.headers["BT-Content-SHA256"] = row.sha256
    return answer


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def bank(request: ConsoleRequest) -> HttpResponse:
    """Bank statements: check a file without taking it in, take it in, see what became of it."""
    sources = list(FundingSource.objects.order_by("id").values_list("id", "name"))
    form = BankFileForm(request.POST or None, request.FILES or None, sources=sources)
    report = None
    if request.method == "POST" and form.is_valid():
        try:
            report = _read(request, form)
        except DomainError as refusal:
            form.add_error("file", say(refusal))
    filters = FlowFilter(request.GET)
    context = {
        "form": form,
        "report": report,
        "bad_rows": [(one.line_no, _(one.reason)) for one in report.bad_rows[:200]]
        if report
        else [],
        "is_imported": request.POST.get("act") == "import",
        "filters": filters,
        "page": page(request, list_flows(status=filters.value("status"))),
        "until": statement_until(),
    }
    status = 422 if form.errors else 200
    return render(request, "console/credit/bank.html", context, status=status)


def _read(request: ConsoleRequest, form: BankFileForm) -> BankFileReport:
    upload = form.cleaned_data["file"]
    source = form.cleaned_data["funding_source"]
    content = upload.read()
    if request.POST.get("act") != "import":
        return check_bank_file(funding_source_id=source, content=content)
    return import_bank_file(
        funding_source_id=source, content=content, file_name=upload.name,
        actor=request.member.id, at=clock.now(),
    )  # fmt: skip


def _names(ids: Any) -> dict[str, str]:
    """Names of members by id; other actors are shown as they are."""
    wanted = {one for one in ids if _is_member_id(one)}
    if not wanted:
        return {}
    return dict(Member.objects.filter(pk__in=wanted).values_list("id", "name"))


def _is_member_id(text: str) -> bool:
    try:
        to_uuid("usr", text)
    except ValueError:
        return False
    return True
