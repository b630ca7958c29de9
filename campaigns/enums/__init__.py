"""The words campaigns uses for states and kinds, one module a noun."""

from campaigns.enums.salespeople import AttributionHow, ClaimStatus, SalespersonStatus

__all__ = ["AttributionHow", "ClaimStatus", "SalespersonStatus"]
