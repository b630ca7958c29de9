"""Having something happen to a merchant of a sandbox."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import Scenario
from credit.errors import DrawdownNotFound
from credit.operations.scenarios import Asked, simulate
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, Output, missing, operation
from platform_app.kernel.rest_fields import AmountField, IdField, known_id
from tenants.errors import ClockMissing, NothingToSimulate, TestOnly


class SimulationInput(StrictSerializer):
    scenario = serializers.ChoiceField(choices=Scenario.values)
    drawdown = IdField(
        "drw", DrawdownNotFound, required=False,
        help_text=gettext_noop("Left out, the merchant's oldest to which it can happen."),
    )  # fmt: skip
    amount = AmountField(
        required=False, help_text=gettext_noop("In fen; left out, all that is open or due.")
    )
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    approve = serializers.BooleanField(
        default=True, help_text=gettext_noop("For `review_answer`: yes or no.")
    )


class SimulationOutput(Output):
    object = serializers.CharField()
    scenario = serializers.CharField()
    merchant = serializers.CharField()
    happened_to = serializers.CharField(
        help_text=gettext_noop("The id of what it happened to: a drawdown, repayment, review…")
    )


@operation(
    "simulation-run",
    tag="Sandbox",
    summary=gettext_noop("Have something happen to a test merchant"),
    description=gettext_noop(
        "With a test key only. Each scenario goes through the operation of real life and leaves "
        "the same events: `ship`, `refund`, `repay`, `bank_flow`, `overdue` (advances the test "
        "clock), `review_answer`."
    ),
    status=201,
    answer=SimulationOutput,
    refusals=[NotFound, TestOnly, NothingToSimulate, ClockMissing],
)
class SimulationRun(KeyedView):
    scope = "draw"
    input = SimulationInput

    def post(self, request: Request, merchant_id: str) -> Response:
        said = self.body(request)
        known_id("mch", merchant_id, missing("merchant"))

        def act() -> tuple[int, Any]:
            happened_to = simulate(
                Scenario(said["scenario"]),
                Asked(
                    merchant_id=merchant_id, drawdown_id=said.get("drawdown", ""),
                    amount_minor=said.get("amount", 0), is_approved=said["approve"],
                    actor=actor_of(request), at=clock.now(),
                ),
            )  # fmt: skip
            facts = {
                "object": "simulation", "scenario": said["scenario"], "merchant": merchant_id,
                "happened_to": happened_to,
            }  # fmt: skip
            return 201, SimulationOutput(facts).data

        return self.once(request, act)
