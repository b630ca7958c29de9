"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import coupons, salespeople, service

__all__ = ["coupons", "salespeople", "service"]
