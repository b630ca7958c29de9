"""Questions of merchants to the service desk, to look at."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.enums import TicketKind, TicketStatus
from campaigns.models import Ticket
from campaigns.queries.tickets import ticket_next_action
from platform_app.kernel.crypto import cover_digits
from platform_app.kernel.drf import page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, action, head, operation, page_of, query
from tenants.queries.merchants import merchant as find_merchant

TAG = gettext_noop("Service desk")


class TicketOutput(ObjectOutput):
    merchant = serializers.CharField()
    kind = serializers.CharField(help_text=", ".join(TicketKind.values))
    subject = serializers.CharField(
        help_text=gettext_noop("The beginning of the question; long runs of digits are covered.")
    )
    drawdown = serializers.CharField(allow_null=True)
    application = serializers.CharField(allow_null=True)
    due_at = serializers.DateTimeField(
        allow_null=True,
        help_text=gettext_noop("By when our answer is promised; null when none is owed."),
    )
    late_answer_count = serializers.IntegerField(
        help_text=gettext_noop("How many answers came after their promise.")
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    score = serializers.IntegerField(
        allow_null=True, help_text=gettext_noop("How content the merchant was, 1 to 5.")
    )


def body_of(row: Ticket) -> dict[str, Any]:
    facts = head(
        "ticket",
        row,
        status=row.status,
        version=row.version,
        next_action=action(ticket_next_action(row)),
        created_at=row.opened_at,
        merchant=row.merchant_id,
        kind=row.kind,
        subject=cover_digits(row.subject),
        drawdown=row.drawdown_id,
        application=row.application_id,
        due_at=row.due_at,
        late_answer_count=row.late_answer_count,
        closed_at=row.closed_at,
        score=row.score,
    )
    return dict(TicketOutput(facts).data)


@operation(
    "ticket-list",
    tag=TAG,
    summary=gettext_noop("List questions of merchants"),
    description=gettext_noop(
        "What merchants asked on their help page, whose turn it is, and by when our answer is "
        "promised. The conversation itself stays between the merchant and the desk."
    ),
    answer=page_of(TicketOutput),
    refusals=[NotFound],
    query=[
        query("merchant", gettext_noop("Only of this merchant.")),
        query("status", ", ".join(TicketStatus.values)),
    ],
)
class TicketList(ListView):
    def get(self, request: Request) -> Response:
        asked, rows = request.query_params, Ticket.objects.all()
        if asked.get("merchant"):
            rows = rows.filter(merchant_id=find_merchant(asked["merchant"]).id)
        if asked.get("status"):
            rows = rows.filter(status=asked["status"].replace("\x00", ""))
        return page(request, rows, body_of)
