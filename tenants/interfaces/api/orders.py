"""Orders by the batch: every good row goes in, every bad row is reported."""

from datetime import date
from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock, rates
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import DomainError, gettext_noop
from platform_app.kernel.http import say
from platform_app.kernel.idempotency import fingerprint
from platform_app.kernel.problems import field_problems
from platform_app.kernel.rest import KeyedView, Output, operation
from platform_app.kernel.rest_fields import AmountField
from tenants.domain.words import has_control
from tenants.enums import OrderStatus
from tenants.errors import FutureOrder
from tenants.operations.feeds import take_feed
from tenants.values import OrderRow

MOST_ROWS: Final = 500
MOST_PIECES: Final = 2**31 - 1


class LineField(serializers.CharField):
    """One line of text, without control characters."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if has_control(text):
            self.fail("invalid")
        return text


class OrderInput(StrictSerializer):
    order_no = LineField(max_length=64, help_text=gettext_noop("The final order number."))
    merchant_external_id = LineField(
        max_length=64,
        help_text=gettext_noop("Your number of the merchant; unknown ones enter the pool."),
    )
    merchant_name = LineField(max_length=200, required=False, allow_blank=True, default="")
    ordered_on = serializers.DateField(help_text=gettext_noop("The day in Shanghai."))
    amount = AmountField(min_value=0, help_text=gettext_noop("In fen."))
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    quantity = serializers.IntegerField(min_value=0, max_value=MOST_PIECES, default=1)
    status = serializers.ChoiceField(choices=OrderStatus.values, default="placed")
    category = LineField(max_length=100, required=False, allow_blank=True, default="")


class OrderBatchInput(StrictSerializer):
    orders = serializers.ListField(
        child=OrderInput(),
        min_length=1,
        max_length=MOST_ROWS,
        help_text=gettext_noop("1 to 500 rows, each judged on its own."),
    )


class _AnyRows(StrictSerializer):
    """What is asked of the request as a whole; `OrderInput` is asked of each row later."""

    orders = serializers.ListField(
        child=serializers.JSONField(), min_length=1, max_length=MOST_ROWS
    )


class OrderError(Output):
    index = serializers.IntegerField(help_text=gettext_noop("Position in your list, from 0."))
    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class OrderBatchOutput(Output):
    object = serializers.CharField()
    created = serializers.IntegerField()
    revised = serializers.IntegerField(help_text=gettext_noop("Known orders with new content."))
    repeated = serializers.IntegerField(help_text=gettext_noop("Said before, nothing new."))
    errors = OrderError(many=True)  # type: ignore[assignment]  # a field, not the property
    feed = serializers.CharField(
        help_text=gettext_noop("Id of the report, for `GET /api/v1/feeds/{id}`.")
    )
    feed_repeated = serializers.BooleanField(
        help_text=gettext_noop(
            "The same rows came before and nothing is new: `feed` is the report of that time."
        )
    )


@operation(
    "order-batch",
    tag="Order data",
    summary=gettext_noop("Push orders"),
    description=gettext_noop(
        "The same order again with other content becomes its next revision; the last one counts. "
        "Send returns and cancellations as the same order with that status. Rows that are refused "
        "do not stop the others: read `errors`."
    ),
    answer=OrderBatchOutput,
)
class OrderBatch(KeyedView):
    scope = "pool"
    bucket = rates.BATCHES
    input = OrderBatchInput

    def post(self, request: Request) -> Response:
        whole = _AnyRows(data=request.data)
        whole.is_valid(raise_exception=True)
        at = clock.now()

        def act() -> tuple[int, Any]:
            rows, errors = _read(whole.validated_data["orders"], clock.day_of(at))
            taken = take_feed(
                rows=rows,
                errors=errors,
                sha256=fingerprint(request.data),
                actor=actor_of(request),
                at=at,
            )
            facts = {
                "object": "order_batch",
                "created": taken.counts.created,
                "revised": taken.counts.revised,
                "repeated": taken.counts.repeated,
                "errors": errors,
                "feed": taken.feed.id,
                "feed_repeated": taken.is_repeated,
            }
            return 200, OrderBatchOutput(facts).data

        return self.once(request, act)


def _read(said: list[Any], today: date) -> tuple[list[OrderRow], list[dict[str, Any]]]:
    rows: list[OrderRow] = []
    errors: list[dict[str, Any]] = []
    for index, row in enumerate(said):
        try:
            rows.append(_row(row, today))
        except ValidationError as refusal:
            errors += [{"index": index, **_storable(one)} for one in field_problems(refusal)]
        except DomainError as refusal:
            path = f"/{refusal.field}"
            errors.append(
                {"index": index, "path": path, "code": refusal.code, "message": say(refusal)}
            )
    return rows, errors


def _storable(problem: dict[str, str]) -> dict[str, str]:
    """Names and words that came from outside, without what the database cannot keep."""
    return {
        name: "".join(letter if letter.isprintable() else "?" for letter in text)
        for name, text in problem.items()
    }


def _row(said: Any, today: date) -> OrderRow:
    order = OrderInput(data=said)
    order.is_valid(raise_exception=True)
    facts = order.validated_data
    if facts["ordered_on"] > today:
        raise FutureOrder(field="ordered_on", order_no=facts["order_no"])
    return OrderRow(
        order_no=facts["order_no"],
        merchant_no=facts["merchant_external_id"],
        merchant_name=facts["merchant_name"],
        ordered_on=facts["ordered_on"],
        quantity=facts["quantity"],
        amount_minor=facts["amount"],
        status=facts["status"],
        category=facts["category"],
    )
