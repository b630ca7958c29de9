"""Files to reconcile with: one a batch, one a business day, every revision kept."""

from typing import Any, Final

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import FileKind
from credit.models import ReconciliationFile
from credit.operations.reconciliation_files import take_file
from credit.queries.reconciliation_files import list_files
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, actor_of, page
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, head, operation, page_of, query

TAG = "Settlements"
CSV: Final = "text/csv"


class ReconciliationFileOutput(ObjectOutput):
    kind = serializers.CharField(help_text=", ".join(FileKind.values))
    on = serializers.DateField(help_text=gettext_noop("The business day it is about."))
    settlement = serializers.CharField(
        allow_null=True, help_text=gettext_noop("The batch it is about; null for a day's file.")
    )
    revision = serializers.IntegerField(
        help_text=gettext_noop("A correction is the next revision; the ones before stay.")
    )
    name = serializers.CharField()
    row_count = serializers.IntegerField()
    amount = serializers.IntegerField(help_text=gettext_noop("The file's total, in fen."))
    currency = serializers.CharField()
    sha256 = serializers.CharField()


def body_of(row: ReconciliationFile) -> dict[str, Any]:
    facts = head(
        "reconciliation_file",
        row,
        status="ready",
        version=row.revision,
        created_at=row.created_at,
        kind=row.kind,
        on=row.on,
        settlement=row.batch_id,
        revision=row.revision,
        name=row.name,
        row_count=row.row_count,
        amount=row.sum_minor,
        currency="CNY",
        sha256=row.sha256,
    )
    return dict(ReconciliationFileOutput(facts).data)


def file_answer(row: ReconciliationFile) -> HttpResponse:
    """The bytes as they were written."""
    answer = HttpResponse(bytes(row.content), content_type=f"{CSV}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
    answer.headers["BT-Content-SHA256"] = row.sha256
    return answer


@operation(
    "reconciliation_file-list",
    tag=TAG,
    summary=gettext_noop("List reconciliation files"),
    description=gettext_noop(
        "A day's file has everything booked on that business day, accruals aside; it is ready when "
        "the day has closed."
    ),
    answer=page_of(ReconciliationFileOutput),
    refusals=[Invalid],
    query=[
        query("on", gettext_noop("Only of this business day, 2026-12-05.")),
        query("kind", ", ".join(FileKind.values)),
    ],
)
class ReconciliationFileList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params
        rows = list_files(kind=asked.get("kind", "").replace("\x00", ""))
        if asked.get("on"):
            rows = rows.filter(on=_day(asked["on"]))
        return page(request, rows, body_of)


@operation(
    "reconciliation_file-content",
    tag=TAG,
    summary=gettext_noop("Download a reconciliation file"),
    description=gettext_noop("The bytes as they were written; `BT-Content-SHA256` is their hash."),
    answer=None,
    media=CSV,
    refusals=[NotFound],
)
class ReconciliationFileContent(ApiView):
    def get(self, request: Request, file_id: str) -> HttpResponse:
        return file_answer(take_file(file_id=file_id, actor=actor_of(request), at=clock.now()))


def _day(text: str) -> Any:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid(field="on")
    return found
