"""The repayment plan of a drawdown as it stands today."""

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.domain.allocation import Component
from credit.domain.derived import Derived, Row
from credit.errors import DrawdownNotFound
from credit.interfaces.api.quotes import planned_rows
from credit.models import Drawdown
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel.drf import ApiView
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import Output, one, operation

PARTS = ("principal", "interest", "fee", "penalty")


class PartsOutput(Output):
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()


class InstallmentOutput(Output):
    seq = serializers.IntegerField()
    due_on = serializers.DateField()
    status = serializers.CharField(
        help_text=gettext_noop(
            "`scheduled`, `due`, `in_grace`, `overdue`, `paid`, `waived` or `written_off`."
        )
    )
    planned = PartsOutput(
        help_text=gettext_noop("The whole installment; penalty as far as it has run today.")
    )
    paid = PartsOutput()
    waived = PartsOutput(
        help_text=gettext_noop("Forgiven, or borne by a coupon: the merchant does not pay it.")
    )
    written_off = PartsOutput(help_text=gettext_noop("Off the books; it is still owed."))
    unpaid = PartsOutput()
    paid_off_on = serializers.DateField(allow_null=True)


class PlanOutput(Output):
    object = serializers.CharField()
    drawdown = serializers.CharField()
    as_of = serializers.DateField(help_text=gettext_noop("The open business day."))
    basis = serializers.CharField(
        help_text=gettext_noop("`quote` until the first capture, then `booked`.")
    )
    currency = serializers.CharField()
    payoff = serializers.IntegerField(help_text=gettext_noop("Pays everything off today, in fen."))
    installments = InstallmentOutput(many=True)


def body_of(drawdown: Drawdown, on: date) -> dict[str, Any]:
    if drawdown.event_count == 0:
        payoff, basis, rows = 0, "quote", _quoted(drawdown)
    else:
        answer = derived(drawdown, happenings(drawdown.id), as_of=on)
        payoff, basis, rows = answer.payoff_minor, "booked", _booked(drawdown, answer)
    facts = {
        "object": "plan",
        "drawdown": drawdown.id,
        "as_of": on,
        "basis": basis,
        "currency": "CNY",
        "payoff": payoff,
        "installments": rows,
    }
    return dict(PlanOutput(facts).data)


def _quoted(drawdown: Drawdown) -> list[dict[str, Any]]:
    nothing = dict.fromkeys(PARTS, 0)
    return [
        {
            "seq": row["seq"],
            "due_on": row["due_on"],
            "status": "scheduled",
            "planned": {**nothing, "principal": row["principal"], "interest": row["interest"]},
            "paid": nothing,
            "waived": {**nothing, "interest": row["discount"]},
            "written_off": nothing,
            "unpaid": {
                **nothing,
                "principal": row["principal"],
                "interest": row["interest"] - row["discount"],
            },
            "paid_off_on": None,
        }
        for row in planned_rows(drawdown.quote)
    ]


def _booked(drawdown: Drawdown, answer: Derived) -> list[dict[str, Any]]:
    return [_installment(drawdown, row, answer) for row in answer.rows]


def _installment(drawdown: Drawdown, row: Row, answer: Derived) -> dict[str, Any]:
    running = {part: answer.running_minor(row, Component(part)) for part in PARTS}
    return {
        "seq": row.seq,
        "due_on": row.due_on,
        "status": _status(row, answer.as_of, drawdown.grace_days),
        "planned": {part: row.of("", Component(part)) + running[part] for part in PARTS},
        "paid": {part: row.of("paid_", Component(part)) for part in PARTS},
        "waived": {part: row.of("waived_", Component(part)) for part in PARTS},
        "written_off": {part: row.of("written_off_", Component(part)) for part in PARTS},
        "unpaid": {part: row.unpaid(Component(part)) + running[part] for part in PARTS},
        "paid_off_on": row.paid_off_on,
    }


def _status(row: Row, on: date, grace_days: int) -> str:
    if row.unpaid_minor == 0:
        return _ended(row)
    if on > row.due_on + timedelta(days=grace_days):
        return "overdue"
    if on > row.due_on:
        return "in_grace"
    return "due" if on == row.due_on else "scheduled"


def _ended(row: Row) -> str:
    if row.written_off_minor:
        return "written_off"
    return "paid" if row.paid_minor or not row.settled_minor else "waived"


@operation(
    "installment-list",
    tag="Drawdowns",
    summary=gettext_noop("The repayment plan as it stands"),
    description=gettext_noop(
        "Due dates are days in Shanghai and end at 24:00 there; one on a day off is moved to the "
        "next working day already."
    ),
    answer=PlanOutput,
    refusals=[NotFound],
)
class InstallmentList(ApiView):
    def get(self, request: Request, drawdown_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        drawdown = one(Drawdown.objects.select_related("quote"), drawdown_id, DrawdownNotFound)
        return Response(body_of(drawdown, open_day()))
