"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import (
    salespeople,
    service,
)

__all__ = [
    "salespeople",
    "service",
]
