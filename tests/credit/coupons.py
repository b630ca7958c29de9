"""Coupons for tests: granted and used through the public operations."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from credit.enums import DiscountKind
from credit.models import CreditLine, Discount, Drawdown
from credit.operations.captures import capture_drawdown
from credit.operations.discounts import Entitlement, grant_discount
from credit.operations.drawdowns import request_drawdown
from credit.operations.quotes import make_quotes
from tenants.models import Merchant

ACTOR = "system:test"
AMOUNT_OFF = Entitlement(
    name="开业立减券", kind=DiscountKind.AMOUNT_OFF, share_rate=Decimal(1), cap_minor=2000,
    days=None, partner_share_rate=Decimal("0.6"), operator_share_rate=Decimal("0.3"),
    minimum_minor=100_000, product_codes=(), option_codes=(), from_on=date(2026, 3, 2),
    last_on=date(2026, 5, 31),
)  # fmt: skip
HALF_OFF = replace(
    AMOUNT_OFF, name="利息五折券", kind=DiscountKind.PART_OFF, share_rate=Decimal("0.5"),
    cap_minor=50_000,
)  # fmt: skip
FREE_WEEK = replace(
    AMOUNT_OFF, name="七天免息券", kind=DiscountKind.FREE_DAYS, days=7, cap_minor=50_000
)


def granted(merchant: Merchant, key: str, at: datetime, **changes: Any) -> Discount:
    """One of ¥20 off the interest, or as changed."""
    return grant_discount(
        merchant_id=merchant.id, entitlement=replace(AMOUNT_OFF, **changes), key=key, actor=ACTOR,
        at=at,
    )  # fmt: skip


def authorized(
    line: CreditLine, discount: Discount, order_no: str, at: datetime, term: str = "bullet_30"
) -> Drawdown:
    """Quote ¥10,000 with the coupon and reserve."""
    quote = make_quotes(
        line_id=line.id, amount_minor=1_000_000, order_no=order_no, option_codes=[term], at=at,
        discount_id=discount.id,
    )[0]  # fmt: skip
    return request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id=order_no, actor=ACTOR, at=at
    )


def drawn(
    line: CreditLine, discount: Discount, order_no: str, at: datetime, term: str = "bullet_30"
) -> Drawdown:
    """Quote, reserve, capture in full."""
    drawdown = authorized(line, discount, order_no, at, term)
    return capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=1_000_000, external_id="ship-1", is_final=True,
        actor=ACTOR, at=at,
    )  # fmt: skip
