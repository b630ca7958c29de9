"""The words campaigns uses for states and kinds, one module a noun."""

from campaigns.enums.pool import (
    ConsentBasis,
    PoolImportStatus,
    PoolStatus,
    PoolTier,
    PrescreenReason,
    PrescreenResult,
)

__all__ = [
    "ConsentBasis",
    "PoolImportStatus",
    "PoolStatus",
    "PoolTier",
    "PrescreenReason",
    "PrescreenResult",
]
