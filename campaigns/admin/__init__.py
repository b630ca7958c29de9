"""The tables of campaigns in the back office, to look at."""

from campaigns.admin import pool

__all__ = ["pool"]
