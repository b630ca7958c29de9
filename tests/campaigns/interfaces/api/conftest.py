"""The partner's callers."""

from tests.tenants.interfaces.api.conftest import neighbor, owner, reader, stranger

__all__ = ["neighbor", "owner", "reader", "stranger"]
