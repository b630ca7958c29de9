"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import coupons, pool, salespeople, service

__all__ = ["coupons", "pool", "salespeople", "service"]
