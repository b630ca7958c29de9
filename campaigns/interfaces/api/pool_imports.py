"""Pool imports: hand in a file of merchants, watch it, read what was refused."""

import base64
import csv
import io
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.enums import ConsentBasis, PoolImportStatus
from campaigns.errors import PoolContentInvalid, PoolFileKind, PoolFileTooLarge
from campaigns.models import PoolImport
from campaigns.operations.pool_imports import start_pool_import
from campaigns.queries.pool import list_pool_import_errors, list_pool_imports, pool_import
from credit.values import NextAction
from platform_app.kernel import clock, rates
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.line_files import harmless
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    action,
    head,
    operation,
    page_of,
)

TAG = "Pool"
CSV: Final = "text/csv"
LONGEST: Final = 5_500_000


@extend_schema_field({"type": "string", "maxLength": 200, "example": "pool.csv"})
class FileNameField(serializers.CharField):
    """The name of a file."""


@extend_schema_field({
    "type": "string", "maxLength": LONGEST,
    "example": "external_id,name,tier\nM-0001,示例宠物用品店,A\n",
})  # fmt: skip
class FileTextField(serializers.CharField):
    """A whole file in a string."""


class PoolImportInput(StrictSerializer):
    file_name = FileNameField(
        max_length=200, help_text=gettext_noop("Ends in .csv or .jsonl: it says how to read it.")
    )
    consent_basis = serializers.ChoiceField(
        choices=ConsentBasis.values,
        help_text=gettext_noop("On what ground you hand us these merchants' data; it is kept."),
    )
    content = FileTextField(
        max_length=LONGEST,
        trim_whitespace=False,
        help_text=gettext_noop(
            "The file itself. Columns: external_id; optional name, registration_no, tier (A to D), "
            "category, region. Common Chinese headings are understood, other columns ignored."
        ),
    )
    encoding = serializers.ChoiceField(
        choices=["text", "base64"],
        default="text",
        help_text=gettext_noop("`base64` for bytes as they are, GBK for example."),
    )


class PoolImportOutput(ObjectOutput):
    file_name = serializers.CharField()
    sha256 = serializers.CharField(help_text=gettext_noop("Of the bytes of the file."))
    consent_basis = serializers.CharField(allow_null=True)
    bytes = serializers.IntegerField()
    bytes_done = serializers.IntegerField()
    rows = serializers.IntegerField(help_text=gettext_noop("Read so far."))
    created = serializers.IntegerField(help_text=gettext_noop("New members of the pool."))
    changed = serializers.IntegerField(help_text=gettext_noop("Known members with new content."))
    repeated = serializers.IntegerField(help_text=gettext_noop("Said before, nothing new."))
    matched = serializers.IntegerField(
        help_text=gettext_noop("Rows whose firm is a merchant we know.")
    )
    refused = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def body_of(row: PoolImport) -> dict[str, Any]:
    facts = head(
        "pool_import",
        row,
        status=row.status,
        version=row.version,
        next_action=action(_next(row)),
        created_at=row.created_at,
        file_name=row.file_name,
        sha256=row.sha256,
        consent_basis=row.consent_basis or None,
        bytes=row.byte_count,
        bytes_done=row.byte_done,
        rows=row.row_count,
        created=row.created_count,
        changed=row.changed_count,
        repeated=row.repeated_count,
        matched=row.matched_count,
        refused=row.error_count,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
    return dict(PoolImportOutput(facts).data)


def _next(row: PoolImport) -> NextAction | None:
    if row.status in {PoolImportStatus.WAITING, PoolImportStatus.RUNNING}:
        return NextAction("us", "read_file", gettext_noop("We read the file; ask again shortly."))
    if row.status == PoolImportStatus.CHECKED:
        return NextAction(
            "partner", "confirm", gettext_noop("Confirm the file on its page in the console.")
        )
    if row.error_count:
        return NextAction(
            "partner", "correct_rows", gettext_noop("Correct the refused rows and send them again.")
        )
    return None


@operation(
    "pool_import-start",
    tag=TAG,
    summary=gettext_noop("Hand in a file of merchants"),
    description=gettext_noop(
        "Answered at once; the file is read in the background, good rows go in and refused ones "
        "are kept with their reason. The same bytes are one import, under whatever name and key: "
        "200 and the import of the first time. At most 5.5 million characters of content; send "
        "more in parts. Personal data (names of people, telephones) does not belong in it."
    ),
    status=202,
    also=[200],
    answer=PoolImportOutput,
    refusals=[PoolFileKind, PoolFileTooLarge, PoolContentInvalid],
)
class PoolImportStart(KeyedView):
    scope = "pool"
    bucket = rates.BATCHES
    input = PoolImportInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        content = _bytes(said["content"], said["encoding"])

        def act() -> tuple[int, Any]:
            row, is_new = start_pool_import(
                file_name=said["file_name"],
                content=io.BytesIO(content),
                consent_basis=said["consent_basis"],
                actor=actor_of(request),
                at=clock.now(),
            )
            return 202 if is_new else 200, body_of(row)

        return self.once(request, act)


@operation(
    "pool_import-list",
    tag=TAG,
    summary=gettext_noop("List pool imports"),
    answer=page_of(PoolImportOutput),
)
class PoolImportList(ListView):
    def get(self, request: Request) -> Response:
        return page(request, list_pool_imports(), body_of)


@operation(
    "pool_import-show",
    tag=TAG,
    summary=gettext_noop("Look up a pool import"),
    description=gettext_noop(
        "While its status is `waiting` or `running`, ask again every second or two, or wait for "
        "the event `campaigns.pool_import.finished`."
    ),
    answer=PoolImportOutput,
    refusals=[NotFound],
)
class PoolImportShow(ApiView):
    def get(self, request: Request, pool_import_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(pool_import(pool_import_id)))


@operation(
    "pool_import-errors",
    tag=TAG,
    summary=gettext_noop("Download the refused rows of a pool import"),
    description=gettext_noop(
        "CSV: line_no, code, reason (Chinese and English), raw. The first ten thousand."
    ),
    answer=None,
    media=CSV,
    refusals=[NotFound],
)
class PoolImportErrors(ApiView):
    def get(self, request: Request, pool_import_id: str) -> HttpResponse:  # noqa: ARG002 -- DRF's signature
        row = pool_import(pool_import_id)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["line_no", "code", "reason", "raw"])
        writer.writerows(
            [one.line_no, one.code, one.reason, harmless(one.raw)]
            for one in list_pool_import_errors(row.id)
        )
        answer = HttpResponse(
            text.getvalue().encode("utf-8-sig"), content_type=f"{CSV}; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = f'attachment; filename="{row.id}.errors.csv"'
        return answer


def _bytes(content: str, encoding: str) -> bytes:
    if encoding == "text":
        return content.encode("utf-8", "replace")
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        raise PoolContentInvalid(field="content") from None
