"""Saying which salesperson brought a merchant."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.enums import AttributionHow, ClaimStatus
from campaigns.errors import MerchantInvited, SalespersonLeft
from campaigns.interfaces.api.salespeople import TAG
from campaigns.operations.attributions import Bound, bind_merchant
from campaigns.queries.salespeople import salesperson_by_code
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, action, head, missing, operation
from platform_app.kernel.rest_fields import IdField

SETTLE = NextAction(
    actor="partner",
    code="settle_claim",
    message=gettext_noop("An operator says on the console whose merchant it is."),
)


class BindInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))


class AttributionOutput(ObjectOutput):
    merchant = serializers.CharField()
    salesperson = serializers.CharField(
        help_text=gettext_noop("The code of whoever has the merchant.")
    )
    how = serializers.CharField(help_text=gettext_noop("`qr`, `partner` or `session`."))
    bound_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField(
        help_text=gettext_noop("Until then nobody else can bring it.")
    )
    claim = serializers.CharField(
        allow_null=True,
        help_text=gettext_noop("What was told, kept where somebody else has the merchant."),
    )


def body_of(bound: Bound) -> dict[str, Any]:
    held, claim = bound.attribution, bound.claim
    is_open = claim is not None and claim.status == ClaimStatus.OPEN
    facts = head(
        "attribution",
        held,
        status="bound" if claim is None else "claimed",
        version=held.number,
        next_action=action(SETTLE) if is_open else None,
        created_at=held.bound_at,
        merchant=held.merchant_id,
        salesperson=held.salesperson.code,
        how=held.how,
        bound_at=held.bound_at,
        until_at=held.until_at,
        claim=None if claim is None else claim.id,
    )
    return dict(AttributionOutput(facts).data)


@operation(
    "salesperson-bind",
    tag=TAG,
    summary=gettext_noop("Bind a merchant to a salesperson"),
    description=gettext_noop(
        "The merchant is theirs for 180 days; binding again changes nothing. `claimed`: somebody "
        "else has it, nothing moved, and what you told is kept for an operator to settle."
    ),
    status=200,
    answer=AttributionOutput,
    refusals=[NotFound, SalespersonLeft, MerchantInvited],
)
class SalespersonBind(KeyedView):
    scope = "pool"
    input = BindInput

    def post(self, request: Request, code: str) -> Response:
        said = self.body(request)
        who = salesperson_by_code(code)

        def act() -> tuple[int, Any]:
            bound = bind_merchant(
                merchant_id=said["merchant"], salesperson_id=who.id, how=AttributionHow.PARTNER,
                told_in="", actor=actor_of(request), at=clock.now(),
            )  # fmt: skip
            return 200, body_of(bound)

        return self.once(request, act)
