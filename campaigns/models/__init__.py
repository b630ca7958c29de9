"""Campaigns' tables, one module a noun."""

from campaigns.models.coupon import Coupon, CouponBatch

__all__ = ["Coupon", "CouponBatch"]
