"""Campaigns' tables, one module a noun."""

from campaigns.models.pool import PoolImport, PoolImportError, PoolMember

__all__ = ["PoolImport", "PoolImportError", "PoolMember"]
