"""Settlements: what we pay you for a business day, and the file that explains it."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import SettlementLineKind, SettlementStatus
from credit.interfaces.api.reconciliation_files import CSV, file_answer
from credit.models import SettlementBatch
from credit.operations.reconciliation_files import take_file
from credit.queries.reconciliation_files import file_of_batch
from credit.queries.settlements import batch as find_batch
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    ListView,
    ObjectOutput,
    Output,
    action,
    head,
    operation,
    page_of,
    query,
)

TAG = "Settlements"
VERSIONS = {"building": 0, "locked": 1, "paid": 2, "reconciled": 3}


class SettlementTotalOutput(Output):
    kind = serializers.CharField(help_text=", ".join(SettlementLineKind.values))
    count = serializers.IntegerField()
    amount = serializers.IntegerField(
        help_text=gettext_noop("To you in fen; negative: off what we pay.")
    )


class SettlementOutput(ObjectOutput):
    captured_on = serializers.DateField(help_text=gettext_noop("The business day it is about."))
    amount = serializers.IntegerField(
        help_text=gettext_noop("What we pay you, in fen; never below zero.")
    )
    currency = serializers.CharField()
    capture_count = serializers.IntegerField()
    totals = SettlementTotalOutput(
        many=True, help_text=gettext_noop("What the amount is made of; they add up to it.")
    )
    due_on = serializers.DateField(help_text=gettext_noop("The day we pay it, or the next one."))
    payout_reference = serializers.CharField(help_text=gettext_noop("What the bank shows."))
    paid_on = serializers.DateField(allow_null=True)


def body_of(batch: SettlementBatch) -> dict[str, Any]:
    is_waiting = batch.status == SettlementStatus.LOCKED
    when = batch.due_on.isoformat()
    pay = NextAction("us", "pay", gettext_noop("We pay it on the day it is due."), when)
    captures = [one["count"] for one in batch.totals if one["kind"] == "capture"]
    facts = head(
        "settlement",
        batch,
        status=batch.status,
        version=VERSIONS[batch.status],
        next_action=action(pay if is_waiting else None),
        created_at=batch.created_at,
        captured_on=batch.captured_on,
        amount=batch.net_minor,
        currency="CNY",
        capture_count=sum(captures),
        totals=[
            {"kind": one["kind"], "count": one["count"], "amount": one["amount_minor"]}
            for one in batch.totals
        ],
        due_on=batch.due_on,
        payout_reference=batch.payout_reference,
        paid_on=batch.paid_on,
    )
    return dict(SettlementOutput(facts).data)


@operation(
    "settlement-list",
    tag=TAG,
    summary=gettext_noop("List settlements"),
    description=gettext_noop("One batch for each business day with anything to settle."),
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


@operation(
    "settlement-show",
    tag=TAG,
    summary=gettext_noop("Look up a settlement"),
    answer=SettlementOutput,
    refusals=[NotFound],
)
class SettlementShow(ApiView):
    def get(self, request: Request, settlement_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(find_batch(settlement_id)))


@operation(
    "settlement-file",
    tag=TAG,
    summary=gettext_noop("Download the file of a settlement"),
    description=gettext_noop(
        "The last revision: UTF-8 with a byte order mark, one line for each line of the batch, "
        "amounts in yuan, the last line is the total. `BT-Content-SHA256` is its hash."
    ),
    answer=None,
    media=CSV,
    refusals=[NotFound],
)
class SettlementFile(ApiView):
    def get(self, request: Request, settlement_id: str) -> HttpResponse:
        found = file_of_batch(find_batch(settlement_id).id)
        row = take_file(file_id=found.id, actor=actor_of(request), at=clock.now())
        return file_answer(row)
