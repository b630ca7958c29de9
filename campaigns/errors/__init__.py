"""Refusals of the campaigns app. Codes are public and never renamed."""

from campaigns.errors.coupons import (
    CouponBatchInvalid,
    CouponBatchNotFound,
    CouponBatchOver,
    CouponBatchStopped,
    CouponBudgetSpent,
    CouponCodeTaken,
    CouponStockEmpty,
)

__all__ = [
    "CouponBatchInvalid",
    "CouponBatchNotFound",
    "CouponBatchOver",
    "CouponBatchStopped",
    "CouponBudgetSpent",
    "CouponCodeTaken",
    "CouponStockEmpty",
]
