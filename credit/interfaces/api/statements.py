"""Account statements of merchants: what stood and moved in a period of closed business days."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import DocumentKind
from credit.errors import DocumentNotFound, PeriodInvalid, PeriodNotClosed
from credit.models import Document
from credit.operations.documents import issue_statement, record_download
from credit.queries.movements import FIGURES
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    Output,
    head,
    missing,
    one,
    operation,
    page_of,
    query,
)
from platform_app.kernel.rest_fields import IdField
from tenants.queries.merchants import merchant as find_merchant

TAG: Final = "Statements"
PDF: Final = "application/pdf"
_NAMES: Final = tuple(name.removesuffix("_minor") for name in FIGURES)


class StatementInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))
    from_on = serializers.DateField(help_text=gettext_noop("First day, included."))
    to_on = serializers.DateField(
        help_text=gettext_noop("Last day, included; a business day that has closed.")
    )


class StatementFiguresOutput(Output):
    """In fen: closing = opening + drawn - principal + other."""

    opening = serializers.IntegerField(help_text=gettext_noop("Principal at the beginning, fen."))
    drawn = serializers.IntegerField()
    principal = serializers.IntegerField(help_text=gettext_noop("Principal repaid."))
    other = serializers.IntegerField(
        help_text=gettext_noop("What changed the principal without being drawn or repaid.")
    )
    closing = serializers.IntegerField()
    interest = serializers.IntegerField(help_text=gettext_noop("Interest paid."))
    penalty = serializers.IntegerField(help_text=gettext_noop("Penalty interest paid."))
    fee = serializers.IntegerField(help_text=gettext_noop("Fees paid."))
    overpaid = serializers.IntegerField()
    received = serializers.IntegerField(
        help_text=gettext_noop("All that was paid: principal, interest, penalty, fees, overpaid.")
    )


class StatementRowOutput(StatementFiguresOutput):
    drawdown = serializers.CharField()
    order_no = serializers.CharField()


class StatementOutput(ObjectOutput):
    merchant = serializers.CharField()
    number = serializers.CharField(help_text=gettext_noop("Printed on the paper."))
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    lender = serializers.CharField()
    currency = serializers.CharField()
    totals = StatementFiguresOutput()
    rows = StatementRowOutput(many=True)
    sha256 = serializers.CharField(help_text=gettext_noop("Of the PDF."))


def rows() -> QuerySet[Any]:
    """Statements without their bytes."""
    return Document.objects.defer("content").filter(kind=DocumentKind.STATEMENT)


def body_of(row: Document) -> dict[str, Any]:
    said = row.facts
    facts = head(
        "statement",
        row,
        status="issued",
        created_at=row.made_at,
        merchant=row.merchant_id,
        number=row.number,
        from_on=said["from_on"],
        to_on=said["to_on"],
        lender=said["lender"],
        currency="CNY",
        totals=_figures(said["totals"]),
        rows=[
            {"drawdown": line["drawdown"], "order_no": line["order_no"], **_figures(line)}
            for line in said["rows"]
        ],
        sha256=row.sha256,
    )
    return dict(StatementOutput(facts).data)


def _figures(stored: dict[str, Any]) -> dict[str, int]:
    return {name: stored[f"{name}_minor"] for name in _NAMES}


@operation(
    "statement-list",
    tag=TAG,
    summary=gettext_noop("List statements"),
    description=gettext_noop("Every statement that was issued, newest first."),
    answer=page_of(StatementOutput),
    refusals=[NotFound],
    query=[query("merchant", gettext_noop("Only of this merchant."))],
)
class StatementList(ListView):
    def get(self, request: Request) -> Response:
        found, asked = rows(), request.query_params.get("merchant")
        if asked:
            found = found.filter(merchant_id=find_merchant(asked).id)
        return page(request, found, body_of)


@operation(
    "statement-issue",
    tag=TAG,
    summary=gettext_noop("Issue a statement"),
    description=gettext_noop(
        "For at most 366 business days that have closed. The same merchant and period are answered "
        "with the statement that was issued first: a closed day never changes."
    ),
    status=201,
    answer=StatementOutput,
    refusals=[NotFound, PeriodInvalid, PeriodNotClosed],
)
class StatementIssue(KeyedView):
    scope = "repay"
    input = StatementInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            row = issue_statement(
                merchant_id=said["merchant"],
                from_on=said["from_on"],
                to_on=said["to_on"],
                actor=actor_of(request),
                at=clock.now(),
            )
            return 201, body_of(row)

        return self.once(request, act)


@operation(
    "statement-show",
    tag=TAG,
    summary=gettext_noop("Look up a statement"),
    answer=StatementOutput,
    refusals=[NotFound],
)
class StatementShow(ApiView):
    def get(self, request: Request, statement_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(one(rows(), statement_id, DocumentNotFound)))


@operation(
    "statement-file",
    tag=TAG,
    summary=gettext_noop("Download a statement as PDF"),
    description=gettext_noop("The bytes as they were issued; `BT-Content-SHA256` is their hash."),
    answer=None,
    media=PDF,
    refusals=[NotFound],
)
class StatementFile(ApiView):
    def get(self, request: Request, statement_id: str) -> HttpResponse:
        found = one(rows(), statement_id, DocumentNotFound)
        record_download(document=found, actor=actor_of(request), at=clock.now())
        answer = HttpResponse(bytes(found.content), content_type=PDF)
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
        answer.headers["BT-Content-SHA256"] = found.sha256
        return answer
