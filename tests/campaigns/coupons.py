"""Coupon batches for tests, through the public operations."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from campaigns.models import CouponBatch
from campaigns.operations.coupons import BatchTerms, grant_coupon, make_batch
from credit.models import CreditLine
from tests.credit.coupons import AMOUNT_OFF

ACTOR = "system:test"


def batch(
    code: str, at: datetime, *, stock: int = 10, budget_minor: int = 100_000, **changes: Any
) -> CouponBatch:
    """Ten of ¥20 off the interest, with room for all, or as changed."""
    terms = BatchTerms(
        code=code, gives=replace(AMOUNT_OFF, **changes), stock_count=stock,
        budget_minor=budget_minor,
    )  # fmt: skip
    return make_batch(terms=terms, actor=ACTOR, at=at)


def one_of_each(line: CreditLine, no: str, at: datetime) -> None:
    """A batch and a coupon of it."""
    made = batch(f"B-{no}", at)
    grant_coupon(batch_id=made.id, merchant_id=line.merchant_id, actor=ACTOR, at=at)
