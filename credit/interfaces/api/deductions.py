"""Other ways to repay: a share of each sale, and an account number of the merchant's own."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.errors import ExternalIdConflict, NoDeductionAgreed
from credit.gateways.bank import connected_bank
from credit.models import SaleDeduction, VirtualAccount
from credit.operations.deductions import deduct_from_sale
from credit.operations.virtual_accounts import open_virtual_account
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, head, missing, operation
from platform_app.kernel.rest_fields import AmountField, IdField

TAG = "Repayments"


class DeductionInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))
    external_id = serializers.CharField(
        max_length=64,
        help_text=gettext_noop("Your number of the sale; deducted from once for ever."),
    )
    sale_amount = AmountField(help_text=gettext_noop("What the sale brought, in fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)


class DeductionOutput(ObjectOutput):
    merchant = serializers.CharField()
    sale_amount = serializers.IntegerField()
    amount = serializers.IntegerField(
        help_text=gettext_noop("What you keep back, in fen; it comes off your next settlement.")
    )
    currency = serializers.CharField()


class VirtualAccountInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))
    lender = IdField("fnd", missing("lender"))


class VirtualAccountOutput(ObjectOutput):
    merchant = serializers.CharField()
    lender = serializers.CharField()
    number = serializers.CharField(
        help_text=gettext_noop("What is paid to it is booked to this merchant, oldest due first.")
    )


def deduction_body(row: SaleDeduction) -> dict[str, Any]:
    facts = head(
        "deduction",
        row,
        external_id=row.external_id,
        status="succeeded",
        created_at=row.at,
        merchant=row.merchant_id,
        sale_amount=row.sale_minor,
        amount=row.deducted_minor,
        currency="CNY",
    )
    return dict(DeductionOutput(facts).data)


def account_body(row: VirtualAccount) -> dict[str, Any]:
    facts = head(
        "virtual_account",
        row,
        status="active",
        created_at=row.at,
        merchant=row.merchant_id,
        lender=row.funding_source_id,
        number=row.number,
    )
    return dict(VirtualAccountOutput(facts).data)


@operation(
    "deduction-record",
    tag=TAG,
    summary=gettext_noop("Deduct from a sale"),
    description=gettext_noop(
        "Repays with the agreed share of the sale, rounded down, and never more than is owed. You "
        "keep that money: it comes off your next settlement."
    ),
    status=201,
    answer=DeductionOutput,
    refusals=[NotFound, NoDeductionAgreed, ExternalIdConflict],
)
class DeductionRecord(KeyedView):
    scope = "repay"
    input = DeductionInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            row = deduct_from_sale(
                merchant_id=said["merchant"],
                sale_external_id=said["external_id"],
                sale_minor=said["sale_amount"],
                actor=actor_of(request),
                at=clock.now(),
            )
            return 201, deduction_body(row)

        return self.once(request, act)


@operation(
    "virtual_account-open",
    tag=TAG,
    summary=gettext_noop("Open a merchant's account number"),
    description=gettext_noop("Asked again, it answers with the same number."),
    status=201,
    answer=VirtualAccountOutput,
    refusals=[NotFound],
)
class VirtualAccountOpen(KeyedView):
    scope = "repay"
    input = VirtualAccountInput

    def post(self, request: Request) -> Response:
        said = self.body(request)

        def act() -> tuple[int, Any]:
            row = open_virtual_account(
                merchant_id=said["merchant"],
                funding_source_id=said["lender"],
                bank=connected_bank(),
                actor=actor_of(request),
                at=clock.now(),
            )
            return 201, account_body(row)

        return self.once(request, act)
