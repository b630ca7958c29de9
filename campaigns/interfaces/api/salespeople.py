"""The roster of your salespeople, the merchants they brought, and the QR codes they show."""

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.enums import SalespersonStatus
from campaigns.errors import (
    BadSalespersonCode,
    EntryUrlMissing,
    SalespersonLeft,
)
from campaigns.gateways.pictures import qr_svg
from campaigns.models import Salesperson, SalespersonQr
from campaigns.operations.salespeople import (
    MOST_DAYS,
    USUAL_DAYS,
    issue_qr,
    mark_back,
    mark_left,
    save_salesperson,
)
from campaigns.queries.salespeople import list_salespeople, qr_url, salesperson_by_code
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    head,
    operation,
    page_of,
    query,
)
from tenants.errors import BadPhone, OriginNotAllowed

TAG = "Salespeople"


class SalespersonInput(StrictSerializer):
    code = serializers.CharField(
        max_length=40, help_text=gettext_noop("Your own, unchanging; it stands in addresses.")
    )
    name = serializers.CharField(
        max_length=60, required=False,
        help_text=gettext_noop("As merchants know them; needed the first time."),
    )  # fmt: skip
    phone = serializers.CharField(
        max_length=20, required=False, help_text=gettext_noop("Mobile; needed the first time.")
    )
    region = serializers.CharField(max_length=60, required=False, allow_blank=True)
    branch = serializers.CharField(max_length=60, required=False, allow_blank=True)
    since_on = serializers.DateField(required=False)
    status = serializers.ChoiceField(
        choices=SalespersonStatus.values, required=False,
        help_text=gettext_noop("`left` ends their QR code and their hold on merchants."),
    )  # fmt: skip


class SalespersonOutput(ObjectOutput):
    code = serializers.CharField()
    name = serializers.CharField(help_text=gettext_noop("Masked."))
    phone = serializers.CharField(help_text=gettext_noop("Masked."))
    region = serializers.CharField(allow_blank=True)
    branch = serializers.CharField(allow_blank=True)
    since_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True)


class SalespersonQrInput(StrictSerializer):
    entry_url = serializers.CharField(
        max_length=500, default="", allow_blank=True,
        help_text=gettext_noop(
            "The page of yours that it opens, on one of your allowed origins; empty keeps the last."
        ),
    )  # fmt: skip
    valid_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)


class SalespersonQrOutput(ObjectOutput):
    salesperson = serializers.CharField(help_text=gettext_noop("Your code."))
    url = serializers.CharField(
        help_text=gettext_noop("What the QR code says: your page with `bt_sp` in its query.")
    )
    svg = serializers.CharField(help_text=gettext_noop("The picture, an SVG document."))
    expires_at = serializers.DateTimeField()


def body_of(row: Salesperson) -> dict[str, Any]:
    facts = head(
        "salesperson",
        row,
        external_id=row.code,
        status=row.status,
        version=row.version,
        created_at=row.created_at,
        code=row.code,
        name=row.name_masked,
        phone=row.phone_masked,
        region=row.region,
        branch=row.branch,
        since_on=row.since_on,
        until_on=row.until_on,
    )
    return dict(SalespersonOutput(facts).data)


def qr_body_of(qr: SalespersonQr) -> dict[str, Any]:
    url = qr_url(qr)
    facts = head(
        "salesperson_qr",
        qr,
        status="valid",
        version=qr.number,
        created_at=qr.issued_at,
        salesperson=qr.salesperson.code,
        url=url,
        svg=qr_svg(url),
        expires_at=qr.expires_at,
    )
    return dict(SalespersonQrOutput(facts).data)


@operation(
    "salesperson-save",
    tag=TAG,
    summary=gettext_noop("Put a salesperson on the roster, or change one"),
    description=gettext_noop(
        "By your own code. What is left out keeps its value, and the same content again changes "
        "nothing. Name and phone are sealed: answers show them masked."
    ),
    status=200,
    also=[201],
    answer=SalespersonOutput,
    refusals=[BadSalespersonCode, BadPhone],
)
class SalespersonSave(KeyedView):
    scope = "pool"
    input = SalespersonInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        status = said.pop("status", None)
        by: dict[str, Any] = {"actor": actor_of(request), "at": clock.now()}

        def act() -> tuple[int, Any]:
            with transaction.atomic():
                row, is_new = save_salesperson(**said, **by)
                if status is not None:
                    turn = mark_left if status == SalespersonStatus.LEFT else mark_back
                    row = turn(salesperson_id=row.id, **by)
            return 201 if is_new else 200, body_of(row)

        return self.once(request, act)


@operation(
    "salesperson-list",
    tag=TAG,
    summary=gettext_noop("List salespeople"),
    answer=page_of(SalespersonOutput),
    query=[
        query("search", gettext_noop("The beginning of a code, or part of a region or branch.")),
        query("status", ", ".join(SalespersonStatus.values)),
    ],
)
class SalespersonList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params
        rows = list_salespeople(search=asked.get("search", ""), status=asked.get("status", ""))
        return page(request, rows, body_of)


@operation(
    "salesperson-issue-qr",
    tag=TAG,
    summary=gettext_noop("Issue a salesperson's QR code"),
    description=gettext_noop(
        "It opens your page with a signed `bt_sp` in its query: hand that to "
        "`POST /api/v1/embed_sessions` as `salesperson_token`. Every call ends the code before it "
        "and nothing keeps the new one, so it takes no Idempotency-Key."
    ),
    status=201,
    answer=SalespersonQrOutput,
    refusals=[NotFound, SalespersonLeft, OriginNotAllowed, EntryUrlMissing],
)
class SalespersonIssueQr(ApiView):
    scope = "pool"
    input = SalespersonQrInput

    def post(self, request: Request, code: str) -> Response:
        said = self.body(request)
        row = salesperson_by_code(code)
        qr = issue_qr(salesperson_id=row.id, **said, actor=actor_of(request), at=clock.now())
        return Response(qr_body_of(qr), status=201)
