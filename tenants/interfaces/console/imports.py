"""Files of orders: upload, watch, read what was refused."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import ImportStatus, Role
from tenants.forms import page
from tenants.interfaces.console.forms import ImportFilter, UploadForm
from tenants.interfaces.console.pages import missing
from tenants.models import TradeImport
from tenants.operations.imports import error_file, start_import
from tenants.queries.imports import list_import_errors, list_imports, trade_import

READERS = (Role.OWNER, Role.OPERATOR, Role.DEVELOPER)


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every import, newest first; a POST takes a new file in."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            row = start_import(
                file_name=upload.name, content=upload, actor=request.member.id, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error("file", say(refusal))
        else:
            return redirect("console:import-detail", row.id)
    filters = ImportFilter(request.GET)
    rows = list_imports()
    if filters.value("state"):
        rows = rows.filter(error_count__gt=0)
    context = {"form": form, "filters": filters, "page": page(request, rows)}
    status = 422 if form.errors else 200
    return render(request, "console/tenants/imports.html", context, status=status)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, import_id: str) -> HttpResponse:
    """One import: how far it is, what went in, what was refused and why."""
    row = _import(import_id)
    context = {**_moving(row), "errors": list(list_import_errors(row.id)[:200])}
    return render(request, "console/tenants/import_detail.html", context)


@require_GET
@console_view(*READERS)
def progress(request: ConsoleRequest, import_id: str) -> HttpResponse:
    """The moving part, asked again every second until the file is read."""
    row = _import(import_id)
    context = _moving(row)
    response = render(request, "console/tenants/_import_progress.html", context)
    if not context["is_moving"]:
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@console_view(*READERS)
def errors(_request: ConsoleRequest, import_id: str) -> HttpResponseBase:
    """All refused lines with their reasons, as a file a spreadsheet opens."""
    row = _import(import_id)
    path = error_file(row)
    if not path.exists():
        raise Http404
    name = f"{row.file_name}.errors.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")


def _import(import_id: str) -> TradeImport:
    try:
        return trade_import(import_id)
    except NotFound as refusal:
        raise missing(refusal) from None


def _moving(row: TradeImport) -> dict[str, Any]:
    percent = min(99, row.byte_done * 100 // row.byte_count) if row.byte_count else 0
    return {
        "import": row,
        "is_moving": row.status in {ImportStatus.WAITING, ImportStatus.RUNNING},
        "percent": 100 if row.status == ImportStatus.DONE else percent,
        "progress_url": reverse("console:import-progress", args=[row.id]),
    }
