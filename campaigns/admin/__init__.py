"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import service

__all__ = ["service"]
