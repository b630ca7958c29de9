"""The exposure pool is cut in slices, so that many drawdowns do not wait for one row."""

import hashlib
from typing import Final

POOL: Final = "tenant_pool"
SLICES: Final = 16


def slice_of(seed: str) -> int:
    """The slice a seed (a drawdown's id) asks first: stable and evenly spread."""
    return hashlib.sha256(seed.encode()).digest()[0] % SLICES
