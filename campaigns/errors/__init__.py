"""Refusals of the campaigns app. Codes are public and never renamed."""

from campaigns.errors.pool import (
    PoolContentInvalid,
    PoolFileKind,
    PoolFileTooLarge,
    PoolImportStarted,
    PoolImportTaken,
    PoolMoveNotAllowed,
)

__all__ = [
    "PoolContentInvalid",
    "PoolFileKind",
    "PoolFileTooLarge",
    "PoolImportStarted",
    "PoolImportTaken",
    "PoolMoveNotAllowed",
]
