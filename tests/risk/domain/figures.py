"""The figures the tests of the domain work with."""

from decimal import Decimal
from typing import Any

from risk.domain.defaults import policy_body


def default_body() -> dict[str, Any]:
    return policy_body(
        collection_days=60,
        stock_days=45,
        supplier_days=15,
        margin_rate=Decimal("0.25"),
        financed_share=Decimal("0.7"),
        max_limit_minor=50_000_000,
    )
