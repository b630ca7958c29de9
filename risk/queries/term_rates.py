"""The rate of a term among those a decision gave, for credit."""

from risk.domain.pricing import rate_for

__all__ = ["rate_for"]
