"""Files of merchants: hand in, look at, confirm, watch, read what was refused."""

import csv
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.enums import PoolImportStatus
from campaigns.errors import PoolFileGone
from campaigns.interfaces.console.pool_forms import ConfirmForm, PoolFileForm
from campaigns.models import PoolImport
from campaigns.operations.pool_files import preview_pool_import
from campaigns.operations.pool_imports import check_pool_file, confirm_pool_import
from campaigns.queries.pool import list_pool_import_errors, list_pool_imports, pool_import
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.line_files import harmless
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

ACTORS: Final = (Role.OWNER, Role.OPERATOR)
LISTED: Final = 200


@require_http_methods(["GET", "POST"])
@console_view(*ACTORS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every import, newest first; a POST takes a file to be looked at."""
    form = PoolFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            row = check_pool_file(file_name=upload.name, content=upload, actor=request.member.id)
        except DomainError as refusal:
            form.add_error("file", say(refusal))
        else:
            return redirect("console:pool-import", row.id)
    context = {"form": form, "page": page(request, list_pool_imports())}
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/pool_imports.html", context, status=status)


@require_http_methods(["GET", "POST"])
@console_view(*ACTORS)
def detail(request: ConsoleRequest, import_id: str) -> HttpResponse:
    """Before it counts: what is in the file, and the ground to confirm. After: how it fares."""
    row = _import(import_id)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_pool_import(
                import_id=row.id,
                consent_basis=form.cleaned_data["consent_basis"],
                actor=request.member.id,
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error("consent_basis", say(refusal))
        else:
            return redirect("console:pool-import", row.id)
    context: dict[str, Any] = {"form": form, **_moving(row)}
    if row.status == PoolImportStatus.CHECKED:
        context |= _preview(row)
    else:
        context["errors"] = list(list_pool_import_errors(row.id)[:LISTED])
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/pool_import.html", context, status=status)


@require_GET
@console_view(*ACTORS)
def progress(request: ConsoleRequest, import_id: str) -> HttpResponse:
    """The moving part, asked again every second until the file is read."""
    context = _moving(_import(import_id))
    response = render(request, "console/campaigns/_pool_progress.html", context)
    if not context["is_moving"]:
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@console_view(*ACTORS)
def errors(_request: ConsoleRequest, import_id: str) -> HttpResponse:
    """The refused rows with their reasons, as a file a spreadsheet opens."""
    row = _import(import_id)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.id}.errors.csv"'
    writer = csv.writer(response)
    writer.writerow(["line_no", "code", "reason", "raw"])
    for one in list_pool_import_errors(row.id):
        writer.writerow([one.line_no, one.code, one.reason, harmless(one.raw)])
    return response


def _import(import_id: str) -> PoolImport:
    try:
        return pool_import(import_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _preview(row: PoolImport) -> dict[str, Any]:
    try:
        return {"preview": preview_pool_import(row)}
    except PoolFileGone as refusal:
        return {"gone": say(refusal)}


def _moving(row: PoolImport) -> dict[str, Any]:
    is_moving = row.status in {PoolImportStatus.WAITING, PoolImportStatus.RUNNING}
    percent = min(99, row.byte_done * 100 // row.byte_count) if row.byte_count else 0
    is_done = row.status == PoolImportStatus.DONE
    return {
        "import": row,
        "is_moving": is_moving,
        "percent": 100 if is_done else percent,
        "progress_url": reverse("console:pool-import-progress", args=[row.id]),
    }
