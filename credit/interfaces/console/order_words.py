"""What the platform said of an order, in words: the buyer's numbers, the invoice, the lines."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from platform_app.kernel.money import format_yuan
from tenants.enums import InvoiceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLines:
    """The lines as they came, their sum, and how far it is above the total (below: negative)."""

    rows: list[dict[str, Any]]
    sum_minor: int
    diff_minor: int


def order_facts(order: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Label and text of each thing that was said, in the order of the page."""
    said = order or {}
    kind, tax = said.get("invoice_kind"), said.get("tax_amount")
    texts = [
        (_("Purchase order"), said.get("purchase_order_no")),
        (_("Cost center"), said.get("cost_center")),
        (_("Tax number of the buyer"), said.get("buyer_tax_no")),
        (_("Invoice"), str(InvoiceKind(kind).label) if kind else None),
        (_("Invoice number"), said.get("invoice_no")),
        (_("Tax in the total ¥"), None if tax is None else format_yuan(tax)),
        (_("Ships on"), said.get("ships_on")),
        (_("Delivered to"), said.get("delivery_region")),
    ]
    return [(label, text) for label, text in texts if text]


def order_lines(order: dict[str, Any] | None, amount_minor: int) -> OrderLines | None:
    """The lines beside the total that counts; None where none were said."""
    rows = (order or {}).get("lines", [])
    if not rows:
        return None
    whole = sum(row["amount"] for row in rows)
    return OrderLines(rows=rows, sum_minor=whole, diff_minor=whole - amount_minor)
