"""Repayments: what would be paid with it, paying, looking it up."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import DrawdownStatus, RepaymentChannel
from credit.errors import (
    DayBeingClosed,
    DayClosed,
    DrawdownNotFound,
    DrawdownNotRepaying,
    DrawdownPaidOff,
    ExternalIdConflict,
)
from credit.models import Allocation, Drawdown, Repayment
from credit.operations.repayments import record_repayment
from credit.operations.servicing_acts import Asked, try_act
from credit.queries.journey import RUNNING
from credit.queries.payoff import payoff
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, Output, head, missing, one, operation
from platform_app.kernel.rest_fields import AmountField, IdField

TAG = "Repayments"
VALUE_ON_TEXT = gettext_noop(
    "The day the money arrived: the open business day when left out, or an earlier one."
)


class RepaymentInput(StrictSerializer):
    drawdown = IdField("drw", DrawdownNotFound)
    amount = AmountField(help_text=gettext_noop("What was received, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    external_id = serializers.CharField(
        max_length=64, help_text=gettext_noop("Your number of the payment; booked once for ever.")
    )
    channel = serializers.ChoiceField(choices=RepaymentChannel.values)
    value_on = serializers.DateField(required=False, help_text=VALUE_ON_TEXT)


class PreviewInput(StrictSerializer):
    drawdown = IdField("drw", DrawdownNotFound)
    amount = AmountField(
        required=False, help_text=gettext_noop("In fen; everything when left out.")
    )
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    value_on = serializers.DateField(required=False, help_text=VALUE_ON_TEXT)


class AllocationOutput(Output):
    seq = serializers.IntegerField(help_text=gettext_noop("The installment."))
    component = serializers.CharField(
        help_text=gettext_noop("`penalty`, `fee`, `interest` or `principal`.")
    )
    amount = serializers.IntegerField()


class RepaymentOutput(ObjectOutput):
    drawdown = serializers.CharField()
    merchant = serializers.CharField()
    channel = serializers.CharField()
    amount = serializers.IntegerField()
    allocated = serializers.IntegerField()
    unspent = serializers.IntegerField(help_text=gettext_noop("More than was owed, in fen."))
    currency = serializers.CharField()
    value_on = serializers.DateField()
    allocations = AllocationOutput(many=True)


class PreviewOutput(Output):
    object = serializers.CharField()
    drawdown = serializers.CharField()
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    payoff = serializers.IntegerField(help_text=gettext_noop("Pays everything off today, in fen."))
    saved_interest = serializers.IntegerField(
        help_text=gettext_noop("Planned interest that paying everything today spares.")
    )
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()
    unspent = serializers.IntegerField()
    left = serializers.IntegerField(help_text=gettext_noop("Still to be paid off afterwards."))
    next_due_on = serializers.DateField(
        allow_null=True, help_text=gettext_noop("The next due date afterwards, or null.")
    )
    next_due = serializers.IntegerField(help_text=gettext_noop("What is due on it, in fen."))
    installments_left = serializers.IntegerField()
    valid_until = serializers.DateTimeField(help_text=gettext_noop("The end of the business day."))


def body_of(repayment: Repayment) -> dict[str, Any]:
    taken = Allocation.objects.filter(
        drawdown_id=repayment.drawdown_id,
        loan_event__kind="repayment",
        loan_event__key=repayment.external_id,
    ).order_by("id")
    facts = head(
        "repayment",
        repayment,
        external_id=repayment.external_id,
        status=repayment.status,
        created_at=repayment.received_at,
        drawdown=repayment.drawdown_id,
        merchant=repayment.merchant_id,
        channel=repayment.channel,
        amount=repayment.amount_minor,
        allocated=repayment.allocated_minor,
        unspent=repayment.unspent_minor,
        currency="CNY",
        value_on=repayment.value_on,
        allocations=[
            {"seq": part.seq, "component": part.component, "amount": part.amount_minor}
            for part in taken
        ],
    )
    return dict(RepaymentOutput(facts).data)


@operation(
    "repayment-record",
    tag=TAG,
    summary=gettext_noop("Record a repayment"),
    description=gettext_noop(
        "Counts on the open business day, or on the past day you name: then everything since is "
        "worked out anew. What is past due and due is paid first: penalty, fee, interest, "
        "principal, oldest installment first; the rest pays early."
    ),
    status=201,
    answer=RepaymentOutput,
    refusals=[
        NotFound, DrawdownNotRepaying, DrawdownPaidOff, DayClosed, DayBeingClosed,
        ExternalIdConflict,
    ],
)  # fmt: skip
class RepaymentRecord(KeyedView):
    scope = "repay"
    input = RepaymentInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            repayment = record_repayment(
                drawdown_id=said["drawdown"],
                amount_minor=said["amount"],
                external_id=said["external_id"],
                channel=RepaymentChannel(said["channel"]),
                value_on=said.get("value_on"),
                actor=actor_of(request),
                at=clock.now(),
            )
            return 201, body_of(repayment)

        return self.once(request, act)


@operation(
    "repayment-preview",
    tag=TAG,
    summary=gettext_noop("Preview a repayment"),
    description=gettext_noop(
        "Moves nothing. Without an amount: the early settlement, paying everything off today."
    ),
    answer=PreviewOutput,
    refusals=[NotFound, DrawdownNotRepaying, DrawdownPaidOff, DayClosed, DayBeingClosed],
)
class RepaymentPreview(ApiView):
    input = PreviewInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        drawdown = one(Drawdown.objects.all(), said["drawdown"], DrawdownNotFound)
        if drawdown.status == DrawdownStatus.PAID_OFF:
            raise DrawdownPaidOff
        if drawdown.status not in RUNNING:
            raise DrawdownNotRepaying
        amount = said.get("amount") or payoff(drawdown).payoff_minor
        shown = try_act(
            drawdown.id,
            Asked(kind="repayment", amount_minor=amount, value_on=said.get("value_on")),
        )
        facts = {
            "object": "repayment_preview",
            "drawdown": drawdown.id,
            "amount": amount,
            "currency": "CNY",
            "payoff": shown.before.payoff_minor,
            "saved_interest": shown.before.to_come_minor,
            **{part.value: taken for part, taken in shown.taken.items()},
            "unspent": shown.unspent_minor,
            "left": shown.after.payoff_minor,
            "next_due_on": shown.after.next_due_on,
            "next_due": shown.after.next_due_minor,
            "installments_left": shown.after.open_count,
            "valid_until": clock.end_of(shown.on),
        }
        return Response(PreviewOutput(facts).data)


@operation(
    "repayment-show",
    tag=TAG,
    summary=gettext_noop("Look up a repayment"),
    answer=RepaymentOutput,
    refusals=[NotFound],
)
class RepaymentShow(ApiView):
    def get(self, request: Request, repayment_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(one(Repayment.objects.all(), repayment_id, missing("repayment"))))
