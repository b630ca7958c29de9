"""What happened to a drawdown, in order of booking."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import LoanEventKind
from credit.errors import DrawdownNotFound
from credit.models import Drawdown, LoanEvent
from credit.queries.loan_events import reversals
from platform_app.kernel.drf import page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import ListView, Output, one, operation, page_of
from platform_app.kernel.scope import mode_word

SHOWN = ("code", "component", "due_on", "rate", "row_seq", "days", "plan")


class DrawdownEventOutput(Output):
    id = serializers.CharField()
    object = serializers.CharField()
    mode = serializers.CharField()
    drawdown = serializers.CharField()
    seq = serializers.IntegerField(help_text=gettext_noop("Order of booking, from 1."))
    kind = serializers.CharField(help_text=", ".join(f"`{kind}`" for kind in LoanEventKind.values))
    external_id = serializers.CharField(help_text=gettext_noop("The number it was booked under."))
    amount = serializers.IntegerField(
        help_text=gettext_noop("In fen; 0 for what moves no amount of its own.")
    )
    currency = serializers.CharField()
    value_on = serializers.DateField(help_text=gettext_noop("The day from which it counts."))
    booked_on = serializers.DateField(help_text=gettext_noop("The business day it was booked on."))
    details = serializers.DictField(
        help_text=gettext_noop(
            "What its kind adds: `component`, `code`, `due_on`, `rate`, `row_seq`, `days`, `plan`."
        )
    )
    reversed_by = serializers.CharField(
        allow_null=True, help_text=gettext_noop("The event that undid it, or null.")
    )
    reverses = serializers.CharField(
        allow_null=True, help_text=gettext_noop("The event it undoes, or null.")
    )
    created_at = serializers.DateTimeField()


def body_of(event: LoanEvent, undone: dict[int, str], ids: dict[int, str]) -> dict[str, Any]:
    own = event.key.removeprefix(f"{event.drawdown_id}:")
    facts = {
        "id": event.id,
        "object": "drawdown_event",
        "mode": mode_word(),
        "drawdown": event.drawdown_id,
        "seq": event.seq,
        "kind": event.kind,
        "external_id": own,
        "amount": event.amount_minor,
        "currency": "CNY",
        "value_on": event.value_on,
        "booked_on": event.booked_on,
        "details": {name: event.details[name] for name in SHOWN if event.details.get(name)},
        "reversed_by": undone.get(event.seq),
        "reverses": ids.get(event.details.get("reverses") or 0),
        "created_at": event.at,
    }
    return dict(DrawdownEventOutput(facts).data)


@operation(
    "drawdown_event-list",
    tag="Drawdowns",
    summary=gettext_noop("List what happened to a drawdown"),
    description=gettext_noop(
        "Captures, repayments, refunds, fees, concessions, new dates and plans, in order of "
        "booking. Nothing is ever changed: a correction is another event that reverses it."
    ),
    answer=page_of(DrawdownEventOutput),
    refusals=[NotFound],
)
class DrawdownEventList(ListView):
    def get(self, request: Request, drawdown_id: str) -> Response:
        drawdown = one(Drawdown.objects.all(), drawdown_id, DrawdownNotFound)
        undone, ids = reversals(drawdown.id)
        rows = LoanEvent.objects.filter(drawdown=drawdown)
        return page(request, rows, lambda event: body_of(event, undone, ids))
