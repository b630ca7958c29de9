"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import coupons, pool, referrals, salespeople, service

__all__ = ["coupons", "pool", "referrals", "salespeople", "service"]
