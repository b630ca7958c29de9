"""Callers of the partner API."""

from tests.tenants.interfaces.api.conftest import (
    administrator,
    neighbor,
    owner,
    reader,
    stranger,
)

__all__ = [
    "administrator",
    "neighbor",
    "owner",
    "reader",
    "stranger",
]
