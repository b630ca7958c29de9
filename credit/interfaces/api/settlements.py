"""Settlements: what we pay you for the captures of a day."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import SettlementStatus
from credit.models import SettlementBatch
from credit.values import NextAction
from platform_app.kernel.drf import page
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import (
    ListView,
    ObjectOutput,
    action,
    head,
    operation,
    page_of,
    query,
)


class SettlementOutput(ObjectOutput):
    captured_on = serializers.DateField(help_text=gettext_noop("The business day of the captures."))
    amount = serializers.IntegerField(help_text=gettext_noop("What we pay you, in fen."))
    currency = serializers.CharField()
    capture_count = serializers.IntegerField()
    paid_on = serializers.DateField(allow_null=True)


def body_of(batch: SettlementBatch) -> dict[str, Any]:
    is_paid = batch.status == SettlementStatus.PAID
    pay = NextAction("us", "pay", gettext_noop("We pay it on the next business day."))
    facts = head(
        "settlement",
        batch,
        status=batch.status,
        version=2 if is_paid else 1,
        next_action=action(None if is_paid else pay),
        created_at=batch.created_at,
        captured_on=batch.captured_on,
        amount=batch.net_minor,
        currency="CNY",
        capture_count=batch.line_count,
        paid_on=batch.paid_on,
    )
    return dict(SettlementOutput(facts).data)


@operation(
    "settlement-list",
    tag="Settlements",
    summary=gettext_noop("List settlements"),
    description=gettext_noop("One batch for each business day with captures."),
    answer=page_of(SettlementOutput),
    query=[query("status", ", ".join(SettlementStatus.values))],
)
class SettlementList(ListView):
    def get(self, request: Request) -> Response:
        rows = SettlementBatch.objects.all()
        asked = request.query_params.get("status")
        if asked:
            rows = rows.filter(status=asked.replace("\x00", ""))
        return page(request, rows, body_of)
