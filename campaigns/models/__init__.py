"""Campaigns' tables, one module a noun."""

from campaigns.models.attribution import Attribution, AttributionClaim
from campaigns.models.salesperson import Salesperson, SalespersonQr

__all__ = ["Attribution", "AttributionClaim", "Salesperson", "SalespersonQr"]
