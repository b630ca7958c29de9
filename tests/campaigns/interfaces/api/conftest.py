"""Callers of the partner API, as everywhere."""

from tests.tenants.interfaces.api.conftest import neighbor, owner, reader

__all__ = ["neighbor", "owner", "reader"]
