"""The words campaigns uses for states and kinds, one module a noun."""

from campaigns.enums.coupons import BatchStatus

__all__ = ["BatchStatus"]
