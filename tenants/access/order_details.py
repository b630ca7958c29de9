"""What an order says of itself beside number and total, the same at every door that takes orders.

Optional as a whole and field by field. It is kept and shown as it came, and decides nothing: the
amount that is lent is the order's total, and no tax is ever added to it.
"""

from datetime import date
from typing import Any, Final

from rest_framework import serializers

from platform_app.kernel.drf import StrictSerializer
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.http import say
from platform_app.kernel.rest_fields import AmountField
from tenants.domain.identifiers import registration_no
from tenants.domain.order_details import lines_diff_minor
from tenants.domain.words import has_control
from tenants.enums import InvoiceKind
from tenants.errors import BadRegistrationNumber, LinesDiffer

MOST_LINES: Final = 200
_MOST_PIECES: Final = 2**31 - 1
_MOST_MINOR: Final = 10**15


class LineField(serializers.CharField):
    """One line of text, without control characters; empty says nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if has_control(text):
            self.fail("invalid")
        return text


class TaxNoField(LineField):
    """A firm's unified social credit code, which is its tax number; never a person's number."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return registration_no(text, kind="") if text else ""
        except BadRegistrationNumber as refusal:
            raise serializers.ValidationError(say(refusal), code=refusal.code) from None


class OrderLineInput(StrictSerializer):
    name = LineField(max_length=200, required=True, allow_blank=False)
    sku = LineField(max_length=64)
    quantity = serializers.IntegerField(min_value=0, max_value=_MOST_PIECES, default=1)
    amount = AmountField(
        min_value=-_MOST_MINOR,
        help_text=gettext_noop(
            "Of the whole line, in fen, tax included; 0 for a gift, negative for a discount."
        ),
    )


class OrderDetailsInput(StrictSerializer):
    purchase_order_no = LineField(
        max_length=64, help_text=gettext_noop("The buyer's own number of the order.")
    )
    cost_center = LineField(max_length=64)
    buyer_tax_no = TaxNoField(
        max_length=18,
        help_text=gettext_noop(
            "Unified social credit code of the firm the invoice is made out to, where it is "
            "another one than the merchant."
        ),
    )
    invoice_kind = serializers.ChoiceField(choices=InvoiceKind.values, required=False)
    invoice_no = serializers.RegexField(
        r"^([0-9]{8}|[0-9]{20})$", required=False, help_text=gettext_noop("8 or 20 digits.")
    )
    tax_amount = AmountField(
        min_value=0, required=False,
        help_text=gettext_noop(
            "Tax that the total holds, in fen; to be shown, never added to it."
        ),
    )  # fmt: skip
    ships_on = serializers.DateField(
        required=False,
        help_text=gettext_noop(
            "The day in Shanghai on which you ship. The day after it you are told when the order "
            "is still not captured."
        ),
    )
    delivery_region = LineField(
        max_length=100, help_text=gettext_noop("Province, city, district; no street, no person.")
    )
    lines = serializers.ListField(
        child=OrderLineInput(), required=False, max_length=MOST_LINES,
        help_text=gettext_noop(
            "Goods, freight and discounts, to be shown. When they do not come to the total, the "
            "total counts and `warnings` says so."
        ),
    )  # fmt: skip


def stored(said: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was said of an order, as it is kept: plain JSON without what was left empty."""
    if said is None:
        return None
    kept: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value not in ("", [])
    }
    if "lines" in kept:
        kept["lines"] = [
            {name: value for name, value in line.items() if value != ""} for line in kept["lines"]
        ]
    return kept or None


def lines_differ(order: dict[str, Any] | None, *, amount_minor: int) -> list[LinesDiffer]:
    """The warning that the lines do not come to the total, if they do not; `diff_minor` in fen."""
    lines = [line["amount"] for line in (order or {}).get("lines", [])]
    diff = lines_diff_minor(amount_minor, lines)
    if not diff:
        return []
    return [LinesDiffer(lines_minor=amount_minor + diff, amount_minor=amount_minor)]
