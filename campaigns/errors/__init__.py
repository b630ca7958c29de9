"""Refusals of the campaigns app. Codes are public and never renamed."""

from campaigns.errors.salespeople import (
    BadSalespersonCode,
    ClaimSettled,
    EntryUrlMissing,
    MerchantClaimed,
    SalespersonLeft,
    SalespersonTokenExpired,
    SalespersonTokenInvalid,
    SalespersonTokenRevoked,
    SalespersonUnknown,
)

__all__ = [
    "BadSalespersonCode",
    "ClaimSettled",
    "EntryUrlMissing",
    "MerchantClaimed",
    "SalespersonLeft",
    "SalespersonTokenExpired",
    "SalespersonTokenInvalid",
    "SalespersonTokenRevoked",
    "SalespersonUnknown",
]
